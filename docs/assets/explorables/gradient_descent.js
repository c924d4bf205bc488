// @ts-check
import { descend, sigmoid } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, grid, moveDot, moveNode, plot, points, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {"straight" | "slow" | "zigzag" | "passing" | "wander" | "far" | "bounce"} Kind */
/**
 * The students in one unit of hours.
 * @typedef {object} World
 * @property {string} key
 * @property {number} mean hours that become 0
 * @property {number} scale hours that become 1
 * @property {number[]} best weight, intercept and log loss of the lowest point
 * @property {number} limit largest learning rate that stays near the lowest point
 * @property {number} mark where on the slider the limit lies, from 0 to 1
 * @property {[number, number]} start weight and intercept at which a walk starts unless it is dragged
 * @property {Scale} w across the map
 * @property {Scale} b up the map
 */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {number} steps of every walk
 * @property {number[]} rates learning rates of the slider
 * @property {number} settled nats above the lowest log loss within which a walk has settled
 * @property {number} rounding smaller rises of the log loss are none
 * @property {number} many a walk that rises at more than one step in so many does not come down
 * @property {number} far a coordinate outside every clip path
 * @property {number} pieces of the curve
 * @property {number[]} hours of each student
 * @property {number[]} y label of each student
 * @property {Record<"hours" | "pass" | "step" | "loss", Scale>} axes
 * @property {World[]} worlds
 * @property {Record<Kind | "caption" | "off" | "limit" | "rate" | "one" | "again" | "start" | "at", string>} words
 */
/** @typedef {Record<"eta" | "step", HTMLInputElement> & Record<"start", SVGElement> & {limit: HTMLElement}} Parts */

const PACE = 80; // milliseconds a step

/**
 * @param {object} walk
 * @param {number} walk.steps
 * @param {number} walk.settledFrom the first step from which it has settled, beyond the last where it has not
 * @param {number} walk.turns
 * @param {boolean} walk.risesOften
 * @param {boolean} walk.below whether the learning rate is below the limit
 * @returns {Kind}
 */
function kindOf({ steps, settledFrom, turns, risesOften, below }) {
  if (settledFrom <= steps) {
    if (!turns) return "straight";
    return below ? "zigzag" : "passing";
  }
  if (risesOften) return below ? "far" : "bounce";
  return turns ? "wander" : "slow";
}

/**
 * How a walk went: the twin of `describe_walk`.
 * @param {{w: number[], b: number[], loss: number[]}} walk
 * @param {number} lowest lowest log loss there is
 * @param {Data} data
 * @param {boolean} below whether the learning rate is below the limit
 */
export function describe({ w, b, loss }, lowest, data, below) {
  const n = loss.length - 1;
  let turns = 0;
  let rises = 0;
  let settledFrom = 0;
  loss.forEach((height, k) => {
    if (k > 1 && (w[k] - w[k - 1]) * (w[k - 1] - w[k - 2]) + (b[k] - b[k - 1]) * (b[k - 1] - b[k - 2]) < 0) turns++;
    if (k && height - loss[k - 1] > data.rounding) rises++;
    if (height - lowest > data.settled) settledFrom = k + 1;
  });
  const kind = kindOf({ steps: n, settledFrom, turns, risesOften: rises > n / data.many, below });
  const gap = fixed(loss[n] - lowest, 4);
  return fill(data.words[kind], { from: settledFrom, n, turns, rises, gap, top: fixed(Math.max(...loss), 2) });
}

/** @extends {Explorable<Data, Parts>} */
class GradientDescent extends Explorable {
  #world = 0;
  /** @type {[number, number]} */
  start = [0, 0];
  walk = { w: [0], b: [0], loss: [0] };
  eta = 0;
  verdict = "";

  get world() {
    return this.data.worlds[this.#world];
  }

  setup() {
    const { data, parts } = this;
    this.#world = 0;
    this.start = this.world.start;
    this.on(parts.eta, "input", () => this.walkAnew());
    this.on(parts.step, "input", () => this.rest());
    this.on(parts.play, "click", () => (this.playing ? this.stop() : this.playOn()));
    this.on(parts.one, "click", () => {
      parts.step.valueAsNumber = (parts.step.valueAsNumber + 1) % (data.steps + 1);
      this.rest();
    });
    const chooseFirst = this.onChoice("world", key => {
      this.#world = data.worlds.findIndex(world => world.key === key);
      parts.step.valueAsNumber = data.steps;
      this.moveTo(...this.world.start);
    });
    this.on(parts.reset, "click", () => {
      this.resetSliders();
      chooseFirst();
    });
    /** @param {number} x @param {number} y */
    const place = (x, y) => this.moveTo(unscale(this.world.w, x), unscale(this.world.b, y));
    const small = () => [this.world.w, this.world.b].map(([low, high]) => (high - low) / 100);
    this.handle(
      parts.start,
      data.words.start,
      place,
      (dx, dy) => this.moveTo(this.start[0] + dx * small()[0], this.start[1] + dy * small()[1]),
      () => this.moveTo(...this.world.start),
    );
    this.onPanel(parts.start, place, this.world.w, this.world.b);
    this.compute();
  }

  /** Put the start elsewhere, to a hundredth, and walk. @param {number} w @param {number} b */
  moveTo(w, b) {
    /** @param {number} value @param {Scale} axis */
    const inside = (value, [low, high]) => Math.round(clamp(value, low, high) * 100) / 100;
    this.start = [inside(w, this.world.w), inside(b, this.world.b)];
    this.walkAnew();
  }

  walkAnew() {
    this.compute();
    this.rest();
  }

  compute() {
    const { data, world, start } = this;
    const x = data.hours.map(hours => (hours - world.mean) / world.scale);
    this.eta = data.rates[this.parts.eta.valueAsNumber];
    this.walk = descend(x, data.y, start[0], start[1], this.eta, data.steps);
    this.verdict = describe(this.walk, world.best[2], data, this.eta < world.limit);
  }

  /** Stop playing and show the state. */
  rest() {
    if (this.playing) this.stop();
    else this.draw();
  }

  playOn() {
    const { step } = this.parts;
    const { steps } = this.data;
    const first = step.valueAsNumber % steps;
    this.play(time => {
      const now = Math.min(steps, first + Math.floor(time / PACE));
      if (now !== step.valueAsNumber || !time) {
        step.valueAsNumber = now;
        this.draw();
      }
      return now < steps;
    });
  }

  draw() {
    const { data, parts, world, start, walk, eta } = this;
    const { words } = data;
    const step = parts.step.valueAsNumber;
    const off = this.drawMap(step);
    this.drawModel(walk.w[step], walk.b[step]);
    this.drawLoss(step);
    const limit = fixed(world.limit, 2);
    parts.limit.style.setProperty("--at", String(world.mark));
    parts.limit.textContent = fill(words.limit, { limit });
    this.setOutput("eta", String(eta), fill(words.rate, { eta, share: fixed(eta / world.limit, 2), limit }));
    this.setOutput("step", String(step));
    parts.one.textContent = step < data.steps ? words.one : words.again;
    setAria(parts.start, start[0], world.w, fill(words.at, { w: fixed(start[0], 2), b: fixed(start[1], 2) }));
    this.setCaption(
      fill(words.caption, {
        eta,
        step,
        verdict: this.verdict,
        loss: fixed(walk.loss[step], 4),
        best: fixed(world.best[2], 4),
        off: off ? words.off : "",
      }),
    );
  }

  /** The walk on the map. @param {number} step @returns {boolean} whether it is off the map */
  drawMap(step) {
    const { data, parts, start, walk, world } = this;
    for (const other of data.worlds) parts[other.key].toggleAttribute("hidden", other !== world);
    /** @param {number[]} values @param {Scale} axis */
    const bounded = (values, axis) =>
      values.slice(0, step + 1).map(value => clamp(scale(axis, value), -data.far, data.far));
    set(parts.path, { points: points(bounded(walk.w, world.w), bounded(walk.b, world.b)) });
    const w = clamp(walk.w[step], world.w[0], world.w[1]);
    const b = clamp(walk.b[step], world.b[0], world.b[1]);
    const off = w !== walk.w[step] || b !== walk.b[step];
    moveDot(parts.now, scale(world.w, w), scale(world.b, b));
    set(parts.now, { class: off ? "x-off" : "x-now" });
    moveNode(parts.start, scale(world.w, start[0]), scale(world.b, start[1]));
    return off;
  }

  /** The model after the step. @param {number} w @param {number} b */
  drawModel(w, b) {
    const { data, parts, world } = this;
    const { hours, pass } = data.axes;
    /** @param {number} h */
    const chance = h => sigmoid(((h - world.mean) / world.scale) * w + b);
    set(parts.curve, { points: plot(hours, pass, grid(hours, data.pieces), chance) });
    /** @param {number} h @param {number} from @param {number} to */
    const upright = (h, from, to) => `M${tenth(scale(hours, h))},${tenth(from)}V${tenth(to)}`;
    const errors = data.hours.map((h, i) => upright(h, scale(pass, data.y[i]), scale(pass, chance(h))));
    set(parts.errors, { d: errors.join("") });
    const cut = w ? world.mean - (b / w) * world.scale : NaN;
    const inside = cut >= hours[0] && cut <= hours[1];
    set(parts.cut, { d: inside ? upright(cut, pass[2], pass[3]) : "" });
  }

  /** The log loss after every step. @param {number} step */
  drawLoss(step) {
    const { parts, walk } = this;
    const { loss, step: across } = this.data.axes;
    const ys = walk.loss.map(value => scale(loss, Math.min(Math.log10(value), 4)));
    const xs = ys.map((_, k) => scale(across, k));
    set(parts.loss, { points: points(xs, ys) });
    moveDot(parts.lossNow, xs[step], Math.max(ys[step], loss[3]));
  }

  snapshot() {
    const { start, eta, walk, parts } = this;
    const step = parts.step.valueAsNumber;
    return { world: this.world.key, start, eta, step, walk, caption: parts.caption.textContent };
  }
}

define("gradient-descent", GradientDescent);
