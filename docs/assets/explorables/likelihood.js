// @ts-check
import { binomial, logLikelihood } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, grid, moveDot, moveNode, plot, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {"coin" | "data"} Held what does not move */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {number[]} tosses numbers of tosses of the slider
 * @property {number[]} thetas coins of the slider
 * @property {number} n tosses at the start
 * @property {number} share of heads at the start
 * @property {number} theta the coin at the start
 * @property {number[]} tops upper ends of the vertical axis, rising
 * @property {number} pieces of the curve
 * @property {number} gaps up to so many tosses the bars stand apart
 * @property {number} seen lower bars are not drawn
 * @property {number} plain smaller numbers are written with an exponent
 * @property {number} exact numbers of orders with more digits are written as a power of ten
 * @property {number} flip right of it the name of the peak stands on its left
 * @property {number} far a coordinate outside every clip path
 * @property {Record<"coin" | "n" | "log", Scale> & {up: [low: number, high: number]}} axes
 * @property {Record<Held | "sum" | "area" | "product" | "logs" | "orders" | "note" | "peak" | "caption" | "heads"
 *   | "tiny" | "at" | "kHandle" | "tHandle", string>} words
 */
/** @typedef {Record<"k" | "theta" | "n", HTMLInputElement> & Record<"kHandle" | "tHandle", SVGElement>} Parts */

/** @param {string} digits */
const raise = digits => digits.replace(/\d/g, digit => "⁰¹²³⁴⁵⁶⁷⁸⁹"[+digit]);

/** A large whole number as a digit times a power of ten. @param {string} digits */
function about(digits) {
  const first = Math.floor((+digits.slice(0, 2) + 5) / 10);
  const [lead, power] = first === 10 ? [1, digits.length] : [first, digits.length - 1];
  return `about ${lead}·10${raise(String(power))}`;
}

/** In how many orders so many heads may come, as digits. @param {number} n @param {number} k */
export function orders(n, k) {
  let found = 1n;
  for (let i = 1; i <= Math.min(k, n - k); i++) found = (found * BigInt(n + 1 - i)) / BigInt(i);
  return String(found);
}

/**
 * The likelihood of any coin: the height of the peak, times how far below it the coin's log-likelihood lies.
 * @param {number} k heads
 * @param {number} n tosses
 */
export function likelihoods(k, n) {
  const peak = binomial(n, k / n)[k];
  const top = logLikelihood(k, n, k / n);
  return (/** @type {number} */ theta) => peak * Math.exp(logLikelihood(k, n, theta) - top);
}

/**
 * The likelihood of one order as a product, which is 0 where a float64 ends.
 * @param {number} k heads
 * @param {number} n tosses
 * @param {number} theta probability of heads
 */
export const multiply = (k, n, theta) => theta ** k * (1 - theta) ** (n - k);

/** @extends {Explorable<Data, Parts>} */
class Likelihood extends Explorable {
  /** @type {Held} */
  held = "coin";
  n = 0;
  share = 0;
  theta = 0;

  setup() {
    const { data, parts } = this;
    const { axes, words } = data;
    const last = data.thetas.length - 1;
    const restart = () => ({ n: this.n, share: this.share, theta: this.theta } = data);
    const reset = () => {
      restart();
      this.hold("coin");
    };
    restart();
    this.onChoice("hold", held => this.hold(/** @type {Held} */ (held)));
    this.on(parts.k, "input", () => this.setHeads(parts.k.valueAsNumber));
    this.on(parts.theta, "input", () => this.setCoin(parts.theta.valueAsNumber));
    this.on(parts.n, "input", () => {
      this.n = data.tosses[parts.n.valueAsNumber];
      this.draw();
    });
    this.on(parts.peak, "click", () => {
      this.theta = this.k / this.n;
      this.hold("data");
    });
    this.on(parts.reset, "click", reset);
    /** @param {number} x */
    const headsAt = x => this.setHeads(unscale(this.across, x));
    /** @param {number} x */
    const coinAt = x => this.setCoin(last * unscale(axes.coin, x));
    this.handle(parts.kHandle, words.kHandle, headsAt, (dx, dy) => this.setHeads(this.k + dx + dy), reset);
    this.handle(parts.tHandle, words.tHandle, coinAt, (dx, dy) => this.setCoin(last * this.theta + dx + dy), reset);
    const up = [0, 0, ...axes.up];
    this.onPanel(parts.kHandle, headsAt, axes.coin, up);
    this.onPanel(parts.tHandle, coinAt, axes.coin, up);
  }

  /** Heads: the share that the reader chose, of the tosses there are. */
  get k() {
    return Math.floor(this.share * this.n + 0.5);
  }

  /** Where numbers of heads are drawn. @returns {Scale} */
  get across() {
    const { coin } = this.data.axes;
    return [-0.5, this.n + 0.5, coin[2], coin[3]];
  }

  /** @param {number} k */
  setHeads(k) {
    this.share = clamp(Math.round(k), 0, this.n) / this.n;
    this.hold("coin");
  }

  /** @param {number} place on the slider */
  setCoin(place) {
    const { thetas } = this.data;
    this.theta = thetas[clamp(Math.round(place), 0, thetas.length - 1)];
    this.hold("data");
  }

  /** Hold the coin or the data, and show it. @param {Held} held */
  hold(held) {
    this.held = held;
    /** @type {HTMLInputElement} */ (this.querySelector(`[name$="-hold"][value=${held}]`)).checked = true;
    this.draw();
  }

  /** A number from 0 to 1 as text: the twin of Python's. @param {number} value */
  number(value) {
    if (value === 0) return "0";
    return value >= this.data.plain ? fixed(value, 4) : value.toExponential(2).replace("-", "−");
  }

  compute() {
    const { data, n, k, theta } = this;
    const likelihood = likelihoods(k, n);
    const bars = binomial(n, theta);
    const peak = likelihood(k / n);
    const highest = Math.min(1, Math.max(peak, ...bars));
    const top = /** @type {number} */ (data.tops.find(end => end >= highest));
    const up = /** @type {Scale} */ ([0, top, ...data.axes.up]);
    const log = logLikelihood(k, n, theta);
    return { bars, likelihood, value: bars[k], product: multiply(k, n, theta), log, peak, up };
  }

  draw() {
    const { data, parts, n, k, theta, held } = this;
    const { axes, words } = data;
    const now = this.compute();
    const text = this.texts(now);
    this.drawBars(now);
    this.drawCurve(now);
    this.drawHandles(now, text.value);
    this.drawLogs(now.log);
    for (const name of ["data", "coin"]) {
      parts[name + "Top"].textContent = String(now.up[1]);
      parts[name + "Half"].textContent = String(now.up[1] / 2);
    }
    parts.last.textContent = String(n);
    parts.dataTitle.textContent = fill(words.sum, text);
    parts.coinTitle.textContent = fill(words.area, text);
    parts.product.textContent = fill(words.product, { ...text, k: raise(String(k)), tails: raise(String(n - k)) });
    parts.logs.textContent = fill(words.logs, text);
    parts.orders.textContent = fill(words.orders, text);

    parts.k.max = String(n);
    parts.k.valueAsNumber = k;
    parts.theta.valueAsNumber = Math.round(theta * (data.thetas.length - 1));
    parts.n.valueAsNumber = data.tosses.indexOf(n);
    const heads = fill(words.heads, text);
    const at = fill(words.at, text);
    this.setOutput("k", String(k), heads);
    this.setOutput("theta", fixed(theta, 2), at);
    this.setOutput("n", String(n));
    setAria(parts.kHandle, k, [0, n], heads);
    setAria(parts.tHandle, theta, axes.coin, at);
    const sentence = held === "data" && theta === k / n ? words.peak : words[held];
    this.setCaption(fill(words.caption, { ...text, held: fill(sentence, text) }));
  }

  /** Every number as text. @param {ReturnType<Likelihood["compute"]>} now */
  texts({ bars, value, product, log }) {
    const { data, n, k, theta } = this;
    const { words } = data;
    const best = k / n;
    const many = orders(n, k);
    const impossible = log === -Infinity;
    /** A number that may be too small for a float64 although it is not 0. @param {number} small */
    const written = small => (small || impossible ? this.number(small) : words.tiny);
    return {
      n,
      k,
      tails: n - k,
      theta: fixed(theta, 3),
      rest: fixed(1 - theta, 3),
      best: fixed(best, 3),
      sum: fixed(bars.reduce((total, bar) => total + bar), 3),
      area: this.number(1 / (n + 1)),
      value: written(value),
      product: this.number(product),
      note: product || impossible ? "" : words.note,
      ratio: written(Math.exp(log - logLikelihood(k, n, best))),
      log: impossible ? "−∞" : fixed(log, 2),
      orders: many.length <= data.exact ? many : about(many),
    };
  }

  /** The probability of each number of heads. @param {ReturnType<Likelihood["compute"]>} now */
  drawBars({ bars, up }) {
    const { data, across } = this;
    const low = up[2];
    const apart = this.n <= data.gaps;
    const half = apart ? 0.4 : 0.5;
    let drawn = "";
    bars.forEach((bar, i) => {
      const y = scale(up, bar);
      if (low - y < data.seen) return;
      if (apart || !drawn) drawn += `M${tenth(scale(across, i - half))},${low}`;
      drawn += `V${tenth(y)}H${tenth(scale(across, i + half))}` + (apart ? `V${low}` : "");
    });
    const d = drawn + (apart ? "" : `V${low}`);
    set(this.parts.bars, { d, class: this.held === "coin" ? "x-bars" : "x-bars x-quiet" });
  }

  /** The likelihood of each coin. @param {ReturnType<Likelihood["compute"]>} now */
  drawCurve({ likelihood, peak, up }) {
    const { data, parts } = this;
    const { coin } = data.axes;
    const curve = plot(coin, up, grid(coin, data.pieces), likelihood);
    const filled = `${coin[2]},${up[2]} ${curve} ${coin[3]},${up[2]}`;
    set(parts.curve, { points: curve });
    set(parts.fill, { points: filled, class: this.held === "data" ? "x-bars" : "x-bars x-quiet" });
    const best = this.k / this.n;
    moveDot(parts.best, scale(coin, best), scale(up, peak));
    const leftwards = best > data.flip;
    set(parts.bestLabel, {
      x: tenth(+tenth(scale(coin, best)) + (leftwards ? -16 : 16)),
      y: tenth(+tenth(scale(up, peak)) + 4),
      class: leftwards ? "x-halo x-end" : "x-halo",
    });
  }

  /** The same number at both handles. @param {ReturnType<Likelihood["compute"]>} now @param {string} text */
  drawHandles({ value, up }, text) {
    const { parts } = this;
    const { coin } = this.data.axes;
    const [, , left, right] = coin;
    const y = scale(up, value);
    const places = { k: scale(this.across, this.k), t: scale(coin, this.theta) };
    for (const [name, x] of Object.entries(places)) {
      moveNode(parts[name + "Handle"], x, y);
      set(parts[name + "Label"], { x: tenth(clamp(x, left + 20, right - 22)), y: tenth(y - 13) });
      parts[name + "Label"].textContent = text;
    }
    set(parts.kCut, { d: `M${tenth(places.k)},${tenth(y)}H${right}` });
    set(parts.tCut, { d: `M${left},${tenth(y)}H${tenth(places.t)}` });
  }

  /** The logarithm over the tosses. @param {number} log */
  drawLogs(log) {
    const { data, parts, n } = this;
    const { axes } = data;
    const x = scale(axes.n, n);
    const depth = clamp(scale(axes.log, log), 0, data.far);
    const end = clamp(scale(axes.log, (log / n) * axes.n[1]), 0, data.far);
    set(parts.sum, { d: `M${axes.n[2]},${axes.log[3]}L${tenth(x)},${tenth(depth)}` });
    set(parts.more, { d: `M${axes.n[2]},${axes.log[3]}L${axes.n[3]},${tenth(end)}` });
    moveDot(parts.logNow, x, Math.min(depth, axes.log[2]));
    set(parts.logNow, { class: log < axes.log[0] ? "x-off" : "x-now" });
  }

  snapshot() {
    const { held, n, k, theta } = this;
    const { bars, value, product, peak } = this.compute();
    const sum = bars.reduce((total, bar) => total + bar);
    return { hold: held, n, k, theta, sum, value, product, peak, caption: this.parts.caption.textContent };
  }
}

define("likelihood", Likelihood);
