import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "public", "e2e/screenshots", "src/api/schema.d.ts"] },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.app.json" } },
    plugins: { "react-hooks": reactHooks, "jsx-a11y": jsxA11y },
    rules: {
      ...reactHooks.configs.recommended.rules,
      ...jsxA11y.flatConfigs.recommended.rules,
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // What scrolls must be reached by the keyboard.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { tags: [], roles: ["tabpanel", "log", "region"], allowExpressionValues: true }],
      // Layers close by Esc from the top, one at a time: only those of ui/layers know the others.
      "no-restricted-imports": ["error", { paths: [{ name: "@mantine/core", importNames: ["Modal", "Drawer", "Popover", "Menu", "HoverCard", "Dialog"], message: "Import it from ui/layers." }] }],
      // The virtualizer is read anew at each drawing, as it must be.
      "react-hooks/incompatible-library": "off",
      // TanStack Router redirects and not-founds are thrown by design.
      "@typescript-eslint/only-throw-error": "off",
      // An event handler may be async: what it throws is shown by the mutation.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ["src/ui/layers.tsx"], rules: { "no-restricted-imports": "off" } },
);
