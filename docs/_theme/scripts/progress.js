// @ts-check
// What this reader has read and solved is kept by this browser alone, as docs/progress.md says. Each thing is an entry
// of its own in the browser's storage: no tab writes back what it has read there, so none undoes another's.
{
  /** @typedef {Record<"subscribe", (listener: () => void) => void>} Pages each new one that the theme swaps in */
  /** @typedef {Map<string, string>} Entries */

  const site = /** @type {Window & {__md_scope: URL, document$?: Pages}} */ (/** @type {unknown} */ (window));
  const base = site.__md_scope;
  const format = "logreg-docs progress";
  const version = 1;
  // Looks, one a second: at the fourth, three seconds have passed.
  const enough = 4;
  const prefix = `${base.pathname}.progress.${version}.`;
  // What the storage does not take, until the page is loaded again.
  /** @type {Record<string, string>} */
  const memory = {};
  let refused = false;
  // Where the browser refuses all of it, the theme's script would not start either. So something stands in for it.
  for (const name of /** @type {const} */ (["localStorage", "sessionStorage"])) {
    try {
      window[name].getItem("");
    } catch {
      refused = true;
      /** @type {ThisType<Record<string, string>>} */
      const methods = {
        /** @param {string} key */
        getItem(key) {
          return this[key] ?? null;
        },
        /**
         * @param {string} key
         * @param {string} value
         */
        setItem(key, value) {
          this[key] = value;
        },
      };
      Object.defineProperty(window, name, { value: Object.create(methods) });
    }
  }

  /** @returns {Entries} */
  const known = () => {
    const ours = Object.entries({ ...localStorage, ...memory }).filter(([key]) => key.startsWith(prefix));
    return new Map(ours.map(([key, value]) => [key.slice(prefix.length), value]));
  };

  /** @param {string} entry */
  const forget = entry => {
    delete memory[prefix + entry];
    delete localStorage[prefix + entry];
  };

  /** @param {string} entry */
  const keep = (entry, value = "") => {
    try {
      localStorage[prefix + entry] = value;
    } catch {
      // The storage is full.
      memory[prefix + entry] = value;
    }
  };

  /**
   * The name of a chapter or lab, which stays when chapters are numbered anew.
   * @param {string} href
   */
  const nameOf = href =>
    href.replace(base.href, "").match(/^(chapters|labs)\/(?:\d+-)?([\w-]+)\/(?:index\.html)?$/)?.slice(1).join("/");
  const current = () => nameOf(location.href.replace(/[?#].*/, ""));

  /** @type {() => NodeListOf<HTMLAnchorElement>} */
  const navigation = () => document.querySelectorAll(".md-nav--primary a.md-nav__link");

  /** The number of an exercise in its chapter. @param {string | null} exercise such as 2.1 */
  const numberOf = exercise => exercise?.replace(/^\d+\./, "");

  /** @param {string} words */
  const ticked = words => `<span class="lr-tick" role="img" aria-label="${words}">✓</span>`;

  /** @param {Entries} entries */
  const tick = entries => {
    for (const old of document.querySelectorAll(".lr-tick")) old.remove();
    for (const link of navigation()) {
      const name = nameOf(link.href);
      if (!name || !entries.has(`read/${name}`)) continue;
      for (const title of link.parentElement?.querySelectorAll(":scope>.md-nav__link>.md-ellipsis") ?? []) {
        title.insertAdjacentHTML("afterend", ticked("read"));
      }
    }
    for (const answer of document.querySelectorAll("[data-exercise]")) {
      const solved = entries.has(`solved/${current()}/${numberOf(answer.getAttribute("data-exercise"))}`);
      const title = answer.closest(".admonition")?.querySelector(".admonition-title");
      if (solved) title?.insertAdjacentHTML("beforeend", ticked("solved"));
    }
  };

  /** @param {Entries} entries */
  const goOn = entries => {
    const [name, section, title] = entries.get("last")?.split("\n") ?? [];
    document.documentElement.classList.toggle("lr-returning", Boolean(title));
    const pages = [...navigation()].filter(({ href }) => nameOf(href));
    const at = pages.findIndex(({ href }) => nameOf(href) === name);
    const link = document.querySelector(".lr-go-on a:last-child");
    if (!title || at < 0 || !(link instanceof HTMLAnchorElement)) return;
    /** @param {HTMLAnchorElement} page */
    const unread = ({ href }) => !entries.has(`read/${nameOf(href)}`);
    // Once a page is finished, the next that is not; and where all are, the last place again.
    const next = unread(pages[at]) ? undefined : [...pages.slice(at), ...pages].find(unread);
    const words = (next ?? pages[at]).querySelector(".md-ellipsis")?.textContent?.trim();
    link.href = next ? next.href : `${pages[at].href}#${section}`;
    link.textContent = next ? `${words}` : `${words}: ${title}`;
  };

  /** @param {string} words */
  const say = words => {
    const status = document.querySelector(".lr-progress [role=status]");
    if (status) status.textContent = words;
  };

  /** @param {Entries} entries */
  const fill = entries => {
    for (const cell of document.querySelectorAll(".lr-progress [data-all]")) {
      const kind = cell.getAttribute("data-kind");
      const names = cell.getAttribute("data-all")?.split(" ") ?? [];
      const name = nameOf(cell.closest("tr")?.querySelector("a")?.href ?? "");
      const done = names.filter(one => entries.has(`${kind}/${name}/${one}`)).length;
      const whole = done === names.length || (kind === "seen" && entries.has(`read/${name}`));
      cell.textContent = whole ? `✓ all ${names.length}` : `${done} of ${names.length}`;
    }
  };

  const show = () => {
    const entries = known();
    tick(entries);
    goOn(entries);
    fill(entries);
    for (const control of document.querySelectorAll(".lr-progress button")) control.removeAttribute("disabled");
    if (refused || Object.keys(memory).length) {
      say("Your browser stores nothing for this site: all this is forgotten when you reload or close the page.");
    }
  };

  // At how many looks in a row each heading has stood on the screen, and where this tab was last.
  /** @type {WeakMap<Element, number>} */
  const looks = new WeakMap();
  let here = "";

  const look = () => {
    const name = current();
    // While this tab is hidden, another may be read.
    if (document.hidden) here = "";
    if (document.hidden || !name) return;
    const headings = [...document.querySelectorAll("article h2[id]")];
    const seen = headings.filter(heading => {
      const { top, bottom } = heading.getBoundingClientRect();
      const counted = top < innerHeight && bottom > 0 ? (looks.get(heading) ?? 0) + 1 : 0;
      looks.set(heading, counted);
      return counted >= enough;
    });
    if (!seen.length) return;
    const entries = known();
    const fresh = seen.map(({ id }) => `seen/${name}/${id}`).filter(entry => !entries.has(entry));
    const place = [name, seen[0].id, seen[0].textContent?.replace("¶", "")].join("\n");
    if (!fresh.length && place === here) return;
    for (const entry of fresh) keep(entry);
    keep("last", here = place);
    const now = known();
    if (headings.every(({ id }) => now.has(`seen/${name}/${id}`))) keep(`read/${name}`);
    show();
  };

  /**
   * What came in place of a file that can be read.
   * @param {string} text
   * @param {Record<string, unknown> | null | undefined} saved
   */
  const unlike = (text, saved) => {
    if (saved?.format === format && saved.version !== version) return `is of version ${saved.version}`;
    return text ? `begins with ${text.slice(0, 40)}` : "is empty";
  };

  /** @param {File} file */
  const merge = async file => {
    const text = await file.text();
    let saved;
    try {
      saved = JSON.parse(text);
    } catch {
      // It is not what is expected, as is said below.
    }
    const ours = saved?.format === format && saved.version === version && saved.entries?.constructor === Object;
    const all = Object.entries(ours ? saved.entries : {});
    if (!ours || all.some(([, value]) => typeof value !== "string")) {
      const came = unlike(text.trim(), saved);
      say(`${file.name} ${came}; a file saved on this page is expected, of version ${version}, so nothing changed.`);
      return;
    }
    const found = all.filter(([entry]) => /^(?:seen|read|solved)\/|^last$/.test(entry));
    const entries = known();
    const fresh = found.filter(([entry]) => !entries.has(entry));
    for (const [entry, value] of fresh) keep(entry, value);
    show();
    const rest = all.length - found.length;
    const left = rest ? ` Unknown and left out: ${rest}.` : "";
    say(`${file.name}: ${fresh.length} of its ${found.length} entries are new here.${left}`);
  };

  /** @type {Record<string, () => void>} */
  const actions = {
    save() {
      const text = JSON.stringify({ format, version, entries: Object.fromEntries([...known()].sort()) }, null, 2);
      const href = URL.createObjectURL(new Blob([text]));
      Object.assign(document.createElement("a"), { href, download: "logreg-docs-progress.json" }).click();
    },
    read() {
      const chooser = Object.assign(document.createElement("input"), { type: "file", accept: ".json" });
      chooser.onchange = () => chooser.files && merge(chooser.files[0]);
      chooser.click();
    },
    forget() {
      if (!confirm("Forget all that you have read and solved?")) return;
      for (const entry of known().keys()) forget(entry);
      show();
      say("All is forgotten.");
    },
  };

  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element && target.closest("[data-progress]");
    if (button instanceof HTMLElement) actions[button.dataset.progress ?? ""]();
  });
  document.addEventListener("logreg:solved", event => {
    const name = current();
    if (!name || !(event instanceof CustomEvent)) return;
    keep(`solved/${name}/${numberOf(event.detail.exercise)}`);
    show();
  });
  addEventListener("storage", show);
  addEventListener("pageshow", show);
  document.addEventListener("DOMContentLoaded", () => site.document$?.subscribe(show));
  setInterval(look, 1000);
  // It has its room before anything is drawn.
  goOn(known());
}
