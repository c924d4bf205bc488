// @ts-check
// Pages that are opened as files load this: they have no index of a folder, no workers and no requests.
(() => {
  /** @param {Event} event */
  const addIndex = event => {
    const link = event.target instanceof Element && event.target.closest("a");
    if (link && link.protocol === "file:" && link.pathname.endsWith("/")) link.pathname += "index.html";
  };
  // On its way to every kind of click, the link's address becomes that of a file.
  for (const kind of ["pointerdown", "focusin", "click"]) document.addEventListener(kind, addIndex, true);

  // Pages cannot be fetched and swapped in, and Material that was told to would then not start. It has not read yet.
  document.addEventListener("readystatechange", () => {
    const config = /** @type {HTMLElement} */ (document.getElementById("__config"));
    const settings = JSON.parse(config.textContent ?? "");
    settings.features = settings.features.filter((/** @type {string} */ name) => name !== "navigation.instant");
    config.textContent = JSON.stringify(settings);
  }, { once: true });

  // The search's script runs in an empty frame, whose window has the names that it expects of a worker.
  class FrameWorker extends EventTarget {
    /** @param {string} url */
    constructor(url) {
      super();
      this.url = url;
      /** @type {Promise<Window> | undefined} */
      this.inner = undefined;
    }

    /** @param {unknown} data */
    async postMessage(data) {
      const window = await (this.inner ??= this.start());
      window.dispatchEvent(new MessageEvent("message", { data }));
    }

    /** @returns {Promise<Window>} */
    start() {
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const window = /** @type {Window} */ (frame.contentWindow);
      window.postMessage = (/** @type {unknown} */ data) => this.dispatchEvent(new MessageEvent("message", { data }));
      const script = window.document.createElement("script");
      script.src = this.url;
      return new Promise(resolve => {
        script.onload = () => resolve(window);
        window.document.body.append(script);
      });
    }
  }
  Object.assign(window, { Worker: FrameWorker });
})();
