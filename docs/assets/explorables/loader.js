// @ts-check
// Written into each page with explorables: fetch a figure's module when the reader comes near it. Material runs inline
// scripts of an article again after it has swapped the article in; it would not run modules from the head.
(() => {
  const base = new URL("@base@", location.href);
  for (const figure of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".lr-x"))) {
    const markFailed = () => (figure.dataset.failed = "");
    if (location.protocol === "file:") { markFailed(); continue; } // browsers give no modules to files
    const near = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return;
      near.disconnect();
      const module = figure.localName.slice(3).replaceAll("-", "_") + ".js";
      import(new URL(module, base).href).catch(error => console.error(markFailed(), error));
    }, { rootMargin: "800px" });
    near.observe(figure);
  }
})();
