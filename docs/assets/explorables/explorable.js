// @ts-check
// What every explorable shares: taking over Python's nodes, handles, playing, speaking, and Python's own rounding.

/** @typedef {[low: number, high: number, start: number, stop: number]} Scale */

export const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
/** Small steps across and up; End goes as far as there is. @type {Record<string, [number, number]>} */
const KEYS = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
  PageUp: [0, 10], PageDown: [0, -10], End: [1e4, 1e4],
};

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Where a value is drawn. @param {Scale} axis @param {number} value */
export const scale = ([low, high, start, stop], value) => start + ((value - low) / (high - low)) * (stop - start);

/** Which value is drawn there. @param {Scale} axis @param {number} place */
export const unscale = ([low, high, start, stop], place) => low + ((place - start) / (stop - start)) * (high - low);

/** Values at even distances from one end of an axis to the other. @param {number[]} axis @param {number} pieces */
export const grid = ([low, high], pieces) =>
  Array.from({ length: pieces + 1 }, (_, i) => low + (i / pieces) * (high - low));

/** A coordinate with at most one decimal. @param {number} value */
export const tenth = value => String(Math.floor(value * 10 + 0.5) / 10);

/** A number with a real minus sign. @param {number} value @param {number} digits */
export function fixed(value, digits) {
  const text = value.toFixed(digits);
  return /[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", "");
}

/** Pairs of a polyline. @param {number[]} xs @param {number[]} ys */
export const points = (xs, ys) => xs.map((x, i) => `${tenth(x)},${tenth(ys[i])}`).join(" ");

/**
 * Pairs of the polyline of a function.
 * @param {Scale} across
 * @param {Scale} up
 * @param {number[]} xs
 * @param {(x: number) => number} height
 */
export const plot = (across, up, xs, height) =>
  points(xs.map(x => scale(across, x)), xs.map(x => scale(up, height(x))));

/** Put words into the {slots} of a sentence. @param {string} sentence @param {Record<string, string | number>} words */
export const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, name) => String(words[name]));

/** Set several attributes. @param {Element} node @param {Record<string, string | number>} values */
export function set(node, values) {
  for (const name in values) node.setAttribute(name, String(values[name]));
}

/** Move a node drawn around its own origin. @param {Element} node @param {number} x @param {number} y */
export const moveNode = (node, x, y) => set(node, { transform: `translate(${tenth(x)},${tenth(y)})` });

/** Move a dot. @param {Element} node @param {number} x @param {number} y */
export const moveDot = (node, x, y) => set(node, { cx: tenth(x), cy: tenth(y) });

/**
 * Tell assistive technology the value of a handle; that of a place on a map is the horizontal one, its text says both.
 * @param {Element} node
 * @param {number} value
 * @param {number[]} ends lowest and highest value that the handle can be moved to now, such as a `Scale`
 * @param {string} text
 */
export const setAria = (node, value, [low, high], text) =>
  set(node, { "aria-valuemin": low, "aria-valuemax": high, "aria-valuenow": value, "aria-valuetext": text });

/** What a page that shows figures in frames may add, so that each frame is as high as its figure asks for. */
const LISTENER = [
  "<script>",
  'addEventListener("message", ({ data, source }) => {',
  '  if (data?.type !== "logreg-docs:height") return;',
  '  for (const frame of document.querySelectorAll("iframe"))',
  "    if (frame.contentWindow === source) frame.height = data.height;",
  "});",
  "</script>",
].join("\n");

/**
 * HTML of a frame. Attributes alone make it, since a strict policy of its page would refuse a style.
 * @param {string} src
 * @param {string} title
 * @param {number} height
 */
function frameCode(src, title, height) {
  const frame = document.createElement("iframe");
  set(frame, { src, title, width: "100%", height, frameborder: 0, loading: "lazy" });
  return `${frame.outerHTML}\n${LISTENER}\n`;
}

/**
 * @template {object} Data what Python hands over
 * @template {object} [Parts={}] nodes by their name in `data-x`, where more is known than that they are elements
 */
export class Explorable extends HTMLElement {
  data = /** @type {Data} */ ({});
  parts = /** @type {Parts & Record<string, Element>} */ ({});
  #listeners = new AbortController();
  #frame = 0;
  #announcement = 0;
  #drawn = false;
  #playLabel = "";

  connectedCallback() {
    this.data = JSON.parse(this.querySelector("template")?.content.textContent ?? "");
    const nodes = [...this.querySelectorAll("[data-x]")];
    Object.assign(this.parts, Object.fromEntries(nodes.map(node => [node.getAttribute("data-x"), node])));
    this.#listeners = new AbortController();
    this.setup();
    this.draw();
    this.#drawn = true;
    const visible = new IntersectionObserver(entries => entries.some(entry => entry.isIntersecting) || this.stop());
    visible.observe(this);
    this.#listeners.signal.addEventListener("abort", () => visible.disconnect());
    for (const controls of this.querySelectorAll("fieldset")) controls.disabled = false;
    this.#offerFrame();
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.stop();
    clearTimeout(this.#announcement);
    this.#listeners.abort();
  }

  /** Let the button below copy a frame with this figure. On the figure's own page there is none. */
  #offerFrame() {
    const row = this.nextElementSibling;
    const button = row?.querySelector("button");
    if (!row || !button) return;
    const [link] = row.getElementsByTagName("a");
    const [status] = row.getElementsByTagName("span");
    this.on(button, "click", async () => {
      const height = row.getBoundingClientRect().bottom - this.getBoundingClientRect().top;
      const code = frameCode(link.href, button.dataset.title ?? "", 10 * Math.ceil(height / 10) + 10);
      status.textContent = "";
      try {
        await navigator.clipboard.writeText(code);
        status.textContent = "Copied";
      } catch {
        prompt("This page may not copy. The code is:", code); // without https there is no clipboard
      }
    });
    button.hidden = false;
  }

  /** Listen to the controls and make the handles. */
  setup() {}

  /** Show the state: every node, every text. */
  draw() {}

  /** What is on show, at full precision, for the tests. @returns {Record<string, unknown>} */
  snapshot() {
    return {};
  }

  /**
   * Listen for as long as the figure is on the page.
   * @template {keyof HTMLElementEventMap} Type
   * @param {EventTarget} target
   * @param {Type} type
   * @param {(event: HTMLElementEventMap[Type]) => void} listener
   */
  on(target, type, listener) {
    target.addEventListener(type, /** @type {EventListener} */ (listener), { signal: this.#listeners.signal });
  }

  /**
   * Listen to a choice among radio buttons.
   * @param {string} name
   * @param {(value: string) => void} listener
   * @returns {() => void} chooses the first, as at the start
   */
  onChoice(name, listener) {
    const radios = [...this.querySelectorAll("input")].filter(input => input.name.endsWith("-" + name));
    for (const radio of radios) this.on(radio, "change", () => listener(radio.value));
    return () => {
      radios[0].checked = true;
      listener(radios[0].value);
    };
  }

  /**
   * Listen to clicks between the ends of the axes around a handle, but not on a handle.
   * @param {SVGElement} handle
   * @param {(x: number, y: number) => void} listener gets the place in the panel's units
   * @param {Scale} across
   * @param {number[]} [up] a `Scale`; the whole height of the panel by default
   */
  onPanel(handle, listener, [, , left, right], [, , bottom, top] = [0, 0, Infinity, -Infinity]) {
    const panel = /** @type {SVGSVGElement} */ (handle.ownerSVGElement);
    this.on(panel, "click", event => {
      const [x, y] = this.toPanel(panel, event.clientX, event.clientY);
      const inside = x >= left && x <= right && y >= top && y <= bottom;
      if (inside && !(/** @type {Element} */ (event.target).closest(".x-handle"))) listener(x, y);
    });
  }

  /** Put the sliders where they were at the start. */
  resetSliders() {
    for (const input of this.querySelectorAll("input")) input.value = input.defaultValue;
  }

  /** Write the output of a slider. @param {string} name @param {string} text @param {string} [spoken] */
  setOutput(name, text, spoken = text) {
    this.parts[name + "Out"].textContent = text;
    this.parts[name].setAttribute("aria-valuetext", spoken);
  }

  /** Write the caption, and announce it once it has stayed for half a second. @param {string} text */
  setCaption(text) {
    this.parts.caption.textContent = text;
    clearTimeout(this.#announcement);
    if (!this.#drawn || this.#frame) return;
    this.#announcement = setTimeout(() => (this.parts.live.textContent = text), 500);
  }

  /**
   * Let a node be dragged by mouse and finger and moved by keys.
   * @param {SVGElement} node
   * @param {string} label
   * @param {(x: number, y: number) => void} drag gets the place in the panel's units
   * @param {(dx: number, dy: number) => void} step gets how many small steps a key asks for
   * @param {() => void} reset what the Home key does
   */
  handle(node, label, drag, step, reset) {
    let grabOffset = [0, 0];
    set(node, { tabindex: 0, role: "slider", "aria-label": label });
    this.on(node, "pointerdown", event => {
      if (event.button) return;
      const box = (node.querySelector(".x-reach") ?? node).getBoundingClientRect();
      grabOffset = [event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2];
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      event.preventDefault();
    });
    this.on(node, "touchstart", event => event.preventDefault()); // Chromium heeds touch-action on a whole SVG only
    this.on(node, "pointermove", event => {
      if (!node.hasPointerCapture(event.pointerId)) return;
      drag(...this.toPanel(node, event.clientX - grabOffset[0], event.clientY - grabOffset[1]));
    });
    this.on(node, "keydown", event => {
      const steps = KEYS[event.key];
      if (event.ctrlKey || event.altKey || event.metaKey || !(steps || event.key === "Home")) return;
      event.preventDefault();
      const many = event.shiftKey ? 10 : 1;
      if (steps) step(many * steps[0], many * steps[1]);
      else reset();
    });
  }

  /**
   * A place on the screen in the units of a node's panel.
   * @param {SVGElement} node
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  toPanel(node, x, y) {
    const panel = node.ownerSVGElement ?? /** @type {SVGSVGElement} */ (node);
    const place = new DOMPoint(x, y).matrixTransform(panel.getScreenCTM()?.inverse());
    return [place.x, place.y];
  }

  /** Whether it is playing. */
  get playing() {
    return this.#frame > 0;
  }

  /**
   * Call a function in every frame with the milliseconds since the start, until it returns false. A reader who wants
   * less motion gets the end at once.
   * @param {(milliseconds: number) => boolean} drawFrame
   */
  play(drawFrame) {
    this.stop();
    if (reducedMotion.matches) return void drawFrame(Infinity);
    this.#playLabel = this.parts.play.textContent;
    this.parts.play.textContent = "Pause";
    let start = -1;
    /** @param {number} time */
    const tick = time => {
      if (start < 0) start = time;
      if (drawFrame(time - start)) this.#frame = requestAnimationFrame(tick);
      else this.stop();
    };
    this.#frame = requestAnimationFrame(tick);
  }

  /** Stop playing where it is. */
  stop() {
    if (!this.#frame) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.parts.play.textContent = this.#playLabel;
    this.draw();
  }
}

/** Register an element once. @param {string} name @param {CustomElementConstructor} kind */
export const define = (name, kind) => customElements.get("lr-" + name) || customElements.define("lr-" + name, kind);
