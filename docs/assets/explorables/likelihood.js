// @ts-check
import { binomial, logLikelihood } from "./core.js";
import { Explorable, clamp, define, fill, fixed, points, scale, set, tell, tenth, unscale } from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */

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

class Likelihood extends Explorable {
  hold = "coin";
  n = 0;
  share = 0;
  theta = 0;

  setup() {
    const { data, parts } = this;
    const { coin } = data.axes;
    const home = () => {
      ({ n: this.n, share: this.share, theta: this.theta } = data);
      this.move("coin");
    };
    ({ n: this.n, share: this.share, theta: this.theta } = data);
    this.onChoice("hold", hold => this.move(hold));
    /** @param {number} k */
    const toHeads = k => {
      this.share = clamp(Math.round(k), 0, this.n) / this.n;
      this.move("coin");
    };
    /** @param {number} place */
    const toCoin = place => {
      this.theta = data.thetas[clamp(Math.round(place), 0, data.thetas.length - 1)];
      this.move("data");
    };
    const last = data.thetas.length - 1;
    this.on(parts.k, "input", () => toHeads(+parts.k.value));
    this.on(parts.theta, "input", () => toCoin(+parts.theta.value));
    this.on(parts.n, "input", () => {
      this.n = data.tosses[+parts.n.value];
      this.draw();
    });
    this.on(parts.peak, "click", () => {
      this.theta = this.k / this.n;
      this.move("data");
    });
    this.on(parts.reset, "click", home);
    this.handle(parts.kHandle, data.words.kHandle, x => toHeads(unscale(this.across, x)), (dx, dy) => toHeads(this.k + dx + dy), home);
    this.handle(parts.tHandle, data.words.tHandle, x => toCoin(last * unscale(coin, x)), (dx, dy) => toCoin(last * this.theta + dx + dy), home);
    for (const [node, go] of /** @type {[SVGGElement, (x: number) => void][]} */ ([
      [parts.kHandle, x => toHeads(unscale(this.across, x))],
      [parts.tHandle, x => toCoin(last * unscale(coin, x))],
    ])) {
      const svg = /** @type {SVGSVGElement} */ (node.ownerSVGElement);
      this.on(svg, "click", event => {
        const [x, y] = this.at(svg, event.clientX, event.clientY);
        if (x >= coin[2] && x <= coin[3] && y <= data.axes.up[0] && y >= data.axes.up[1] && !node.contains(event.target)) go(x);
      });
    }
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

  /** Show a state in which something is held. @param {string} hold */
  move(hold) {
    this.hold = hold;
    /** @type {HTMLInputElement} */ (this.querySelector(`[name$="-hold"][value=${hold}]`)).checked = true;
    this.draw();
  }

  /** A number from 0 to 1 as text: the twin of Python's. @param {number} value */
  number(value) {
    return value === 0 ? "0" : value >= this.data.plain ? fixed(value, 4) : value.toExponential(2).replace("-", "−");
  }

  compute() {
    const { n, k, theta } = this;
    const likelihood = likelihoods(k, n);
    const bars = binomial(n, theta);
    return { bars, likelihood, value: bars[k], product: multiply(k, n, theta), log: logLikelihood(k, n, theta), peak: likelihood(k / n) };
  }

  draw() {
    const { data, parts, n, k, theta, across, hold } = this;
    const { axes, words } = data;
    const { bars, likelihood, value, product, log, peak } = this.compute();
    const [low, high] = axes.up;
    const highest = Math.min(1, Math.max(peak, ...bars));
    const top = data.tops.find((/** @type {number} */ end) => end >= highest);
    /** @type {Scale} */
    const up = [0, top, low, high];
    const best = k / n;
    const many = orders(n, k);
    /** A number that may be too small for a float64 although it is not 0. @param {number} small */
    const written = small => (small || log === -Infinity ? this.number(small) : words.tiny);
    const text = {
      n, k, tails: n - k,
      theta: fixed(theta, 3), rest: fixed(1 - theta, 3), best: fixed(best, 3),
      sum: fixed(bars.reduce((total, bar) => total + bar), 3),
      area: this.number(1 / (n + 1)), value: written(value), product: this.number(product), note: product || log === -Infinity ? "" : words.note,
      ratio: written(Math.exp(log - logLikelihood(k, n, best))),
      log: log === -Infinity ? "−∞" : fixed(log, 2),
      orders: many.length <= data.exact ? many : about(many),
    };

    const apart = n <= data.gaps;
    const half = apart ? 0.4 : 0.5;
    let drawn = "";
    bars.forEach((bar, i) => {
      const y = scale(up, bar);
      if (low - y < data.seen) return;
      if (apart || !drawn) drawn += `M${tenth(scale(across, i - half))},${low}`;
      drawn += `V${tenth(y)}H${tenth(scale(across, i + half))}` + (apart ? `V${low}` : "");
    });
    set(parts.bars, { d: drawn + (apart ? "" : `V${low}`), class: hold === "coin" ? "x-bars" : "x-bars x-quiet" });
    const grid = Array.from({ length: data.pieces + 1 }, (_, i) => i / data.pieces);
    const curve = points(grid.map(t => scale(axes.coin, t)), grid.map(t => scale(up, likelihood(t))));
    set(parts.curve, { points: curve });
    set(parts.fill, { points: `${axes.coin[2]},${low} ${curve} ${axes.coin[3]},${low}`, class: hold === "data" ? "x-bars" : "x-bars x-quiet" });
    set(parts.best, { cx: tenth(scale(axes.coin, best)), cy: tenth(scale(up, peak)) });
    const leftwards = best > data.flip;
    const beside = +tenth(scale(axes.coin, best)) + (leftwards ? -16 : 16);
    set(parts.bestLabel, { x: tenth(beside), y: tenth(+tenth(scale(up, peak)) + 4), class: leftwards ? "x-halo x-end" : "x-halo" });

    const y = scale(up, value);
    const places = { k: scale(across, k), t: scale(axes.coin, theta) };
    for (const [name, x] of Object.entries(places)) {
      set(parts[name + "Handle"], { transform: `translate(${tenth(x)},${tenth(y)})` });
      set(parts[name + "Label"], { x: tenth(clamp(x, axes.coin[2] + 20, axes.coin[3] - 22)), y: tenth(y - 13) });
      parts[name + "Label"].textContent = text.value;
    }
    set(parts.kCut, { d: `M${tenth(places.k)},${tenth(y)}H${axes.coin[3]}` });
    set(parts.tCut, { d: `M${axes.coin[2]},${tenth(y)}H${tenth(places.t)}` });
    for (const name of ["data", "coin"]) {
      parts[name + "Top"].textContent = top;
      parts[name + "Half"].textContent = top / 2;
    }
    parts.last.textContent = n;
    parts.dataTitle.textContent = fill(words.sum, text);
    parts.coinTitle.textContent = fill(words.area, text);
    parts.product.textContent = fill(words.product, { ...text, k: raise(String(k)), tails: raise(String(n - k)) });
    parts.logs.textContent = fill(words.logs, text);
    parts.orders.textContent = fill(words.orders, text);

    const x = tenth(scale(axes.n, n));
    const depth = clamp(scale(axes.log, log), 0, data.far);
    const end = clamp(scale(axes.log, (log / n) * axes.n[1]), 0, data.far);
    set(parts.sum, { d: `M${axes.n[2]},${axes.log[3]}L${x},${tenth(depth)}` });
    set(parts.more, { d: `M${axes.n[2]},${axes.log[3]}L${axes.n[3]},${tenth(end)}` });
    set(parts.logNow, { cx: x, cy: tenth(Math.min(depth, axes.log[2])), class: log < axes.log[0] ? "x-off" : "x-now" });

    parts.k.max = n;
    parts.k.value = k;
    parts.theta.value = Math.round(theta * (data.thetas.length - 1));
    parts.n.value = data.tosses.indexOf(n);
    const heads = fill(words.heads, text);
    const at = fill(words.at, text);
    this.show("k", String(k), heads);
    this.show("theta", fixed(theta, 2), at);
    this.show("n", String(n));
    tell(parts.kHandle, k, [0, n], heads);
    tell(parts.tHandle, theta, axes.coin, at);
    const first = hold === "data" && theta === best ? "peak" : hold;
    this.say(fill(words[first] + words[product ? "fine" : log > -Infinity ? "under" : "never"], text));
  }

  snapshot() {
    const { hold, n, k, theta } = this;
    const { bars, value, product, peak } = this.compute();
    return { hold, n, k, theta, sum: bars.reduce((total, bar) => total + bar), value, product, peak, caption: this.parts.caption.textContent };
  }
}

define("likelihood", Likelihood);
