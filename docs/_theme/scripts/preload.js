// @ts-check
// Fetch the font of the formulas before anything asks for it. A page that is opened as a file may not do that; it loads
// what helps with its links and its search instead. This stands before the style sheets, or it would wait for them.
if (location.protocol === "file:") {
  // eslint-disable-next-line no-useless-escape -- HTML would end this script at the tag
  document.write(`<script src="{{ 'assets/offline.js' | url }}"><\/script>`);
} else {
  const href = "{{ 'assets/fonts/math.woff2' | url }}";
  const link = { rel: "preload", href, as: "font", type: "font/woff2", crossOrigin: "" };
  document.head.append(Object.assign(document.createElement("link"), link));
}
