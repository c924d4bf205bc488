// @ts-check
// The page of one explorable, mostly in a frame of another site: it takes the colours that its address asks for, and
// tells the page around it how high it is.
{
  const root = document.documentElement;
  const theme = new URLSearchParams(location.search).get("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  const tell = () => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    parent.postMessage({ type: "logreg-docs:height", name: root.dataset.name, height }, "*");
  };
  if (parent !== window) {
    new ResizeObserver(tell).observe(root);
    addEventListener("load", tell); // a frame out of sight observes nothing
  }

  if (location.protocol === "file:") { // where folders have no index
    addEventListener("DOMContentLoaded", () => {
      for (const link of document.querySelectorAll("a")) link.pathname += "index.html";
    });
  }
}
