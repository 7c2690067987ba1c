import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** Petrol: the one accent colour. Far from WhatsApp's green and Facebook's blue. */
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

/** Page behind cards is a shade darker than the cards, in both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--wk-page": "#f6f7f8",
    "--wk-card": "#ffffff",
    "--wk-line": "#e5e8ea",
    "--wk-ok": "#1d6b45",
    "--wk-ok-bg": "#e6f4ec",
    "--wk-warn": "#8a5200",
    "--wk-warn-bg": "#fdf1de",
    "--wk-bad": "#b02a2a",
    "--wk-bad-bg": "#fcebeb",
    "--wk-info": "#0e6078",
    "--wk-info-bg": "#e8f4f7",
    "--wk-quiet-bg": "#f0f2f3",
    "--mantine-color-dimmed": "#5c666e",
    "--mantine-color-error": "#b02a2a",
    "--mantine-color-placeholder": "#76818a",
  },
  dark: {
    "--wk-page": "#0f1315",
    "--wk-card": "#171c1f",
    "--wk-line": "#2a3136",
    "--wk-ok": "#7fd1a4",
    "--wk-ok-bg": "#15291f",
    "--wk-warn": "#f0bd73",
    "--wk-warn-bg": "#2f2413",
    "--wk-bad": "#f19a9a",
    "--wk-bad-bg": "#351c1d",
    "--wk-info": "#7cc4d8",
    "--wk-info-bg": "#11282f",
    "--wk-quiet-bg": "#1f262a",
    "--mantine-color-body": "#171c1f",
    "--mantine-color-dimmed": "#97a1a8",
    "--mantine-color-error": "#f19a9a",
    "--mantine-color-anchor": "#7cc4d8",
  },
});
