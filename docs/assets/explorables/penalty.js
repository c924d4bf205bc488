// @ts-check
import { gradient, logLoss, newton, sigmoid } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, grid, moveNode, plot, points, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {{w: number[], b: number[], loss: number[]}} Walk gradient descent at the steps that are drawn */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {number[]} failed hours of the students who failed, but for the ringed one
 * @property {number[]} passed hours of the students who passed
 * @property {number} centre hours from which the feature is measured
 * @property {number[]} places hours of the ringed student, by the place of the slider
 * @property {number[]} penalties of the slider
 * @property {number[]} times steps that are drawn
 * @property {number[]} marks which of them have a curve and a dot
 * @property {number} rate learning rate
 * @property {number} pieces of a curve
 * @property {Record<"hours" | "pass" | "steps" | "weight" | "loss", Scale>} axes
 * @property {Record<"caption" | "gap" | "tie" | "overlap" | "best" | "none" | "level" | "nowhere" | "cut" | "moved"
 *   | "at", string>} words
 */
/** @typedef {Record<"place" | "l2", HTMLInputElement> & {moved: SVGElement}} Parts */

/**
 * Gradient descent from 0.
 * @param {number[]} x the one feature
 * @param {number[]} y labels
 * @param {number} l2 strength of the penalty
 * @param {number} rate learning rate
 * @param {number[]} times steps after which to look, rising
 * @returns {Walk}
 */
export function take(x, y, l2, rate, times) {
  const walk = /** @type {Walk} */ ({ w: [], b: [], loss: [] });
  let [w, b, t] = [0, 0, 0];
  for (const time of times) {
    for (; t < time; t++) {
      const [inW, inB] = gradient(x, y, w, b);
      w -= rate * (inW + l2 * w);
      b -= rate * inB;
    }
    walk.w.push(w);
    walk.b.push(b);
    walk.loss.push(logLoss(x, y, w, b));
  }
  return walk;
}

/** @extends {Explorable<Data, Parts>} */
class Penalty extends Explorable {
  /** Walks without a penalty by the hours of the ringed student. @type {Record<number, Walk>} */
  free = {};

  setup() {
    const { data, parts } = this;
    this.on(parts.place, "input", () => this.draw());
    this.on(parts.l2, "input", () => this.draw());
    this.on(parts.reset, "click", () => {
      this.resetSliders();
      this.draw();
    });
    /** @param {number} x */
    const put = x => {
      const [first, second] = data.places;
      this.setPlace((unscale(data.axes.hours, x) - first) / (second - first));
    };
    /** @param {number} dx @param {number} dy */
    const step = (dx, dy) => this.setPlace(parts.place.valueAsNumber + dx + dy);
    this.handle(parts.moved, data.words.moved, put, step, () => this.setPlace(Number(parts.place.defaultValue)));
    this.onPanel(parts.moved, put, data.axes.hours, data.axes.pass);
  }

  /** @param {number} place */
  setPlace(place) {
    this.parts.place.valueAsNumber = clamp(Math.round(place), 0, this.data.places.length - 1);
    this.draw();
  }

  /** Hours of the ringed student, the penalty, the walk with and without it, and the best fit. */
  state() {
    const { data, parts } = this;
    const hours = data.places[parts.place.valueAsNumber];
    const l2 = data.penalties[parts.l2.valueAsNumber];
    const failed = [...data.failed, hours];
    const x = [...failed, ...data.passed].map(h => h - data.centre);
    const y = x.map((_, i) => Number(i >= failed.length));
    const gap = Math.min(...data.passed) - Math.max(...failed);
    const walk = take(x, y, l2, data.rate, data.times);
    const free = (this.free[hours] ??= take(x, y, 0, data.rate, data.times));
    /** @type {[w: number, b: number] | null} */
    const best = l2 || gap < 0 ? newton(x, y, walk.w[walk.w.length - 1], walk.b[walk.b.length - 1], l2) : null;
    return { hours, l2, gap, walk, free, best: best && { w: best[0], b: best[1], loss: logLoss(x, y, ...best) } };
  }

  draw() {
    const { data, parts } = this;
    const { axes, words } = data;
    const { hours, l2, gap, walk, free, best } = this.state();
    const [before, last] = data.marks.slice(-2);
    const cut = fixed(this.drawModel(hours, walk), 2);
    this.drawWalk("weight", [walk.w, free.w, best ? [best.w, best.w] : []]);
    this.drawWalk("loss", [walk.loss, free.loss, best ? [best.loss, best.loss] : []].map(row => row.map(Math.log10)));
    parts.level.textContent = best ? fill(words.level, { w: fixed(best.w, 2) }) : words.nowhere;
    parts.cutName.textContent = fill(words.cut, { cut });
    const at = fill(words.at, { hours: fixed(hours, 1) });
    setAria(parts.moved, hours, [data.places[0], data.places[data.places.length - 1]], at);
    moveNode(parts.moved, scale(axes.hours, hours), scale(axes.pass, 0));
    this.setOutput("place", fixed(hours, 1), at);
    this.setOutput("l2", String(l2));
    let kind = gap > 0 ? words.gap : words.tie;
    if (gap < 0) kind = words.overlap;
    this.setCaption(
      fill(words.caption, {
        kind, l2, cut,
        w: fixed(walk.w[last], 2),
        loss: fixed(walk.loss[last], 4),
        added: fixed(walk.w[last] - walk.w[before], 2),
        best: best ? fill(words.best, { w: fixed(best.w, 2) }) : words.none,
      }),
    );
  }

  /** The curves, the last boundary and its name. @param {number} hours @param {Walk} walk @returns {number} boundary */
  drawModel(hours, { w, b }) {
    const { data, parts } = this;
    const { hours: across, pass } = data.axes;
    data.marks.forEach((at, k) => {
      /** @param {number} h */
      const chance = h => sigmoid(w[at] * (h - data.centre) + b[at]);
      set(parts[`curve${k}`], { points: plot(across, pass, grid(across, data.pieces), chance) });
    });
    const last = w.length - 1;
    const cut = data.centre - b[last] / w[last];
    const place = scale(across, cut);
    set(parts.cut, { d: `M${tenth(place)},${pass[2]}V${pass[3]}` });
    set(parts.cutName, { x: tenth(place - 6) });
    return cut;
  }

  /**
   * One number of the walk over its steps, the same without a penalty, and the level of the best fit.
   * @param {"weight" | "loss"} name
   * @param {number[][]} rows
   */
  drawWalk(name, rows) {
    const { data, parts } = this;
    const { steps } = data.axes;
    const xs = data.times.map(time => scale(steps, Math.log10(time)));
    const [ys, free, level] = rows.map(row => row.map(value => scale(data.axes[name], value)));
    set(parts[name], { points: points(xs, ys) });
    set(parts[name + "Free"], { points: points(xs, free) });
    set(parts[name + "Dots"], { d: data.marks.map(at => `M${tenth(xs[at])},${tenth(ys[at])}h0`).join("") });
    set(parts[name + "Best"], { d: level.length ? `M${steps[2]},${tenth(level[0])}H${steps[3]}` : "" });
  }

  snapshot() {
    return { ...this.state(), caption: this.parts.caption.textContent };
  }
}

define("penalty", Penalty);
