// @ts-check
import { odds, sigmoid, sigmoidDerivative } from "./core.js";
import { Explorable, clamp, define, fill, fixed, points, scale, set, tell, tenth, unscale } from "./explorable.js";

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

/** What is rounded to 0 may have fallen. @param {string} text */
const signed = text => (parseFloat(text) > 0 ? "+" : "") + text;

class Sigmoid extends Explorable {
  /** @type {number[]} */
  weights = [];

  setup() {
    const { data, parts } = this;
    const { hours, pass } = data.axes;
    this.weights = [...data.weights.map((/** @type {number} */ w) => -w).reverse(), 0, ...data.weights];
    for (const name of ["cut", "w", "x"]) this.on(parts[name], "input", () => this.draw());
    this.on(parts.reset, "click", () => {
      for (const name of ["cut", "w", "x"]) parts[name].value = parts[name].defaultValue;
      this.draw();
    });
    /** @param {string} name @param {number} place */
    const put = (name, place) => {
      parts[name].value = Math.round(place);
      this.draw();
    };
    /** @param {string} name @param {string} node @param {(x: number, y: number) => number} place */
    const hold = (name, node, place) =>
      this.handle(parts[node], data.words[name], (x, y) => put(name, place(x, y)), (dx, dy) => put(name, +parts[name].value + dx + dy), () => put(name, parts[name].defaultValue));
    /** @param {number} x */
    const tenths = x => unscale(hours, x) * data.tenths;
    hold("cut", "atCut", tenths);
    hold("x", "atX", tenths);
    hold("w", "atW", (x, y) => {
      const { cut } = this.state();
      const side = cut > data.turn ? -1 : 1;
      const turned = Math.atan2(side * (scale(pass, 0.5) - y), Math.max(side * (x - scale(hours, cut)), 0));
      const wanted = this.weights.map(w => Math.abs(Math.atan2(...this.rise(w)) - turned));
      return wanted.indexOf(Math.min(...wanted));
    });
    const panel = parts.atX.ownerSVGElement;
    this.on(panel, "click", event => {
      const [x, y] = this.at(panel, event.clientX, event.clientY);
      if (x >= hours[2] && x <= hours[3] && y >= pass[3] && y <= pass[2] && !event.target.closest(".x-handle")) put("x", tenths(x));
    });
  }

  /** Up and along, in the panel's units, of the tangent at the boundary over one hour. @param {number} w @returns {[number, number]} */
  rise(w) {
    const { hours, pass } = this.data.axes;
    return [((scale(pass, 0) - scale(pass, 1)) * w) / 4, scale(hours, 1) - scale(hours, 0)];
  }

  state() {
    const { data, parts, weights } = this;
    const cut = +parts.cut.value / data.tenths;
    const w = weights[+parts.w.value];
    return { cut, w, b: 0 - w * cut, x: +parts.x.value / data.tenths };
  }

  draw() {
    const { data, parts } = this;
    const { axes, words, lever } = data;
    const { cut, w, b, x } = this.state();
    const now = read(w, b, x);
    const more = read(w, b, x + 1);
    const [low, high] = axes.hours;
    /** @param {number} h */
    const right = h => scale(axes.hours, h);
    /** @param {number} p */
    const up = p => scale(axes.pass, p);

    let hours = [low, high];
    if (w) {
      const inner = Array.from({ length: data.pieces + 1 }, (_, i) => clamp(cut + ((i / data.pieces) * 2 * data.reach - data.reach) / w, low, high));
      hours = w > 0 ? [low, ...inner, high] : [high, ...inner, low];
    }
    set(parts.curve, { points: points(hours.map(right), hours.map(h => up(sigmoid(w * h + b)))) });
    const [rise, run] = this.rise(w);
    const arm = lever / Math.hypot(run, rise);
    const [dx, dy] = [run * arm, -rise * arm];
    const [cx, cy] = [right(cut), up(0.5)];
    const side = cut > data.turn ? -1 : 1;
    set(parts.middle, { d: w ? `M${tenth(cx)},${tenth(up(0))}V${tenth(up(1))}` : "" });
    set(parts.lever, { points: points([cx - dx, cx + dx], [cy - dy, cy + dy]) });
    set(parts.tangent, { points: points([right(x - 1), right(x + 1)], [up(now.p - now.slope), up(now.p + now.slope)]) });
    set(parts.drop, { d: `M${tenth(right(x))},${tenth(axes.pass[2])}V${tenth(up(now.p))}` });
    set(parts.now, { cx: tenth(right(x)), cy: tenth(up(now.p)) });
    set(parts.more, { cx: tenth(right(x + 1)), cy: tenth(up(more.p)) });

    /** @param {{p: number, odds: number, z: number}} reading */
    const heights = ({ p, odds, z }) => [p, odds, z].map((value, k) => clamp(scale(axes.scales[k], value), -data.far, data.far));
    const { rulers } = data;
    const [from, to] = [heights(now), heights(more)];
    set(parts.hours, { d: Array.from({ length: high + 1 }, (_, h) => "M" + points(rulers, heights(read(w, b, h))).replaceAll(" ", "L")).join("") });
    set(parts.mine, { points: points(rulers, from) });
    set(parts.next, { points: points(rulers, to) });
    set(parts.steps, { d: from.map((y, k) => `M${rulers[k]},${tenth(y)}V${tenth(to[k])}`).join("") });

    const said = this.words(w, b, cut, x);
    const gains = [said.moreP, said.moreOdds, said.moreZ];
    data.names.forEach((/** @type {"p" | "odds" | "z"} */ name, /** @type {number} */ k) => {
      const ends = [from[k], to[k]];
      const gone = Math.max(...ends) < up(1) - data.margin ? words.above : Math.min(...ends) > up(0) + data.margin ? words.below : "";
      const [a, c] = ends.map(y => clamp(y, up(1), up(0)));
      parts[name].textContent = said[name];
      parts[name + "More"].textContent = gone || signed(gains[k]);
      set(parts[name + "More"], { y: tenth((a + c) / 2 + 4) });
    });

    const at = fill(words.at, said);
    const edge = fill(words.hours, { x: said.cut });
    /** @param {string} node @param {number} px @param {number} py @param {number} value @param {number[]} ends @param {string} text */
    const place = (node, px, py, value, ends, text) => {
      set(parts[node], { transform: `translate(${tenth(px)},${tenth(py)})` });
      tell(parts[node], value, ends, text);
    };
    place("atCut", cx, cy, cut, [0, 10], edge);
    place("atW", cx + side * dx, cy + side * dy, w, [this.weights[0], -this.weights[0]], "w " + said.w);
    place("atX", right(x), axes.pass[2], x, [0, 10], at);
    this.show("cut", edge);
    this.show("w", said.w);
    this.show("x", fill(words.hours, { x: said.x }), at);
    this.say(fill(words.caption, { ...said, curve: fill(w ? words.curve : words.flat, said) }));
  }

  /** Every number as text. @param {number} w @param {number} b @param {number} cut @param {number} x */
  words(w, b, cut, x) {
    const { words, most } = this.data;
    /** @param {"over" | "under"} way @param {string} top */
    const beyond = (way, top) => fill(words[way], { top });
    /** @param {number} p */
    const chance = p => (p < 0.0005 ? beyond("under", "0.001") : p >= 0.9995 ? beyond("over", "0.999") : fixed(p, 3));
    /** @param {number} value @param {number} [low] */
    const amount = (value, low = 0) =>
      Math.abs(value) >= most ? beyond(value > 0 ? "over" : "under", fixed(Math.sign(value) * most, 0)) : value >= 0 && value < low ? beyond("under", "0.01") : fixed(value, 2);
    const now = read(w, b, x);
    const more = read(w, b, x + 1);
    return {
      w: String(w).replace("-", "−"),
      b: fixed(b, 2),
      cut: fixed(cut, 1),
      x: fixed(x, 1),
      p: chance(now.p),
      odds: amount(now.odds, 0.005),
      z: fixed(now.z, 2),
      moreP: fixed(more.p - now.p, 3),
      moreOdds: amount(more.odds - now.odds),
      moreZ: fixed(more.z - now.z, 2),
      factor: amount(more.odds / now.odds, 0.005),
      slope: fixed(now.slope, 3),
    };
  }

  snapshot() {
    const state = this.state();
    return { ...state, ...read(state.w, state.b, state.x), caption: this.parts.caption.textContent };
  }
}

define("sigmoid", Sigmoid);
