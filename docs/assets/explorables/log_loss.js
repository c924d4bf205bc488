// @ts-check
import { rowError, rowErrorSlope, rowLoss, rowSlope, sigmoid } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, grid, moveDot, moveNode, plot, points, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {"z" | "c" | "w"} Slider the logit of the one row, and the boundary and the weight of the model */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {Record<Slider, [first: number, parts: number, places: number]>} lists first place, parts of a unit, places
 * @property {number[]} hours of each student
 * @property {(0 | 1)[]} y label of each student
 * @property {number[]} bars where the bar of each student stands
 * @property {number} best log loss of the fit
 * @property {number} sure a row is sure and wrong where its label has less than this probability
 * @property {number} pieces of each curve
 * @property {number} tangent how far the tangents reach to either side, in nats
 * @property {number} reach hours from the boundary to the handle of the weight
 * @property {number} tick its length
 * @property {number} far a coordinate outside every clip path
 * @property {Record<"lossName" | "errorName", number>} names logits at which the curves of label 1 are named
 * @property {[top: number, bottom: number]} stack
 * @property {Record<"z" | "cost" | "pull" | "hours" | "pass" | "bar" | "mean", Scale>} axes
 * @property {Record<"caption" | "wrong" | "unsure" | "right" | "sum" | "knob" | "cut" | "tilt" | "logit" | "hours"
 *   | "weight", string>} words
 */
/** @typedef {Record<Slider, HTMLInputElement> & Record<"knob" | "cut" | "tilt", SVGElement>} Parts */
/** @typedef {(z: number, y: number) => number} OfRow */

/**
 * The log loss of every student, its mean, and where each segment of the stack begins: the twin of `stack`.
 * @param {number[]} hours
 * @param {number[]} labels
 * @param {number} c boundary in hours
 * @param {number} w weight in nats per hour
 */
export function costs(hours, labels, c, w) {
  const losses = hours.map((h, i) => rowLoss(w * (h - c), labels[i]));
  const starts = losses.map(() => 0);
  const parts = [0, 0];
  let at = 0;
  for (const label of [0, 1]) {
    losses.forEach((loss, i) => {
      if (labels[i] !== label) return;
      starts[i] = at;
      at += loss / losses.length;
      parts[label] += loss / losses.length;
    });
  }
  const sum = losses.reduce((a, b) => a + b);
  return { losses, starts, parts, mean: sum / losses.length };
}

/** @extends {Explorable<Data, Parts>} */
class LogLoss extends Explorable {
  y = 1;

  setup() {
    const { data, parts } = this;
    const { words } = data;
    const { z, hours, pass } = data.axes;
    for (const slider of [parts.z, parts.c, parts.w]) this.on(slider, "input", () => this.draw());
    const chooseFirst = this.onChoice("label", value => {
      this.y = +value;
      this.draw();
    });
    this.on(parts.reset, "click", () => {
      this.resetSliders();
      chooseFirst();
    });
    this.makeHandle(parts.knob, "z", words.knob, x => unscale(z, x));
    this.makeHandle(parts.cut, "c", words.cut, x => unscale(hours, x));
    this.makeHandle(parts.tilt, "w", words.tilt, (_, y) => {
      const chance = clamp(unscale(pass, y), 0.001, 0.999);
      return Math.log(chance / (1 - chance)) / this.away;
    });
    this.onPanel(parts.knob, x => this.moveTo("z", unscale(z, x)), z);
  }

  /**
   * @param {SVGElement} node
   * @param {Slider} name of the slider that it moves
   * @param {string} label
   * @param {(x: number, y: number) => number} value at a place in the panel
   */
  makeHandle(node, name, label, value) {
    const slider = this.parts[name];
    this.handle(
      node,
      label,
      (x, y) => this.moveTo(name, value(x, y)),
      (dx, dy) => this.setPlace(name, slider.valueAsNumber + dx + dy),
      () => this.setPlace(name, +slider.defaultValue),
    );
  }

  /** Put a slider where its value is nearest. @param {Slider} name @param {number} value */
  moveTo(name, value) {
    const [first, parts] = this.data.lists[name];
    this.setPlace(name, Math.round(value * parts) - first);
  }

  /** @param {Slider} name @param {number} place */
  setPlace(name, place) {
    this.parts[name].valueAsNumber = place;
    this.draw();
  }

  /** The value of a slider. @param {Slider} name @param {number} [place] where it is by default */
  value(name, place = this.parts[name].valueAsNumber) {
    const [first, parts] = this.data.lists[name];
    return (first + place) / parts;
  }

  /** How far from the boundary the handle of the weight is, in hours. */
  get away() {
    const { reach, axes } = this.data;
    return this.value("c") + reach <= axes.hours[1] ? reach : -reach;
  }

  draw() {
    const { data, parts, y } = this;
    const { words } = data;
    const z = this.value("z");
    const c = this.value("c");
    const w = this.value("w");
    const all = costs(data.hours, data.y, c, w);
    this.drawRow(z);
    this.drawTicks(c, w);
    this.drawModel(c, w, all.mean);
    this.drawBars(all);
    this.drawStack(all);
    const loss = rowLoss(z, y);
    const texts = { y, z: fixed(z, 1), p: fixed(sigmoid(z), 3), loss: fixed(loss, 3), c: fixed(c, 1), w: fixed(w, 2) };
    const logit = fill(words.logit, texts);
    const hours = fill(words.hours, texts);
    this.setOutput("z", texts.z, logit);
    this.setOutput("c", texts.c, hours);
    this.setOutput("w", texts.w);
    /** @param {SVGElement} node @param {Slider} name @param {string} text */
    const setValue = (node, name, text) =>
      setAria(node, this.value(name), [this.value(name, 0), this.value(name, +parts[name].max)], text);
    setValue(parts.knob, "z", logit);
    setValue(parts.cut, "c", hours);
    setValue(parts.tilt, "w", fill(words.weight, texts));
    this.setCaption(this.caption(z, all.mean, texts));
  }

  /** The one row under both losses. @param {number} z */
  drawRow(z) {
    const { data, parts, y } = this;
    const { axes, tangent: far } = data;
    const zs = grid(axes.z, data.pieces);
    /** @param {string} name @param {OfRow} height @param {Scale} axis */
    const curve = (name, height, axis) =>
      set(parts[name], { points: plot(axes.z, axis, zs, at => Math.abs(height(at, y))) });
    curve("loss", rowLoss, axes.cost);
    curve("error", rowError, axes.cost);
    curve("lossPull", rowSlope, axes.pull);
    curve("errorPull", rowErrorSlope, axes.pull);
    /** @param {string} name @param {number} height @param {number} rise */
    const tangent = (name, height, rise) => {
      const xs = [z - far, z + far].map(at => scale(axes.z, at));
      const ys = [height - rise * far, height + rise * far].map(at => scale(axes.cost, at));
      set(parts[name], { points: points(xs, ys) });
    };
    tangent("lossTangent", rowLoss(z, y), rowSlope(z, y));
    tangent("errorTangent", rowError(z, y), rowErrorSlope(z, y));
    const x = scale(axes.z, z);
    set(parts.at, { d: `M${tenth(x)},${axes.cost[3]}V${axes.pull[2]}` });
    moveDot(parts.errorNow, x, scale(axes.cost, rowError(z, y)));
    moveDot(parts.slopeNow, x, scale(axes.pull, Math.abs(rowSlope(z, y))));
    moveDot(parts.bendNow, x, scale(axes.pull, Math.abs(rowErrorSlope(z, y))));
    moveNode(parts.knob, x, scale(axes.cost, rowLoss(z, y)));
    for (const [name, at] of Object.entries(data.names)) {
      set(parts[name], { x: tenth(scale(axes.z, y ? at : -at)) });
    }
  }

  /** The students with the label of the one row, at their logits. @param {number} c @param {number} w */
  drawTicks(c, w) {
    const { data, parts, y } = this;
    const { z, cost } = data.axes;
    const logits = data.hours.filter((_, i) => data.y[i] === y).map(h => w * (h - c));
    const inside = logits.filter(logit => logit >= z[0] && logit <= z[1]);
    set(parts.ticks, { d: inside.map(logit => `M${tenth(scale(z, logit))},${cost[2]}v${-data.tick}`).join("") });
  }

  /** The students' curve, its handles and the mean. @param {number} c @param {number} w @param {number} mean */
  drawModel(c, w, mean) {
    const { data, parts, away } = this;
    const { hours, pass, bar } = data.axes;
    set(parts.curve, { points: plot(hours, pass, grid(hours, data.pieces), h => sigmoid(w * (h - c))) });
    moveNode(parts.cut, scale(hours, c), scale(pass, 0.5));
    moveNode(parts.tilt, scale(hours, c + away), scale(pass, sigmoid(w * away)));
    set(parts.mean, { d: `M${hours[2]},${tenth(scale(bar, Math.min(mean, bar[1])))}H${hours[3]}` });
  }

  /** Join what is drawn of the students with a label. @param {number} label @param {(i: number) => string} draw */
  eachOf(label, draw) {
    return this.data.y.map((own, i) => (own === label ? draw(i) : "")).join("");
  }

  /** The bars of the students. @param {ReturnType<typeof costs>} all */
  drawBars({ losses }) {
    const { data, parts } = this;
    const { bar } = data.axes;
    const heights = losses.map(loss => scale(bar, Math.min(loss, bar[1])));
    for (const label of [0, 1]) {
      const d = this.eachOf(label, i => `M${tenth(data.bars[i])},${tenth(bar[2])}V${tenth(heights[i])}`);
      set(parts["bars" + label], { d });
    }
    const beyond = data.bars.filter((_, i) => losses[i] > bar[1]);
    set(parts.beyond, { d: beyond.map(x => `M${tenth(x - 4)},${tenth(bar[3] + 7)}l4-7l4,7z`).join("") });
    const worst = losses.indexOf(Math.max(...losses));
    set(parts.worst, { x: tenth(data.bars[worst]), y: tenth(heights[worst] - 4) });
    parts.worst.textContent = fixed(losses[worst], 2);
  }

  /** The stack of what each student adds to the mean. @param {ReturnType<typeof costs>} all */
  drawStack({ losses, starts, parts: sums, mean }) {
    const { data, parts } = this;
    const { mean: axis } = data.axes;
    const [top, bottom] = data.stack;
    /** @param {number} value */
    const edge = value => tenth(Math.min(scale(axis, value), data.far));
    /** @param {number} i */
    const segment = i => {
      const start = edge(starts[i]);
      return `M${start},${top}H${edge(starts[i] + losses[i] / losses.length)}V${bottom}H${start}z`;
    };
    for (const label of [0, 1]) set(parts["part" + label], { d: this.eachOf(label, segment) });
    set(parts.total, { cx: tenth(scale(axis, Math.min(mean, axis[1]))), class: mean > axis[1] ? "x-off" : "x-now" });
    const [failed, passed] = [fixed(sums[0], 3), fixed(mean - sums[0], 3)];
    parts.sum.textContent = fill(data.words.sum, { failed, passed, mean: fixed(mean, 4) });
  }

  /** @param {number} z @param {number} mean @param {Record<string, string | number>} texts */
  caption(z, mean, texts) {
    const { data, y } = this;
    const { words } = data;
    const slope = rowSlope(z, y);
    const bend = rowErrorSlope(z, y);
    const observed = sigmoid(y ? z : -z);
    let verdict = words.unsure;
    if (observed < data.sure) verdict = words.wrong;
    if (observed > 1 - data.sure) verdict = words.right;
    return fill(words.caption, {
      ...texts,
      verdict,
      slope: fixed(slope, 3),
      bend: fixed(bend, 3),
      times: fixed(slope / bend, 1),
      mean: fixed(mean, 4),
      above: fixed(mean - data.best, 4),
    });
  }

  snapshot() {
    const [z, c, w] = [this.value("z"), this.value("c"), this.value("w")];
    const { mean } = costs(this.data.hours, this.data.y, c, w);
    return { y: this.y, z, c, w, mean, caption: this.parts.caption.textContent };
  }
}

define("log-loss", LogLoss);
