import { createRequire } from "node:module";

// `make scripts` lets npx fetch ESLint, into a folder that holds its recommended rules too.
const js = createRequire(process.argv[1])("@eslint/js");

export default [
  js.configs.recommended,
  {
    rules: {
      "complexity": ["error", 12],
      "eqeqeq": "error",
      "max-len": ["error", 120],
      "max-lines-per-function": ["error", 60],
      "no-nested-ternary": "error",
      "no-undef": "off", // the types know the browser's names
      "no-unused-expressions": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
