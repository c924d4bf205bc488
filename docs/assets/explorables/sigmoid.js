// @ts-check
import { odds, sigmoid, sigmoidDerivative } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, grid, moveDot, moveNode, plot, points, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {"cut" | "w" | "x"} Slider */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {number[]} weights the rising weights of the slider
 * @property {number} tenths places of the other sliders in an hour
 * @property {Record<"hours" | "pass", Scale> & {scales: Scale[]}} axes
 * @property {number[]} rulers where the three rulers stand
 * @property {("p" | "odds" | "z")[]} names of the rulers
 * @property {number} lever length of either arm of the tangent at the boundary
 * @property {number} turn hours; with the boundary beyond, the handle sits on the left arm
 * @property {number} reach the curve is drawn at even logits within this
 * @property {number} pieces how many pieces that are
 * @property {number} far a coordinate outside every clip path
 * @property {number} margin what a ruler shows beyond its ends
 * @property {number} most larger odds are not written out
 * @property {Record<"caption" | "over" | "under" | "above" | "below" | "hours" | "at" | Slider, string>} words
 */
/** @typedef {Record<Slider, HTMLInputElement> & Record<"atCut" | "atW" | "atX", SVGElement>} Parts */

/**
 * A curve read at some hours.
 * @param {number} w weight
 * @param {number} b intercept
 * @param {number} x hours
 */
export function read(w, b, x) {
  const z = w * x + b;
  return { p: sigmoid(z), odds: odds(z), z, slope: sigmoidDerivative(z) * w };
}

/** @typedef {ReturnType<typeof read>} Reading */

/** What is rounded to 0 may have fallen. @param {string} text */
const signed = text => (parseFloat(text) > 0 ? "+" : "") + text;

/** @extends {Explorable<Data, Parts>} */
class Sigmoid extends Explorable {
  /** @type {number[]} */
  weights = [];

  setup() {
    const { data, parts } = this;
    const { hours, pass } = data.axes;
    this.weights = [...data.weights.map(w => -w).reverse(), 0, ...data.weights];
    for (const slider of [parts.cut, parts.w, parts.x]) this.on(slider, "input", () => this.draw());
    this.on(parts.reset, "click", () => {
      this.resetSliders();
      this.draw();
    });
    /** @param {number} x */
    const hoursPlace = x => unscale(hours, x) * data.tenths;
    this.makeHandle("cut", parts.atCut, hoursPlace);
    this.makeHandle("x", parts.atX, hoursPlace);
    this.makeHandle("w", parts.atW, (x, y) => {
      const { cut } = this.state();
      const side = cut > data.turn ? -1 : 1;
      const turned = Math.atan2(side * (scale(pass, 0.5) - y), Math.max(side * (x - scale(hours, cut)), 0));
      const distances = this.weights.map(w => Math.abs(Math.atan2(...this.rise(w)) - turned));
      return distances.indexOf(Math.min(...distances));
    });
    this.onPanel(parts.atX, x => this.setSlider("x", hoursPlace(x)), hours, pass);
  }

  /**
   * @param {Slider} name of the slider that it moves
   * @param {SVGElement} node
   * @param {(x: number, y: number) => number} place of the slider for a place in the panel
   */
  makeHandle(name, node, place) {
    const slider = this.parts[name];
    this.handle(
      node,
      this.data.words[name],
      (x, y) => this.setSlider(name, place(x, y)),
      (dx, dy) => this.setSlider(name, slider.valueAsNumber + dx + dy),
      () => this.setSlider(name, +slider.defaultValue),
    );
  }

  /** @param {Slider} name @param {number} place */
  setSlider(name, place) {
    this.parts[name].valueAsNumber = Math.round(place);
    this.draw();
  }

  /**
   * Up and along, in the panel's units, of the tangent at the boundary over one hour.
   * @param {number} w
   * @returns {[number, number]}
   */
  rise(w) {
    const { hours, pass } = this.data.axes;
    return [((scale(pass, 0) - scale(pass, 1)) * w) / 4, scale(hours, 1) - scale(hours, 0)];
  }

  state() {
    const { data, parts, weights } = this;
    const cut = parts.cut.valueAsNumber / data.tenths;
    const w = weights[parts.w.valueAsNumber];
    return { cut, w, b: 0 - w * cut, x: parts.x.valueAsNumber / data.tenths };
  }

  draw() {
    const { words } = this.data;
    const state = this.state();
    const { cut, w, b, x } = state;
    const now = read(w, b, x);
    const more = read(w, b, x + 1);
    const text = this.texts(state, now, more);
    const at = fill(words.at, text);
    const edge = fill(words.hours, { x: text.cut });
    this.drawCurve(cut, w, b);
    this.drawTangents(cut, w, text.w, edge);
    this.drawReading(x, now, more, at);
    this.drawRulers(w, b, now, more, text);
    this.setOutput("cut", edge);
    this.setOutput("w", text.w);
    this.setOutput("x", fill(words.hours, { x: text.x }), at);
    this.setCaption(fill(words.caption, { ...text, at }));
  }

  /** @param {number} cut @param {number} w @param {number} b */
  drawCurve(cut, w, b) {
    const { axes, pieces, reach } = this.data;
    const [low, high] = axes.hours;
    let hours = [low, high];
    if (w) {
      const inner = grid([-reach, reach], pieces).map(z => clamp(cut + z / w, low, high));
      hours = w > 0 ? [low, ...inner, high] : [high, ...inner, low];
    }
    set(this.parts.curve, { points: plot(axes.hours, axes.pass, hours, h => sigmoid(w * h + b)) });
  }

  /**
   * The boundary and the tangent there.
   * @param {number} cut
   * @param {number} w
   * @param {string} weight as text
   * @param {string} edge the boundary as text
   */
  drawTangents(cut, w, weight, edge) {
    const { data, parts, weights } = this;
    const { hours, pass } = data.axes;
    const [rise, run] = this.rise(w);
    const arm = data.lever / Math.hypot(run, rise);
    const [dx, dy] = [run * arm, -rise * arm];
    const [cx, cy] = [scale(hours, cut), scale(pass, 0.5)];
    const side = cut > data.turn ? -1 : 1;
    set(parts.middle, { d: w ? `M${tenth(cx)},${tenth(scale(pass, 0))}V${tenth(scale(pass, 1))}` : "" });
    set(parts.lever, { points: points([cx - dx, cx + dx], [cy - dy, cy + dy]) });
    moveNode(parts.atCut, cx, cy);
    setAria(parts.atCut, cut, [0, 10], edge);
    moveNode(parts.atW, cx + side * dx, cy + side * dy);
    setAria(parts.atW, w, [weights[0], -weights[0]], "w " + weight);
  }

  /** The student on the curve. @param {number} x @param {Reading} now @param {Reading} more @param {string} at */
  drawReading(x, now, more, at) {
    const { parts } = this;
    const { hours, pass } = this.data.axes;
    const across = scale(hours, x);
    const up = scale(pass, now.p);
    const around = [now.p - now.slope, now.p + now.slope];
    set(parts.tangent, { points: points([x - 1, x + 1].map(h => scale(hours, h)), around.map(p => scale(pass, p))) });
    set(parts.drop, { d: `M${tenth(across)},${tenth(pass[2])}V${tenth(up)}` });
    moveDot(parts.now, across, up);
    moveDot(parts.more, scale(hours, x + 1), scale(pass, more.p));
    moveNode(parts.atX, across, pass[2]);
    setAria(parts.atX, x, [0, 10], at);
  }

  /**
   * @param {number} w
   * @param {number} b
   * @param {Reading} now
   * @param {Reading} more
   * @param {ReturnType<Sigmoid["texts"]>} text
   */
  drawRulers(w, b, now, more, text) {
    const { data, parts } = this;
    const { axes, rulers, words } = data;
    const [bottom, top] = [scale(axes.pass, 0), scale(axes.pass, 1)];
    /** @param {Reading} reading */
    const heights = ({ p, odds, z }) =>
      [p, odds, z].map((value, k) => clamp(scale(axes.scales[k], value), -data.far, data.far));
    const [from, to] = [heights(now), heights(more)];
    const wholeHours = [...Array(axes.hours[1] + 1).keys()];
    const lines = wholeHours.map(h => "M" + points(rulers, heights(read(w, b, h))).replaceAll(" ", "L"));
    set(parts.hours, { d: lines.join("") });
    set(parts.mine, { points: points(rulers, from) });
    set(parts.next, { points: points(rulers, to) });
    set(parts.steps, { d: from.map((y, k) => `M${rulers[k]},${tenth(y)}V${tenth(to[k])}`).join("") });
    const gains = [text.moreP, text.moreOdds, text.moreZ];
    data.names.forEach((name, k) => {
      let gain = signed(gains[k]);
      if (Math.max(from[k], to[k]) < top - data.margin) gain = words.above;
      else if (Math.min(from[k], to[k]) > bottom + data.margin) gain = words.below;
      parts[name].textContent = text[name];
      parts[name + "More"].textContent = gain;
      set(parts[name + "More"], { y: tenth((clamp(from[k], top, bottom) + clamp(to[k], top, bottom)) / 2 + 4) });
    });
  }

  /** A probability as text. @param {number} p */
  chance(p) {
    const { over, under } = this.data.words;
    if (p < 0.0005) return fill(under, { top: "0.001" });
    return p >= 0.9995 ? fill(over, { top: "0.999" }) : fixed(p, 3);
  }

  /** Odds or their change as text. @param {number} value @param {number} [low] what is less would be written as 0 */
  amount(value, low = 0) {
    const { most, words } = this.data;
    if (Math.abs(value) >= most) {
      return fill(value > 0 ? words.over : words.under, { top: fixed(Math.sign(value) * most, 0) });
    }
    return value >= 0 && value < low ? fill(words.under, { top: "0.01" }) : fixed(value, 2);
  }

  /** Every number as text. @param {ReturnType<Sigmoid["state"]>} state @param {Reading} now @param {Reading} more */
  texts({ w, cut, x }, now, more) {
    return {
      w: String(w).replace("-", "−"),
      cut: fixed(cut, 1),
      x: fixed(x, 1),
      p: this.chance(now.p),
      odds: this.amount(now.odds, 0.005),
      z: fixed(now.z, 2),
      moreP: fixed(more.p - now.p, 3),
      moreOdds: this.amount(more.odds - now.odds),
      moreZ: fixed(more.z - now.z, 2),
    };
  }

  snapshot() {
    const state = this.state();
    return { ...state, ...read(state.w, state.b, state.x), caption: this.parts.caption.textContent };
  }
}

define("sigmoid", Sigmoid);
