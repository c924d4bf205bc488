// @ts-check
import { sigmoid } from "./core.js";
import { Explorable, clamp, define, fill, fixed, points, scale, set, tell, tenth, unscale } from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {{key: string, ones: number[], zeros: number[], step: number, z: Scale}} Model */
/** @typedef {{tp: number, fp: number, fn: number, tn: number}} Counts */

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

class Threshold extends Explorable {
  /** @type {Model[]} */
  models = [];
  /** @type {Model} */
  model = /** @type {any} */ (null);

  setup() {
    const { data, parts } = this;
    this.models = data.models.map((/** @type {Model} */ model) => ({ ...model, ones: sums(model.ones), zeros: sums(model.zeros) }));
    this.model = this.models[0];
    this.on(parts.tau, "input", () => this.draw());
    this.on(parts.price, "input", () => this.draw());
    this.on(parts.toRule, "click", () => this.moveTo(Math.log(this.price[0] / this.price[1])));
    this.on(parts.toLeast, "click", () => {
      const [first, last] = cheapest(this.bills(), data.rounding);
      this.put((first + last) / 2);
    });
    const chooseFirst = this.onChoice("model", key => {
      this.model = this.models.find(model => model.key === key) ?? this.models[0];
      this.put(data.half);
    });
    this.on(parts.reset, "click", () => {
      parts.price.value = parts.price.defaultValue;
      chooseFirst();
    });
    this.handle(
      parts.cut,
      data.words.cut,
      x => this.moveTo(unscale(this.model.z, x)),
      (dx, dy) => this.put(+parts.tau.value + dx + dy),
      () => this.put(data.half),
    );
    const strip = parts.cut.ownerSVGElement;
    this.on(strip, "click", event => {
      const [x, y] = this.at(strip, event.clientX, event.clientY);
      const inside = x >= this.model.z[2] && x <= this.model.z[3] && y >= data.axes.strip[3] && y <= data.axes.cost[2];
      if (inside && !parts.cut.contains(event.target)) this.moveTo(unscale(this.model.z, x));
    });
  }

  /** Cost of a false alarm and of a miss. @returns {number[]} */
  get price() {
    return this.data.prices[+this.parts.price.value];
  }

  /** The threshold in hundredths of a logit. @param {number} place */
  cut(place) {
    return (place - this.data.half) * this.model.step;
  }

  /** Put the threshold at the place next to a logit. @param {number} z */
  moveTo(z) {
    this.put((z * 100) / this.model.step + this.data.half);
  }

  /** @param {number} place */
  put(place) {
    this.parts.tau.value = clamp(Math.round(place), 0, 2 * this.data.half);
    this.draw();
  }

  /** What the errors cost at every place. */
  bills() {
    const { ones, zeros } = this.model;
    return Array.from({ length: 2 * this.data.half + 1 }, (_, place) => bill(count(ones, zeros, this.cut(place)), this.price));
  }

  draw() {
    const { data, parts, model, price } = this;
    const { axes, words } = data;
    const { ones, zeros } = model;
    const place = +parts.tau.value;
    const counts = count(ones, zeros, this.cut(place));
    const { tp, fp, fn } = counts;
    const called = tp + fp;
    const recall = tp / ones.length;
    const fpr = fp / zeros.length;
    /** @param {number} p */
    const chance = p => fixed(p, p >= data.near && p <= 1 - data.near ? 3 : 4);
    /** @param {number} at */
    const chanceAt = at => chance(sigmoid(this.cut(at) / 100));
    const p = chanceAt(place);
    const z = fixed(this.cut(place) / 100, 2);

    for (const other of data.models) for (const part of ["", "Roc", "Pr"]) parts[other.key + part].toggleAttribute("hidden", other.key !== model.key);
    /** Marks stand in the order in which they turn into errors. @param {string} name @param {number} number */
    const marks = (name, number) => parts[model.key + name].getAttribute("d").split("m").slice(0, number).join("m");
    set(parts[model.key + "Wrong"], { d: marks("Ones", fn) + marks("Zeros", fp) });

    const bills = this.bills();
    const alike = Math.min(price[0] * zeros.length, price[1] * ones.length);
    const ys = bills.map(cost => scale(axes.cost, Math.min(cost / alike, 2)));
    const xs = bills.map((_, at) => scale(model.z, this.cut(at) / 100));
    const [first, last] = cheapest(bills, data.rounding);
    const ruleZ = Math.log(price[0] / price[1]);
    const ruleX = scale(model.z, ruleZ);
    const middle = (model.z[2] + model.z[3]) / 2;
    set(parts.cut, { transform: `translate(${tenth(xs[place])},${tenth(axes.strip[3])})` });
    tell(parts.cut, this.cut(place) / 100, model.z, fill(words.spoken, { p, z }));
    parts.flag.textContent = fill(words.flag, { p, z });
    set(parts.flag, xs[place] < middle ? { x: 13, class: "x-halo" } : { x: -13, class: "x-halo x-end" });
    set(parts.line, { d: `M${tenth(xs[place])},${axes.strip[3]}V${axes.cost[2]}` });
    set(parts.rule, { d: [axes.strip, axes.cost].map(axis => `M${tenth(ruleX)},${axis[2]}V${axis[3]}`).join("") });
    set(parts.cost, { points: points(xs, ys) });
    set(parts.costNow, { cx: tenth(xs[place]), cy: tenth(Math.max(ys[place], axes.cost[3])), class: ys[place] < axes.cost[3] ? "x-off" : "x-now" });
    set(parts.least, { d: `M${tenth(xs[first])},${tenth(ys[first])}H${tenth(xs[last])}` });
    set(parts.leastName, { x: tenth((xs[first] + xs[last]) / 2), y: tenth(ys[first] + 16) });
    parts.ruleName.textContent = fill(words.rule, { rule: chance(rule(price)) });
    set(parts.ruleName, ruleX > middle ? { x: tenth(ruleX - 5), class: "x-halo x-end" } : { x: tenth(ruleX + 5), class: "x-halo" });

    for (const name of /** @type {(keyof Counts)[]} */ (["tp", "fn", "fp", "tn"])) {
      const square = parts[name];
      const side = data.side * Math.sqrt(counts[name]);
      const foot = data.cells[name][1];
      set(square, { y: tenth(foot - side), width: tenth(side), height: tenth(side) });
      set(parts[name + "N"], { x: tenth(data.cells[name][0] + side + 6) });
      parts[name + "N"].textContent = counts[name];
    }
    parts.recallShare.textContent = fill(words.recallShare, { share: `${tp}/${ones.length} = ${fixed(recall, 3)}` });
    parts.precisionShare.textContent = fill(words.precisionShare, { share: called ? `${tp}/${called} = ${fixed(tp / called, 3)}` : words.undefined });

    set(parts.roc, { cx: tenth(scale(axes.unit, fpr)), cy: tenth(scale(axes.up, recall)) });
    parts.pr.toggleAttribute("hidden", !called);
    if (called) set(parts.pr, { cx: tenth(scale(axes.unit, recall)), cy: tenth(scale(axes.up, tp / called)) });

    const [alarm, miss] = price;
    const sentence = fill(alarm === miss ? words.even : miss > alarm ? words.miss : words.alarm, { n: Math.max(alarm, miss) });
    this.show("tau", p, fill(words.spoken, { p, z }));
    this.show("price", fill(words.ratio, { miss, alarm }), sentence);
    const precision = called ? fill(words.precision, { tp, called, value: fixed(tp / called, 3) }) : words.noPrecision;
    const numbers = { p, z, called, m: ones.length + zeros.length, tp, ones: ones.length, recall: fixed(recall, 3), precision, fp, zeros: zeros.length, fpr: fixed(fpr, 3) };
    const money = { price: sentence, alarm, fn, miss, cost: bills[place], share: fixed(bills[place] / alike, 2), rule: chance(rule(price)), ruleZ: fixed(ruleZ, 2), ruleCost: bill(count(ones, zeros, ruleZ * 100), price) };
    this.say(fill(words.caption, { ...numbers, ...money, least: bills[first], where: fill(first === last ? words.at : words.between, { from: chanceAt(first), to: chanceAt(last) }) }));
  }

  snapshot() {
    const place = +this.parts.tau.value;
    const counts = count(this.model.ones, this.model.zeros, this.cut(place));
    return { model: this.model.key, place, price: this.price, counts, bills: this.bills(), caption: this.parts.caption.textContent };
  }
}

define("threshold", Threshold);
