// @ts-check
// What every explorable shares: taking over Python's nodes, handles, playing, speaking, and Python's own rounding.

/** @typedef {[low: number, high: number, start: number, stop: number]} Scale */

const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Steps across and up; End goes as far as there is. @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], PageUp: [0, 10], PageDown: [0, -10], End: [1e4, 1e4] };

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** Where a value is drawn. @param {Scale} axis @param {number} value */
export const scale = ([low, high, start, stop], value) => start + ((value - low) / (high - low)) * (stop - start);

/** Which value is drawn there. @param {Scale} axis @param {number} place */
export const unscale = ([low, high, start, stop], place) => low + ((place - start) / (stop - start)) * (high - low);

/** A coordinate with at most one decimal. @param {number} value */
export const tenth = value => String(Math.floor(value * 10 + 0.5) / 10);

/** A number with a real minus sign. @param {number} value @param {number} digits */
export function fixed(value, digits) {
  const text = value.toFixed(digits);
  return /[1-9]/.test(text) ? text.replace("-", "−") : text.replace("-", "");
}

/** Pairs of a polyline. @param {number[]} xs @param {number[]} ys */
export const points = (xs, ys) => xs.map((x, i) => `${tenth(x)},${tenth(ys[i])}`).join(" ");

/** Put words into the {slots} of a sentence. @param {string} sentence @param {Record<string, string | number>} words */
export const fill = (sentence, words) => sentence.replace(/\{(\w+)\}/g, (_, name) => String(words[name]));

/** Set several attributes. @param {Element} node @param {Record<string, string | number>} values */
export function set(node, values) {
  for (const name in values) node.setAttribute(name, String(values[name]));
}

/**
 * Tell a screen reader the value of a handle; that of a place on a map is the horizontal one, its words say both.
 * @param {Element} node
 * @param {number} value
 * @param {number[]} ends lowest and highest value that the handle can be moved to now, such as a `Scale`
 * @param {string} words
 */
export const tell = (node, value, [low, high], words) =>
  set(node, { "aria-valuemin": low, "aria-valuemax": high, "aria-valuenow": value, "aria-valuetext": words });

export class Explorable extends HTMLElement {
  /** What Python handed over. @type {any} */
  data;
  /** Nodes by their name. @type {Record<string, any>} */
  parts = {};
  #gone = new AbortController();
  #frame = 0;
  #speaking = 0;
  #drawn = false;

  connectedCallback() {
    this.data = JSON.parse(this.querySelector("template")?.content.textContent ?? "");
    for (const node of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-x]"))) this.parts[node.dataset.x ?? ""] = node;
    this.#gone = new AbortController();
    this.setup();
    this.draw();
    this.#drawn = true;
    const seen = new IntersectionObserver(entries => entries.some(e => e.isIntersecting) || this.stop());
    seen.observe(this);
    this.#gone.signal.addEventListener("abort", () => seen.disconnect());
    /** @type {HTMLFieldSetElement} */ (this.querySelector("fieldset")).disabled = false;
    this.dataset.ready = "";
  }

  disconnectedCallback() {
    this.stop();
    clearTimeout(this.#speaking);
    this.#gone.abort();
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
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: any) => void} heard
   */
  on(target, type, heard) {
    target.addEventListener(type, heard, { signal: this.#gone.signal });
  }

  /**
   * Listen to a choice among radio buttons.
   * @param {string} name
   * @param {(value: string) => void} chosen
   * @returns {() => void} chooses the first, as at the start
   */
  onChoice(name, chosen) {
    const radios = /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll(`[name$="-${name}"]`));
    for (const radio of radios) this.on(radio, "change", () => chosen(radio.value));
    return () => {
      radios[0].checked = true;
      chosen(radios[0].value);
    };
  }

  /** Write the output of a slider. @param {string} name @param {string} text @param {string} [spoken] */
  show(name, text, spoken = text) {
    this.parts[name + "Out"].textContent = text;
    this.parts[name].setAttribute("aria-valuetext", spoken);
  }

  /** Write the caption, and say it when the hand rests. @param {string} text */
  say(text) {
    this.parts.caption.textContent = text;
    clearTimeout(this.#speaking);
    if (this.#drawn && !this.#frame) this.#speaking = setTimeout(() => (this.parts.live.textContent = text), 500);
  }

  /**
   * Let a node be dragged by mouse and finger and moved by keys.
   * @param {SVGGElement} node
   * @param {string} label
   * @param {(x: number, y: number) => void} place where it is dragged to, in the panel's units
   * @param {(dx: number, dy: number) => void} nudge how many small steps a key asks for
   * @param {() => void} home what the Home key does
   */
  handle(node, label, place, nudge, home) {
    const held = [0, 0];
    set(node, { tabindex: 0, role: "slider", "aria-label": label });
    this.on(node, "pointerdown", event => {
      if (event.button) return;
      const box = (node.querySelector(".x-reach") ?? node).getBoundingClientRect();
      held[0] = event.clientX - box.x - box.width / 2;
      held[1] = event.clientY - box.y - box.height / 2;
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      event.preventDefault();
    });
    this.on(node, "touchstart", event => event.preventDefault()); // Chromium heeds touch-action on a whole SVG only
    this.on(node, "pointermove", event => node.hasPointerCapture(event.pointerId) && place(...this.at(node, event.clientX - held[0], event.clientY - held[1])));
    this.on(node, "keydown", event => {
      const arrow = ARROWS[event.key];
      if (event.ctrlKey || event.altKey || event.metaKey || !(arrow || event.key === "Home")) return;
      event.preventDefault();
      const many = event.shiftKey ? 10 : 1;
      arrow ? nudge(many * arrow[0], many * arrow[1]) : home();
    });
  }

  /**
   * A place on the screen in the units of a node's panel.
   * @param {SVGGraphicsElement} node
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  at(node, x, y) {
    const svg = node.ownerSVGElement ?? /** @type {SVGSVGElement} */ (node);
    const place = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()?.inverse());
    return [place.x, place.y];
  }

  /** Whether it is playing. */
  get playing() {
    return this.#frame > 0;
  }

  /**
   * Call a function in every frame with the milliseconds since the start, until it returns false. Who wants no motion
   * gets the end at once.
   * @param {(milliseconds: number) => boolean} each
   */
  play(each) {
    this.stop();
    if (still.matches) return void each(Infinity);
    const { play } = this.parts;
    play.textContent = "Pause";
    let start = -1;
    /** @param {number} time */
    const tick = time => {
      if (start < 0) start = time;
      each(time - start) ? (this.#frame = requestAnimationFrame(tick)) : this.stop();
    };
    this.#frame = requestAnimationFrame(tick);
  }

  /** Stop playing where it is. */
  stop() {
    if (!this.#frame) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.parts.play.textContent = "Play";
    this.draw();
  }
}

/** Register an element once. @param {string} name @param {CustomElementConstructor} kind */
export const define = (name, kind) => customElements.get("lr-" + name) || customElements.define("lr-" + name, kind);
