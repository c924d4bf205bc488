// @ts-check
import { descend, sigmoid } from "./core.js";
import { Explorable, clamp, define, fill, fixed, points, scale, set, tell, tenth, unscale } from "./explorable.js";

const PACE = 80; // milliseconds a step

/**
 * How a walk went: the twin of `describe_walk`.
 * @param {{w: number[], b: number[], loss: number[]}} walk
 * @param {number} lowest lowest log loss there is
 * @param {any} data what Python handed over
 * @param {boolean} below whether the learning rate is below the limit
 */
export function describe({ w, b, loss }, lowest, data, below) {
  const n = loss.length - 1;
  let turns = 0;
  let rises = 0;
  let from = 0;
  loss.forEach((height, k) => {
    if (k > 1 && (w[k] - w[k - 1]) * (w[k - 1] - w[k - 2]) + (b[k] - b[k - 1]) * (b[k - 1] - b[k - 2]) < 0) turns++;
    if (k && height - loss[k - 1] > data.rounding) rises++;
    if (height - lowest > data.settled) from = k + 1;
  });
  const kind = from <= n ? (!turns ? "straight" : below ? "zigzag" : "passing") : rises > n / data.many ? (below ? "far" : "bounce") : turns ? "wander" : "slow";
  return fill(data.words[kind], { from, n, turns, rises, gap: fixed(loss[n] - lowest, 4), top: fixed(Math.max(...loss), 2) });
}

/** @typedef {{key: string, unit: string, mean: number, scale: number, best: number[], limit: number, mark: string, start: [number, number], w: Scale, b: Scale}} World */
/** @typedef {import("./explorable.js").Scale} Scale */

class GradientDescent extends Explorable {
  /** @type {World} */
  world = /** @type {any} */ (null);
  /** @type {[number, number]} */
  start = [0, 0];
  walk = { w: [0], b: [0], loss: [0] };
  eta = 0;
  verdict = "";

  setup() {
    const { data, parts } = this;
    this.world = data.worlds[0];
    this.start = this.world.start;
    this.on(parts.eta, "input", () => this.walkAnew());
    this.on(parts.step, "input", () => this.rest());
    this.on(parts.play, "click", () => (this.playing ? this.stop() : this.playOn()));
    this.on(parts.one, "click", () => {
      parts.step.value = (+parts.step.value + 1) % (data.steps + 1);
      this.rest();
    });
    const chooseFirst = this.onChoice("world", key => {
      this.world = data.worlds.find((/** @type {World} */ world) => world.key === key);
      parts.step.value = data.steps;
      this.moveTo(...this.world.start);
    });
    this.on(parts.reset, "click", () => {
      parts.eta.value = parts.eta.defaultValue;
      chooseFirst();
    });
    const { w, b } = this.world;
    const small = () => [this.world.w, this.world.b].map(([low, high]) => (high - low) / 100);
    this.handle(
      parts.start,
      data.words.start,
      (x, y) => this.moveTo(unscale(this.world.w, x), unscale(this.world.b, y)),
      (dx, dy) => this.moveTo(this.start[0] + dx * small()[0], this.start[1] + dy * small()[1]),
      () => this.moveTo(...this.world.start),
    );
    const map = parts.start.ownerSVGElement;
    this.on(map, "click", event => {
      const [x, y] = this.at(map, event.clientX, event.clientY);
      const inside = x >= w[2] && x <= w[3] && y <= b[2] && y >= b[3];
      if (inside && !parts.start.contains(event.target)) this.moveTo(unscale(this.world.w, x), unscale(this.world.b, y));
    });
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
    const x = data.hours.map((/** @type {number} */ hours) => (hours - world.mean) / world.scale);
    this.eta = data.rates[+this.parts.eta.value];
    this.walk = descend(x, data.y, start[0], start[1], this.eta, data.steps);
    this.verdict = describe(this.walk, world.best[2], data, this.eta < world.limit);
  }

  /** Stop playing and show the state. */
  rest() {
    this.playing ? this.stop() : this.draw();
  }

  playOn() {
    const { step } = this.parts;
    const first = +step.value % this.data.steps;
    this.play(time => {
      const now = Math.min(this.data.steps, first + Math.floor(time / PACE));
      if (now !== +step.value || !time) {
        step.value = now;
        this.draw();
      }
      return now < this.data.steps;
    });
  }

  draw() {
    const { data, parts, world, start, walk, eta } = this;
    const { axes, words } = data;
    const n = +parts.step.value;
    /** @param {number} value @param {Scale} axis */
    const bound = (value, axis) => clamp(scale(axis, value), -data.far, data.far);
    const w = walk.w[n];
    const b = walk.b[n];
    const place = [clamp(w, world.w[0], world.w[1]), clamp(b, world.b[0], world.b[1])];
    const off = place[0] !== w || place[1] !== b;
    for (const other of data.worlds) parts[other.key].toggleAttribute("hidden", other !== world);
    set(parts.path, { points: points(walk.w.slice(0, n + 1).map(v => bound(v, world.w)), walk.b.slice(0, n + 1).map(v => bound(v, world.b))) });
    set(parts.now, { cx: tenth(scale(world.w, place[0])), cy: tenth(scale(world.b, place[1])), class: off ? "x-off" : "x-now" });
    set(parts.start, { transform: `translate(${tenth(scale(world.w, start[0]))},${tenth(scale(world.b, start[1]))})` });

    /** @param {number} hours */
    const chance = hours => sigmoid(((hours - world.mean) / world.scale) * w + b);
    const grid = Array.from({ length: data.pieces + 1 }, (_, i) => axes.hours[0] + (i / data.pieces) * (axes.hours[1] - axes.hours[0]));
    set(parts.curve, { points: points(grid.map(h => scale(axes.hours, h)), grid.map(h => scale(axes.pass, chance(h)))) });
    /** @param {number} h @param {number} from @param {number} to */
    const upTo = (h, from, to) => `M${tenth(scale(axes.hours, h))},${tenth(from)}V${tenth(to)}`;
    set(parts.errors, { d: data.hours.map((/** @type {number} */ h, /** @type {number} */ i) => upTo(h, scale(axes.pass, data.y[i]), scale(axes.pass, chance(h)))).join("") });
    const hours = w ? world.mean - (b / w) * world.scale : NaN;
    const cuts = hours >= axes.hours[0] && hours <= axes.hours[1];
    set(parts.cut, { d: cuts ? upTo(hours, axes.pass[2], axes.pass[3]) : "" });

    const heights = walk.loss.map(v => scale(axes.loss, Math.min(Math.log10(v), 4)));
    const sides = heights.map((_, k) => scale(axes.step, k));
    set(parts.loss, { points: points(sides, heights) });
    set(parts.lossNow, { cx: tenth(sides[n]), cy: tenth(Math.max(heights[n], axes.loss[3])) });

    const limit = fixed(world.limit, 2);
    parts.limit.style.setProperty("--at", world.mark);
    parts.limit.textContent = fill(words.limit, { limit });
    this.show("eta", String(eta), fill(words.rate, { eta, share: fixed(eta / world.limit, 2), limit }));
    this.show("step", String(n));
    parts.one.textContent = n < data.steps ? words.one : words.again;
    tell(parts.start, start[0], world.w, fill(words.at, { w: fixed(start[0], 2), b: fixed(start[1], 2) }));
    const where = off ? words.off : !cuts ? words.noCut : fill(w > 0 ? words.cut : words.cutDown, { hours: fixed(hours, 2) });
    this.say(
      fill(words.caption, { eta, unit: world.unit, verdict: this.verdict, step: n, loss: fixed(walk.loss[n], 4), best: fixed(world.best[2], 4), w: fixed(w, 2), b: fixed(b, 2), where }),
    );
  }

  snapshot() {
    return { world: this.world.key, start: this.start, eta: this.eta, step: +this.parts.step.value, walk: this.walk, caption: this.parts.caption.textContent };
  }
}

define("gradient-descent", GradientDescent);
