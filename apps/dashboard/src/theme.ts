import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** The one accent colour, far from WhatsApp's green and Facebook's blue. */
const petrol: MantineColorsTuple = [
  "#ecf6f8",
  "#d8ebf0",
  "#aed6e1",
  "#81c0d1",
  "#5badc4",
  "#3f9db8",
  "#2a87a3",
  "#1a7189",
  "#0e6078",
  "#084b5f",
];

const gray: MantineColorsTuple = [
  "#f7f8f9",
  "#f0f2f3",
  "#e5e8ea",
  "#d6dadd",
  "#bfc5c9",
  "#98a1a7",
  "#66717a",
  "#4a545c",
  "#2f373d",
  "#1c2226",
];

const dark: MantineColorsTuple = [
  "#d3d8dc",
  "#b4bbc1",
  "#919aa2",
  "#6a747c",
  "#3f484f",
  "#30383e",
  "#242b30",
  "#1a2024",
  "#14191c",
  "#0e1214",
];

export const theme = createTheme({
  black: "#1c2226",
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 7 },
  colors: { petrol, gray, dark },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.5rem", lineHeight: "1.3" }, h2: { fontSize: "1.125rem", lineHeight: "1.4" } } },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
});

/** Overrides colours of Mantine. Colours of our own are in tokens.css. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5c666e",
    "--mantine-color-error": "#b02a2a",
    "--mantine-color-placeholder": "#76818a",
  },
  dark: {
    "--mantine-color-body": "#171c1f",
    "--mantine-color-dimmed": "#97a1a8",
    "--mantine-color-error": "#f19a9a",
    "--mantine-color-anchor": "#7cc4d8",
  },
});
