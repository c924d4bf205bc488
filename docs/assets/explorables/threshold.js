// @ts-check
import { sigmoid } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, moveDot, moveNode, points, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {Record<"tp" | "fp" | "fn" | "tn", number>} Counts */
/**
 * The scores of the test rows under one model.
 * @typedef {object} Model
 * @property {string} key
 * @property {number[]} ones scores of class 1 in hundredths of a logit, rising; Python sends their differences
 * @property {number[]} zeros likewise of class 0
 * @property {number} step hundredths of a logit between two places of the slider
 * @property {Scale} z
 */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {number} half places of the slider on either side of the logit 0
 * @property {[alarm: number, miss: number][]} prices what a false alarm and a miss cost, by the place of the slider
 * @property {number} rounding smaller differences of a cost are none
 * @property {number} near probabilities nearer to 0 or 1 have a digit more
 * @property {number} side along the square that stands for one row
 * @property {Record<keyof Counts, [left: number, foot: number]>} cells of the confusion matrix
 * @property {Record<"strip" | "cost" | "unit" | "up", Scale>} axes
 * @property {Model[]} models
 * @property {Record<"caption" | "even" | "miss" | "alarm" | "ratio" | "spoken" | "flag" | "rule" | "recallShare"
 *   | "precisionShare" | "undefined" | "cut", string>} words
 */
/** @typedef {Record<"tau" | "price", HTMLInputElement> & {cut: SVGElement}} Parts */

/**
 * Decisions when class 1 is predicted from a threshold on.
 * @param {number[]} ones scores of class 1
 * @param {number[]} zeros scores of class 0
 * @param {number} cut threshold in the unit of the scores
 * @returns {Counts}
 */
export function count(ones, zeros, cut) {
  const tp = ones.filter(score => score >= cut).length;
  const fp = zeros.filter(score => score >= cut).length;
  return { tp, fp, fn: ones.length - tp, tn: zeros.length - fp };
}

/**
 * @param {Counts} counts
 * @param {number[]} price cost of a false alarm and of a miss
 * @returns {number} cost of all errors
 */
export const bill = ({ fp, fn }, [alarm, miss]) => alarm * fp + miss * fn;

/**
 * @param {number[]} price cost of a false alarm and of a miss
 * @returns {number} the threshold that they call for, a probability
 */
export const rule = ([alarm, miss]) => alarm / (alarm + miss);

/**
 * The longest run of places at which the cost is lowest, the first one among equals.
 * @param {number[]} bills
 * @param {number} rounding
 * @returns {[number, number]}
 */
export function cheapest(bills, rounding) {
  const least = Math.min(...bills) + rounding;
  let found = /** @type {[number, number]} */ ([0, -1]);
  let start = 0;
  bills.forEach((cost, place) => {
    if (cost > least) start = place + 1;
    else if (place - start > found[1] - found[0]) found = [start, place];
  });
  return found;
}

/** Running sums. @param {number[]} steps */
export function sums(steps) {
  let sum = 0;
  return steps.map(step => (sum += step));
}

/** @extends {Explorable<Data, Parts>} */
class Threshold extends Explorable {
  /** @type {Model[]} */
  models = [];
  #model = 0;

  get model() {
    return this.models[this.#model];
  }

  setup() {
    const { data, parts } = this;
    this.models = data.models.map(model => ({ ...model, ones: sums(model.ones), zeros: sums(model.zeros) }));
    this.#model = 0;
    this.on(parts.tau, "input", () => this.draw());
    this.on(parts.price, "input", () => this.draw());
    this.on(parts.toRule, "click", () => this.moveTo(Math.log(this.price[0] / this.price[1])));
    this.on(parts.toLeast, "click", () => {
      const [first, last] = cheapest(this.bills(), data.rounding);
      this.setPlace((first + last) / 2);
    });
    const reset = () => this.setPlace(data.half);
    const chooseFirst = this.onChoice("model", key => {
      this.#model = this.models.findIndex(model => model.key === key);
      reset();
    });
    this.on(parts.reset, "click", () => {
      this.resetSliders();
      chooseFirst();
    });
    /** @param {number} x */
    const place = x => this.moveTo(unscale(this.model.z, x));
    /** @param {number} dx @param {number} dy */
    const step = (dx, dy) => this.setPlace(parts.tau.valueAsNumber + dx + dy);
    this.handle(parts.cut, data.words.cut, place, step, reset);
    this.onPanel(parts.cut, place, this.model.z, [0, 0, data.axes.cost[2], data.axes.strip[3]]);
  }

  /** Cost of a false alarm and of a miss. */
  get price() {
    return this.data.prices[this.parts.price.valueAsNumber];
  }

  /** The threshold in hundredths of a logit. @param {number} place */
  cut(place) {
    return (place - this.data.half) * this.model.step;
  }

  /** Put the threshold at the place next to a logit. @param {number} z */
  moveTo(z) {
    this.setPlace((z * 100) / this.model.step + this.data.half);
  }

  /** @param {number} place */
  setPlace(place) {
    this.parts.tau.valueAsNumber = clamp(Math.round(place), 0, 2 * this.data.half);
    this.draw();
  }

  /** What is predicted at a threshold. @param {number} cut */
  countAt(cut) {
    return count(this.model.ones, this.model.zeros, cut);
  }

  /** What the errors cost at every place. */
  bills() {
    const places = [...Array(2 * this.data.half + 1).keys()];
    return places.map(place => bill(this.countAt(this.cut(place)), this.price));
  }

  /** A probability as text. @param {number} p */
  chance(p) {
    const { near } = this.data;
    return fixed(p, p >= near && p <= 1 - near ? 3 : 4);
  }

  /** The threshold as text. @param {number} place */
  texts(place) {
    const z = this.cut(place) / 100;
    return { p: this.chance(sigmoid(z)), z: fixed(z, 2) };
  }

  /** The cost if all rows were called alike, the cheaper way. */
  get alike() {
    const { model, price } = this;
    return Math.min(price[0] * model.zeros.length, price[1] * model.ones.length);
  }

  draw() {
    const { words } = this.data;
    const place = this.parts.tau.valueAsNumber;
    const counts = this.countAt(this.cut(place));
    const bills = this.bills();
    const [alarm, miss] = this.price;
    let price = miss > alarm ? words.miss : words.alarm;
    if (alarm === miss) price = words.even;
    price = fill(price, { n: Math.max(alarm, miss) });
    this.drawModel(counts);
    this.drawThreshold(place);
    this.drawCosts(bills, place);
    this.drawCells(counts);
    this.drawRates(counts);
    const text = this.texts(place);
    this.setOutput("tau", text.p, fill(words.spoken, text));
    this.setOutput("price", fill(words.ratio, { miss, alarm }), price);
    this.setCaption(this.caption(counts, bills, place, price));
  }

  /** The marks of the model, its curves, and which rows are errors. @param {Counts} counts */
  drawModel({ fp, fn }) {
    const { data, model, parts } = this;
    for (const { key } of data.models) {
      for (const part of ["", "Roc", "Pr"]) parts[key + part].toggleAttribute("hidden", key !== model.key);
    }
    /** Marks stand in the order in which they turn into errors. @param {string} name @param {number} number */
    const marks = (name, number) => parts[model.key + name].getAttribute("d")?.split("m").slice(0, number).join("m");
    set(parts[model.key + "Wrong"], { d: `${marks("Ones", fn)}${marks("Zeros", fp)}` });
  }

  /** The threshold across the strip and the cost. @param {number} place */
  drawThreshold(place) {
    const { data, model, parts } = this;
    const { axes, words } = data;
    const z = this.cut(place) / 100;
    const x = scale(model.z, z);
    const middle = (model.z[2] + model.z[3]) / 2;
    const text = this.texts(place);
    moveNode(parts.cut, x, axes.strip[3]);
    setAria(parts.cut, z, model.z, fill(words.spoken, text));
    parts.flag.textContent = fill(words.flag, text);
    set(parts.flag, x < middle ? { x: 13, class: "x-halo" } : { x: -13, class: "x-halo x-end" });
    set(parts.line, { d: `M${tenth(x)},${axes.strip[3]}V${axes.cost[2]}` });
    const ruleX = scale(model.z, Math.log(this.price[0] / this.price[1]));
    set(parts.rule, { d: [axes.strip, axes.cost].map(axis => `M${tenth(ruleX)},${axis[2]}V${axis[3]}`).join("") });
    parts.ruleName.textContent = fill(words.rule, { rule: this.chance(rule(this.price)) });
    const left = ruleX > middle;
    set(parts.ruleName, { x: tenth(ruleX + (left ? -5 : 5)), class: left ? "x-halo x-end" : "x-halo" });
  }

  /** The cost at every place. @param {number[]} bills @param {number} place */
  drawCosts(bills, place) {
    const { data, model, parts, alike } = this;
    const { cost } = data.axes;
    const ys = bills.map(value => scale(cost, Math.min(value / alike, 2)));
    const xs = bills.map((_, at) => scale(model.z, this.cut(at) / 100));
    const [first, last] = cheapest(bills, data.rounding);
    set(parts.cost, { points: points(xs, ys) });
    moveDot(parts.costNow, xs[place], Math.max(ys[place], cost[3]));
    set(parts.costNow, { class: ys[place] < cost[3] ? "x-off" : "x-now" });
    set(parts.least, { d: `M${tenth(xs[first])},${tenth(ys[first])}H${tenth(xs[last])}` });
    set(parts.leastName, { x: tenth((xs[first] + xs[last]) / 2), y: tenth(ys[first] + 16) });
  }

  /** The confusion matrix. @param {Counts} counts */
  drawCells(counts) {
    const { data, parts } = this;
    for (const name of /** @type {(keyof Counts)[]} */ (["tp", "fn", "fp", "tn"])) {
      const [left, foot] = data.cells[name];
      const side = data.side * Math.sqrt(counts[name]);
      set(parts[name], { y: tenth(foot - side), width: tenth(side), height: tenth(side) });
      set(parts[name + "N"], { x: tenth(left + side + 6) });
      parts[name + "N"].textContent = String(counts[name]);
    }
  }

  /** Recall and precision as text. @param {Counts} counts */
  shares({ tp, fp, fn }) {
    const { words } = this.data;
    /** @param {number} all */
    const share = all => (all ? `${tp}/${all} = ${fixed(tp / all, 3)}` : words.undefined);
    return {
      recall: fill(words.recallShare, { share: share(tp + fn) }),
      precision: fill(words.precisionShare, { share: share(tp + fp) }),
    };
  }

  /** Recall, precision and the places on their curves. @param {Counts} counts */
  drawRates(counts) {
    const { data, model, parts } = this;
    const { axes } = data;
    const { tp, fp } = counts;
    const called = tp + fp;
    const recall = tp / model.ones.length;
    const shares = this.shares(counts);
    parts.recallShare.textContent = shares.recall;
    parts.precisionShare.textContent = shares.precision;
    moveDot(parts.roc, scale(axes.unit, fp / model.zeros.length), scale(axes.up, recall));
    parts.pr.toggleAttribute("hidden", !called);
    if (called) moveDot(parts.pr, scale(axes.unit, recall), scale(axes.up, tp / called));
  }

  /** @param {Counts} counts @param {number[]} bills @param {number} place @param {string} price in words */
  caption(counts, bills, place, price) {
    const [alarm, miss] = this.price;
    return fill(this.data.words.caption, {
      ...this.texts(place),
      ...this.shares(counts),
      price,
      cost: bills[place],
      rule: this.chance(rule(this.price)),
      ruleCost: bill(this.countAt(Math.log(alarm / miss) * 100), this.price),
      least: Math.min(...bills),
    });
  }

  snapshot() {
    const { model, parts, price } = this;
    const place = parts.tau.valueAsNumber;
    const counts = this.countAt(this.cut(place));
    return { model: model.key, place, price, counts, bills: this.bills(), caption: parts.caption.textContent };
  }
}

define("threshold", Threshold);
