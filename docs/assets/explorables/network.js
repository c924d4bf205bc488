// @ts-check
import { rowLoss, rowSlope } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, grid, moveDot, moveNode, points, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {[x1: number, x2: number]} Row */
/** @typedef {2 | 3 | 5 | 7 | 8} Place of a weight in a network */
/**
 * What Python hands over. A network is its nine parameters: V11, V12, V21, V22, c1, c2, w1, w2, b.
 * @typedef {object} Data
 * @property {Row[]} x the rows
 * @property {number[]} y label of each row
 * @property {number[]} start the network at the start
 * @property {number[]} solution a network that solves the rows
 * @property {number[]} weights values of one weight on its slider
 * @property {Place} place of the weight to look along at the start
 * @property {Record<Place, string>} names of the weights to look along
 * @property {number} rate learning rate
 * @property {number} steps of the training
 * @property {number} cells along each side of the plane
 * @property {[x1: number, x2: number, radius: number]} disc of the plane that is drawn
 * @property {[distance: number, beside: number, clear: number]} nameAt distance of the name of a node from the middle,
 *   and degrees from an end of its line and from all else
 * @property {Record<"x1" | "x2" | "weight" | "height" | "step", Scale>} axes
 * @property {Record<"caption" | "gain" | "noGain" | "start" | "trained" | "equal" | "end" | "at" | "along" | "is"
 *   | "name", string>} words
 */
/** @typedef {Record<"value" | "step", HTMLInputElement> & Record<"point", SVGElement>} Parts */

const PACE = 25; // milliseconds a step
const DEGREE = Math.PI / 180;

/** @param {number} angle in degrees @returns {number} the same from 0 to 360 */
const turned = angle => ((angle % 360) + 360) % 360;

/** @param {number} angle in degrees @returns {number} the nearest whole one from 0 to 359 */
const whole = angle => turned(Math.round(angle));

/**
 * @param {number[]} p network
 * @param {Row} row
 * @returns {[number, number, number]} the outputs of both hidden nodes, and the logit
 */
export function forward(p, [x1, x2]) {
  const h1 = Math.tanh(p[0] * x1 + p[1] * x2 + p[4]);
  const h2 = Math.tanh(p[2] * x1 + p[3] * x2 + p[5]);
  return [h1, h2, p[6] * h1 + p[7] * h2 + p[8]];
}

/**
 * @param {number[]} p network
 * @param {Row[]} x rows
 * @param {number[]} y labels
 * @returns {number} mean log loss in nats
 */
export const networkLoss = (p, x, y) =>
  x.reduce((sum, row, i) => sum + rowLoss(forward(p, row)[2], y[i]), 0) / x.length;

/**
 * @param {number[]} p network
 * @param {Row[]} x rows
 * @param {number[]} y labels
 * @returns {number[]} slope of the mean log loss in each parameter, by backpropagation
 */
export function backpropagate(p, x, y) {
  const sums = p.map(() => 0);
  x.forEach((row, i) => {
    const [h1, h2, z] = forward(p, row);
    const delta = rowSlope(z, y[i]) / x.length;
    const d1 = delta * p[6] * (1 - h1 * h1);
    const d2 = delta * p[7] * (1 - h2 * h2);
    const parts = [d1 * row[0], d1 * row[1], d2 * row[0], d2 * row[1], d1, d2, delta * h1, delta * h2, delta];
    parts.forEach((part, k) => (sums[k] += part));
  });
  return sums;
}

/**
 * @param {number[]} p network
 * @param {Row[]} x rows
 * @param {number[]} y labels
 * @param {number} eta learning rate
 * @returns {number[]} the network after one step of gradient descent
 */
export function descend(p, x, y, eta) {
  const slopes = backpropagate(p, x, y);
  return p.map((value, k) => value - eta * slopes[k]);
}

/**
 * The hidden node whose line has two ends on the rim: the twin of `hidden_node`.
 * @param {number} first degrees
 * @param {number} last degrees
 * @param {number} steepness length of its weights
 * @param {number[]} disc middle, across and up, and radius
 * @returns {number[]} both weights and the bias
 */
export function hiddenNode(first, last, steepness, [x1, x2, radius]) {
  const half = (turned(last - first) / 2) * DEGREE;
  const towards = first * DEGREE + half;
  const v1 = steepness * Math.cos(towards);
  const v2 = steepness * Math.sin(towards);
  return [v1, v2, -(v1 * x1 + v2 * x2) - steepness * radius * Math.cos(half)];
}

/**
 * Where the line of a hidden node meets the rim, in degrees: the twin of `line_ends`.
 * @param {number[]} node both weights and the bias
 * @param {number[]} disc middle, across and up, and radius
 * @returns {[first: number, last: number]}
 */
export function lineEnds([v1, v2, c], [x1, x2, radius]) {
  const away = -(v1 * x1 + v2 * x2 + c) / ((Math.hypot(v1, v2) || 1) * radius);
  const half = Math.acos(clamp(away, -1, 1));
  const towards = Math.atan2(v2, v1);
  return [turned((towards - half) / DEGREE), turned((towards + half) / DEGREE)];
}

/**
 * Where the name of each hidden node stands, and what it says: the twin of `node_names`.
 * @param {number[]} p network
 * @param {[first: number, last: number][]} ends of both lines
 * @param {Pick<Data, "disc" | "nameAt" | "words">} data
 * @returns {[x1: number, x2: number, name: string][]}
 */
export function nodeNames(p, ends, { disc, nameAt: [distance, beside, clear], words }) {
  const taken = ends.flat();
  return ends.map(([first, last], node) => {
    const places = [first + beside, last - beside, last + beside, first - beside];
    const at = places.find(a => taken.every(other => Math.abs(turned(a - other + 180) - 180) > clear)) ?? places[0];
    taken.push(at);
    const x1 = disc[0] + distance * Math.cos(at * DEGREE);
    const x2 = disc[1] + distance * Math.sin(at * DEGREE);
    const sum = p[2 * node] * x1 + p[2 * node + 1] * x2 + p[4 + node];
    return [x1, x2, fill(words.name, { node: "₁₂"[node], sign: "<=>"[Math.sign(sum) + 1] })];
  });
}

/**
 * The corners of the part of a cell that is above 0, each with whether the border cuts the rim of the cell there.
 * @param {[x: number, y: number, height: number][]} corners
 * @returns {[string, boolean][]}
 */
const cut = corners =>
  corners.flatMap(([x, y, height], k) => {
    const [x2, y2, height2] = corners[(k + 1) % 4];
    const inside = height > 0;
    const share = height / (height - height2);
    /** @type {[string, boolean][]} */
    const shape = inside ? [[`${tenth(x)},${tenth(y)}`, false]] : [];
    if (inside !== height2 > 0) shape.push([`${tenth(x + share * (x2 - x))},${tenth(y + share * (y2 - y))}`, true]);
    return shape;
  });

/**
 * Where a function on a grid is above 0, and the border of this region: the twin of `contour`.
 * @param {number[][]} heights a row for each of ys, a column for each of xs
 * @param {number[]} xs
 * @param {number[]} ys
 * @returns {[region: string, border: string]} two paths
 */
export function contour(heights, xs, ys) {
  let region = "";
  let border = "";
  ys.slice(1).forEach((top, low) => {
    let whole = -1; // first cell of a run that lies inside
    xs.forEach((x, left) => {
      /** @type {[x: number, y: number, height: number][]} */
      const corners = left + 1 === xs.length ? [] : [
        [x, ys[low], heights[low][left]], [xs[left + 1], ys[low], heights[low][left + 1]],
        [xs[left + 1], top, heights[low + 1][left + 1]], [x, top, heights[low + 1][left]],
      ];
      if (corners.length && corners.every(([, , height]) => height > 0)) {
        if (whole < 0) whole = left;
        return;
      }
      if (whole >= 0) region += `M${tenth(xs[whole])},${tenth(ys[low])}H${tenth(x)}V${tenth(top)}H${tenth(xs[whole])}z`;
      whole = -1;
      const shape = cut(corners);
      if (shape.length) region += `M${shape.map(([at]) => at).join("L")}z`;
      shape.forEach(([at, crosses], k) => {
        const [next, nextCrosses] = shape[(k + 1) % shape.length];
        if (crosses && nextCrosses) border += `M${at}L${next}`;
      });
    });
  });
  return [region, border];
}

/** @extends {Explorable<Data, Parts>} */
class Network extends Explorable {
  /** The network at every step of the training so far, and its log loss. @type {[network: number[], loss: number][]} */
  walk = [];
  /** The weight to look along. @type {Place} */
  #place = 5;

  /** The network shown. */
  get network() {
    const { x, y, rate } = this.data;
    const step = this.parts.step.valueAsNumber;
    while (this.walk.length <= step) {
      const p = descend(this.walk[this.walk.length - 1][0], x, y, rate);
      this.walk.push([p, this.loss(p)]);
    }
    return this.walk[step][0];
  }

  setup() {
    const { data, parts } = this;
    const reset = () => this.restart(data.start);
    this.on(parts.value, "input", () => this.setWeight(parts.value.valueAsNumber));
    this.on(parts.step, "input", () => this.rest());
    this.on(parts.play, "click", () => (this.playing ? this.stop() : this.playOn()));
    this.on(parts.equal, "click", () => {
      const [v1, v2, , , c, , w, , b] = this.network;
      this.restart([v1, v2, v1, v2, c, c, w, w, b]);
    });
    this.on(parts.solve, "click", () => this.restart(data.solution));
    const chooseFirst = this.onChoice("weight", place => {
      this.#place = /** @type {Place} */ (Number(place));
      this.draw();
    });
    this.on(parts.reset, "click", () => {
      this.resetSliders();
      this.restart(data.start);
      chooseFirst();
    });
    this.#place = data.place;
    this.makeRings(reset);
    const { weight, height } = data.axes;
    /** @param {number} x */
    const place = x => this.setWeight(unscale([0, data.weights.length - 1, weight[2], weight[3]], x));
    /** @param {number} dx @param {number} dy */
    const step = (dx, dy) => this.setWeight(parts.value.valueAsNumber + dx + dy);
    this.handle(parts.point, data.words.along, place, step, reset);
    this.onPanel(parts.point, place, weight, height);
    this.walk = [[data.start, this.loss(data.start)]];
  }

  /** Make the ends of the lines movable. @param {() => void} reset */
  makeRings(reset) {
    const { axes, disc, words } = this.data;
    for (const ring of [0, 1, 2, 3]) {
      /** @param {number} x @param {number} y */
      const drag = (x, y) =>
        this.turn(ring, Math.atan2(unscale(axes.x2, y) - disc[1], unscale(axes.x1, x) - disc[0]) / DEGREE);
      /** @param {number} dx @param {number} dy */
      const step = (dx, dy) => {
        const at = whole(this.ends(ring >> 1)[ring % 2]);
        // From an end of the scale on around the disc, but for the key End, which asks for more than one turn.
        const around = at + clamp(dx + dy, -at, 359 - at) === at && Math.abs(dx + dy) < 360;
        this.turn(ring, around ? at + dx + dy : clamp(at + dx + dy, 0, 359));
      };
      const node = /** @type {SVGElement} */ (this.parts["ring" + ring]);
      this.handle(node, fill(words.end, { node: (ring >> 1) + 1, end: (ring % 2) + 1 }), drag, step, reset);
    }
  }

  /** Both weights and the bias of a hidden node. @param {number} node */
  node(node) {
    const p = this.network;
    return [p[2 * node], p[2 * node + 1], p[4 + node]];
  }

  /** Where its line meets the rim, in degrees. @param {number} node */
  ends(node) {
    return lineEnds(this.node(node), this.data.disc);
  }

  /** Put a ring elsewhere on the rim, at a whole degree. @param {number} ring @param {number} angle */
  turn(ring, angle) {
    const node = ring >> 1;
    const ends = this.ends(node);
    ends[ring % 2] = whole(angle);
    if (turned(ends[1] - ends[0] + 1) < 2) return; // the ends would be one point, and no line
    const [v1, v2] = this.node(node);
    const moved = hiddenNode(ends[0], ends[1], Math.hypot(v1, v2) || 1, this.data.disc);
    const p = [...this.network];
    [p[2 * node], p[2 * node + 1], p[4 + node]] = moved;
    this.restart(p);
  }

  /** Give the weight that is looked along another value. @param {number} place of the slider */
  setWeight(place) {
    const { weights } = this.data;
    this.restart(this.changed(weights[clamp(Math.round(place), 0, weights.length - 1)]));
  }

  /** The network with another value of the weight that is looked along. @param {number} value */
  changed(value) {
    const p = [...this.network];
    p[this.#place] = value;
    return p;
  }

  /** Start from a network. @param {number[]} p */
  restart(p) {
    this.walk = [[p, this.loss(p)]];
    this.parts.step.valueAsNumber = 0;
    this.rest();
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

  /** Log loss of a network. @param {number[]} p */
  loss(p) {
    return networkLoss(p, this.data.x, this.data.y);
  }

  /** Log loss at every value of the weight that is looked along. */
  losses() {
    return this.data.weights.map(value => this.loss(this.changed(value)));
  }

  /** Whether the network is wrong, for each row. */
  wrong() {
    return this.data.x.map((row, i) => forward(this.network, row)[2] > 0 !== Boolean(this.data.y[i]));
  }

  draw() {
    const { data, parts } = this;
    const { words } = data;
    const p = this.network;
    const step = parts.step.valueAsNumber;
    const loss = this.loss(p);
    const losses = this.losses();
    const now = fixed(loss, 4);
    const least = fixed(Math.min(loss, ...losses), 4);
    this.drawRegion();
    this.drawLines();
    this.drawWeight(losses, loss);
    this.drawTraining(step);
    this.setOutput("step", String(step));
    this.setCaption(
      fill(words.caption, {
        when: step ? fill(words.trained, { step }) : words.start,
        loss: now,
        right: this.wrong().filter(wrong => !wrong).length,
        rows: data.y.length,
        alone: fill(least === now ? words.noGain : words.gain, { weight: data.names[this.#place], least }),
        equal: p[0] === p[2] && p[1] === p[3] && p[4] === p[5] ? words.equal : "",
      }),
    );
  }

  /** Where the network says class 1, and which rows are wrong. */
  drawRegion() {
    const { data, parts } = this;
    const { x1, x2 } = data.axes;
    const across = grid(x1, data.cells);
    const up = grid(x2, data.cells);
    const heights = up.map(b => across.map(a => forward(this.network, [a, b])[2]));
    const [region, border] = contour(heights, across.map(a => scale(x1, a)), up.map(b => scale(x2, b)));
    set(parts.region, { d: region });
    set(parts.border, { d: border });
    const wrong = this.wrong();
    const rows = data.x.filter((_, i) => wrong[i]);
    set(parts.wrong, { d: rows.map(([a, b]) => `M${tenth(scale(x1, a))},${tenth(scale(x2, b))}h0`).join("") });
  }

  /** The line of each hidden node, its name and its rings. */
  drawLines() {
    const { axes, disc, words } = this.data;
    /** @param {number} degrees */
    const place = degrees => [
      scale(axes.x1, disc[0] + disc[2] * Math.cos(degrees * DEGREE)),
      scale(axes.x2, disc[1] + disc[2] * Math.sin(degrees * DEGREE)),
    ];
    nodeNames(this.network, [this.ends(0), this.ends(1)], this.data).forEach(([x1, x2, name], node) => {
      const side = this.parts["side" + node];
      set(side, { x: tenth(scale(axes.x1, x1)), y: tenth(scale(axes.x2, x2) + 4) });
      side.textContent = name;
    });
    for (const node of [0, 1]) {
      const ends = this.ends(node);
      const [first, last] = ends.map(angle => place(angle));
      set(this.parts["line" + node], { points: points([first[0], last[0]], [first[1], last[1]]) });
      [first, last].forEach(([px, py], end) => {
        const ring = this.parts[`ring${2 * node + end}`];
        const angle = whole(ends[end]);
        moveNode(ring, px, py);
        setAria(ring, angle, [0, 359], fill(words.at, { angle }));
      });
    }
  }

  /** The loss along one weight. @param {number[]} losses @param {number} loss */
  drawWeight(losses, loss) {
    const { data, parts } = this;
    const { weight, height } = data.axes;
    const value = this.network[this.#place];
    const [x, y] = [clamp(value, weight[0], weight[1]), Math.min(loss, height[1])];
    const text = fill(data.words.is, { value: fixed(value, 2), loss: fixed(loss, 4) });
    const xs = data.weights.map(at => scale(weight, at));
    set(parts.curve, { points: points(xs, losses.map(at => scale(height, at))) });
    moveNode(parts.point, scale(weight, x), scale(height, y));
    set(parts.pointNow, { class: x === value && y === loss ? "x-now" : "x-off" });
    setAria(parts.point, x, weight, text);
    set(parts.point, { "aria-label": fill(data.words.along, { weight: data.names[this.#place] }) });
    parts.along.textContent = data.names[this.#place];
    parts.value.valueAsNumber = Math.round(unscale([0, data.weights.length - 1, weight[0], weight[1]], x));
    this.setOutput("value", fixed(value, 2), text);
  }

  /** The loss at every step so far. @param {number} step */
  drawTraining(step) {
    const { axes } = this.data;
    const ys = this.walk.slice(0, step + 1).map(([, loss]) => scale(axes.height, loss));
    const xs = ys.map((_, k) => scale(axes.step, k));
    set(this.parts.fall, { points: points(xs, ys) });
    const beyond = ys[step] < axes.height[3];
    moveDot(this.parts.fallNow, xs[step], beyond ? axes.height[3] : ys[step]);
    set(this.parts.fallNow, { class: beyond ? "x-off" : "x-now" });
  }

  snapshot() {
    const { network, parts, walk } = this;
    const shown = { network, start: walk[0][0], step: parts.step.valueAsNumber, weight: this.#place };
    return { ...shown, loss: this.loss(network), losses: this.losses(), caption: parts.caption.textContent };
  }
}

define("network", Network);
