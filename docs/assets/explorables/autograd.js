// @ts-check
import { rowLoss, rowSlope, sigmoid } from "./core.js";
import {
  Explorable, define, fill, fixed, moveNode, reducedMotion, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {"x" | "w" | "b"} Slider feature, weight and bias */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {Record<Slider, number[]>} values of the sliders
 * @property {number[]} levels logits at which a row of label 1 costs a whole even number of nats
 * @property {Record<"w" | "b", Scale>} axes of the map
 * @property {number} turns in which the arrows of the graph follow each other
 * @property {number} far a bias outside every clip path
 * @property {number} least size of a slope that a pass can find
 * @property {number} seen length of an arrow that shows beside the ring
 * @property {Record<"loss" | "y" | "z" | "zSlope" | "product" | "productSlope" | "bSlope" | "wSlope" | "xNow"
 *   | "wNow" | "bNow" | "wGrad" | "bGrad", string>} texts in the graph
 * @property {Record<"caption" | "clears" | "one" | "many" | "ring" | "at" | "held" | "next" | "beyond", string>} words
 */
/** @typedef {Record<Slider, HTMLInputElement> & Record<"ring", SVGElement>} Parts */

const PULSE = { duration: 360, easing: "ease-in-out" };
const TURN = 160; // milliseconds until the arrows of the next turn

/**
 * What one row brings through the graph, forward and back: the twin of `run_pass`.
 * @param {number} x feature
 * @param {number} w weight
 * @param {number} b bias
 * @param {number} y label
 */
export function runPass(x, w, b, y) {
  const product = x * w;
  const z = product + b;
  const slope = rowSlope(z, y);
  return { product, z, p: sigmoid(z), loss: rowLoss(z, y), slope, inW: slope * x, inB: slope };
}

/**
 * A number with three decimals, or as PyTorch writes it where it would read as 0 and is not.
 * @param {number} value
 * @param {number} least size that is no rounding error
 */
function short(value, least) {
  const text = fixed(value, 3);
  return /[1-9]/.test(text) || Math.abs(value) < least ? text : value.toExponential(0).replaceAll("-", "−");
}

/** @extends {Explorable<Data, Parts>} */
class Autograd extends Explorable {
  y = 1;
  zero = false;
  held = { passes: 0, w: 0, b: 0 };
  /** @type {Animation | undefined} */
  pulse;

  setup() {
    const { data, parts } = this;
    const { axes } = data;
    this.y = 1;
    this.zero = false;
    this.clear();
    this.backward();
    for (const slider of [parts.x, parts.w, parts.b]) this.on(slider, "input", () => this.show("up"));
    const chooseLabel = this.onChoice("label", value => {
      this.y = +value;
      this.show("up");
    });
    const chooseZero = this.onChoice("zero", value => {
      this.zero = value === "clear";
      this.draw();
    });
    this.on(parts.press, "click", () => {
      this.backward();
      this.show("down");
    });
    this.on(parts.reset, "click", () => {
      this.resetSliders();
      chooseLabel();
      chooseZero();
      this.clear();
      this.backward();
      this.draw();
    });
    /** The place of a slider. @param {"w" | "b"} name @param {number} at in the panel's units */
    const nearest = (name, at) => unscale([0, +parts[name].max, axes[name][2], axes[name][3]], at);
    /** @param {number} x @param {number} y */
    const place = (x, y) => this.moveTo(nearest("w", x), nearest("b", y));
    this.handle(
      parts.ring,
      data.words.ring,
      place,
      (dx, dy) => this.moveTo(parts.w.valueAsNumber + dx, parts.b.valueAsNumber + dy),
      () => this.moveTo(+parts.w.defaultValue, +parts.b.defaultValue),
    );
    this.onPanel(parts.ring, place, axes.w, axes.b);
  }

  /** Put the sliders of the ring to places. @param {number} w @param {number} b */
  moveTo(w, b) {
    this.parts.w.valueAsNumber = Math.round(w);
    this.parts.b.valueAsNumber = Math.round(b);
    this.show("up");
  }

  /** What zero_grad() does. */
  clear() {
    this.held = { passes: 0, w: 0, b: 0 };
  }

  /** Add the slopes to what is held: the twin of `press`. */
  backward() {
    if (this.zero) this.clear();
    const { inW, inB } = this.now();
    this.held = { passes: this.held.passes + 1, w: this.held.w + inW, b: this.held.b + inB };
  }

  /** The value of a slider. @param {Slider} name */
  value(name) {
    return this.data.values[name][this.parts[name].valueAsNumber];
  }

  now() {
    return runPass(this.value("x"), this.value("w"), this.value("b"), this.y);
  }

  /** Draw, and let a pulse run through the graph, unless a drag has just sent one up. @param {"up" | "down"} way */
  show(way) {
    this.draw();
    if (reducedMotion.matches || (way === "up" && this.pulse?.playState === "running")) return;
    const { turns } = this.data;
    for (let turn = 0; turn < turns; turn++) {
      const arrows = this.parts[way + (way === "up" ? turn : turns - 1 - turn)];
      this.pulse = arrows.animate([{ strokeWidth: "5px", offset: 0.5 }], { ...PULSE, delay: TURN * turn });
    }
  }

  draw() {
    const { data, parts, held, y } = this;
    const { words } = data;
    const now = this.now();
    const texts = {
      y,
      x: fixed(this.value("x"), 1),
      w: fixed(this.value("w"), 1),
      b: fixed(this.value("b"), 1),
      product: fixed(now.product, 1),
      z: fixed(now.z, 1),
      p: short(now.p, data.least),
      loss: short(now.loss, data.least),
      slope: short(now.slope, data.least),
      inW: short(now.inW, data.least),
      wGrad: short(held.w, data.least),
      bGrad: short(held.b, data.least),
    };
    for (const [name, text] of Object.entries(data.texts)) parts[name].textContent = fill(text, texts);
    for (const name of /** @type {Slider[]} */ (["x", "w", "b"])) this.setOutput(name, texts[name]);
    this.drawMap(now);
    setAria(parts.ring, this.value("w"), data.axes.w, fill(words.at, texts));
    const sum = fill(held.passes === 1 ? words.one : words.many, { n: held.passes });
    this.setCaption(fill(words.caption, { ...texts, sum, clears: this.zero ? words.clears : "" }));
  }

  /** The ring, its lines of equal loss and its arrows. @param {ReturnType<typeof runPass>} now */
  drawMap({ inW, inB }) {
    const { data, parts, held } = this;
    const { w: across, b: up } = data.axes;
    const sign = 2 * this.y - 1;
    const feature = this.value("x");
    /** Where the row has this logit. @param {number} z */
    const line = z => {
      const ends = across.slice(0, 2).map(w => `${tenth(scale(across, w))},${tenth(scale(up, z - feature * w))}`);
      return `M${ends.join("L")}`;
    };
    set(parts.half, { d: line(0) });
    set(parts.wrong, { d: `${line(0)}V${tenth(scale(up, -data.far * sign))}H${tenth(across[2])}z` });
    set(parts.levels, { d: data.levels.map(z => line(sign * z)).join("") });
    const x = scale(across, this.value("w"));
    const y = scale(up, this.value("b"));
    moveNode(parts.ring, x, y);
    /** @param {"held" | "next"} name @param {number} w @param {number} b */
    const arrow = (name, w, b) => {
      const [right, down] = [scale(across, w) - scale(across, 0), scale(up, b) - scale(up, 0)];
      const length = Math.hypot(right, down);
      const share = Math.min(
        right ? (across[right > 0 ? 3 : 2] - x) / right : 1,
        down ? (up[down > 0 ? 2 : 3] - y) / down : 1,
      );
      const beyond = length > data.seen && length * share < data.seen;
      parts[name + "Name"].textContent = fill(data.words[name], { beyond: beyond ? data.words.beyond : "" });
      set(parts[name], { d: `M${tenth(x)},${tenth(y)}l${tenth(right)},${tenth(down)}` });
    };
    arrow("held", held.w, held.b);
    arrow("next", inW, inB);
    set(parts.around, { d: parts.next.getAttribute("d") ?? "" });
  }

  snapshot() {
    const { held, y, zero, parts } = this;
    const [x, w, b] = [this.value("x"), this.value("w"), this.value("b")];
    const { passes, w: wGrad, b: bGrad } = held;
    return { x, y, w, b, zero, passes, wGrad, bGrad, now: this.now(), caption: parts.caption.textContent };
  }
}

define("autograd", Autograd);
