// @ts-check
// The search index is the heaviest file of the site: it waits until somebody reaches for the search.
{
  /** @type {Promise<void>} */
  const searchWanted = new Promise(resolve => {
    if (/[?&][qh]=/.test(location.search)) resolve();
    for (const type of ["focusin", "pointerdown"]) {
      addEventListener(type, ({ target }) => {
        if (target instanceof Element && target.closest(".md-search,[for=__search]")) resolve();
      }, true);
    }
    addEventListener("keydown", event => {
      if ("fs/".includes(event.key)) resolve();
    }, true);
  });

  window.XMLHttpRequest = class extends XMLHttpRequest {
    #forSearch = false;

    /**
     * @param {string} method
     * @param {string | URL} url
     * @param {boolean} [async]
     * @param {string | null} [username]
     * @param {string | null} [password]
     */
    open(method, url, async = true, username, password) {
      this.#forSearch = /search_index\.json$/.test(String(url));
      super.open(method, url, async, username, password);
    }

    /** @param {XMLHttpRequestBodyInit | Document | null} [body] */
    send(body) {
      if (this.#forSearch) searchWanted.then(() => super.send(body));
      else super.send(body);
    }
  };
}
