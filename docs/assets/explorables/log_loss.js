// @ts-check
import { rowError, rowErrorSlope, rowLoss, rowSlope, sigmoid } from "./core.js";
import { Explorable, clamp, define, fill, fixed, points, scale, set, tell, tenth, unscale } from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */

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
  for (const label of [0, 1])
    losses.forEach((loss, i) => {
      if (labels[i] !== label) return;
      starts[i] = at;
      at += loss / losses.length;
      parts[label] += loss / losses.length;
    });
  const sum = losses.reduce((a, b) => a + b);
  return { losses, starts, parts, sum, mean: sum / losses.length };
}

class LogLoss extends Explorable {
  y = 1;

  setup() {
    const { data, parts } = this;
    for (const name of ["z", "c", "w"]) this.on(parts[name], "input", () => this.draw());
    const chooseFirst = this.onChoice("label", value => {
      this.y = +value;
      this.draw();
    });
    this.on(parts.reset, "click", () => {
      for (const name of ["z", "c", "w"]) parts[name].value = parts[name].defaultValue;
      chooseFirst();
    });
    const { z, hours, pass } = data.axes;
    /** @param {Element} node @param {string} name @param {string} label @param {(x: number, y: number) => number} value */
    const hold = (node, name, label, value) =>
      this.handle(
        /** @type {SVGGElement} */ (node),
        label,
        (x, y) => this.moveTo(name, value(x, y)),
        (dx, dy) => this.step(name, dx + dy),
        () => this.step(name, parts[name].defaultValue - parts[name].value),
      );
    hold(parts.knob, "z", data.words.knob, x => unscale(z, x));
    hold(parts.cut, "c", data.words.cut, x => unscale(hours, x));
    hold(parts.tilt, "w", data.words.tilt, (_, y) => {
      const chance = clamp(unscale(pass, y), 0.001, 0.999);
      return Math.log(chance / (1 - chance)) / this.away;
    });
    const chart = parts.knob.ownerSVGElement;
    this.on(chart, "click", event => {
      const [x] = this.at(chart, event.clientX, event.clientY);
      if (x >= z[2] && x <= z[3] && !parts.knob.contains(event.target)) this.moveTo("z", unscale(z, x));
    });
  }

  /** Put a slider where its value is nearest. @param {string} name @param {number} value */
  moveTo(name, value) {
    const [first, parts] = this.data.lists[name];
    this.parts[name].value = Math.round(value * parts) - first;
    this.draw();
  }

  /** @param {string} name @param {number} places */
  step(name, places) {
    this.parts[name].value = +this.parts[name].value + places;
    this.draw();
  }

  /** The value that a slider is at. @param {string} name @returns {number} */
  value(name) {
    const [first, parts] = this.data.lists[name];
    return (first + +this.parts[name].value) / parts;
  }

  /** The first and the last value of a slider. @param {string} name */
  ends(name) {
    const [first, parts] = this.data.lists[name];
    return [first / parts, (first + +this.parts[name].max) / parts];
  }

  /** How far from the boundary the handle of the weight is, in hours. */
  get away() {
    const { reach, axes } = this.data;
    return this.value("c") + reach <= axes.hours[1] ? reach : -reach;
  }

  draw() {
    const { data, parts } = this;
    const z = this.value("z");
    const c = this.value("c");
    const w = this.value("w");
    const all = costs(data.hours, data.y, c, w);
    const row = this.drawPoint(z, c, w);
    this.drawModel(c, w, all);
    const worst = this.drawCosts(all);
    this.show("z", fixed(z, 1), row.spoken);
    this.show("c", fixed(c, 1), fill(data.words.hours, { c: fixed(c, 1) }));
    this.show("w", fixed(w, 2));
    tell(parts.knob, z, this.ends("z"), row.spoken);
    tell(parts.cut, c, this.ends("c"), fill(data.words.hours, { c: fixed(c, 1) }));
    tell(parts.tilt, w, this.ends("w"), fill(data.words.weight, { w: fixed(w, 2) }));
    const { best, base, words } = data;
    this.say(
      row.said +
        " " +
        fill(words.model, {
          c: fixed(c, 1),
          w: fixed(w, 2),
          mean: fixed(all.mean, 4),
          above: fixed(all.mean - best, 4),
          gap: fixed(Math.abs(all.mean - base), 4),
          side: all.mean < base ? words.below : words.over,
          who: fill(Math.min(...all.losses) === all.losses[worst] ? words.alike : words.worst, {
            hours: fixed(data.hours[worst], 1),
            outcome: words[data.y[worst]],
            nats: fixed(all.losses[worst], 2),
            share: fixed((100 * all.losses[worst]) / all.sum, 0),
          }),
        }),
    );
  }

  /** The one row under both losses. @param {number} z @param {number} c @param {number} w */
  drawPoint(z, c, w) {
    const { data, parts, y } = this;
    const { words, axes } = data;
    /** @param {(z: number, y: number) => number} height @param {Scale} axis @param {number} at */
    const up = (height, axis, at) => scale(axis, Math.abs(height(at, y)));
    const [low, high] = axes.z;
    const grid = Array.from({ length: data.pieces + 1 }, (_, i) => low + (i / data.pieces) * (high - low));
    /** @param {string} name @param {(z: number, y: number) => number} height @param {Scale} axis */
    const curve = (name, height, axis) => set(parts[name], { points: points(grid.map(v => scale(axes.z, v)), grid.map(v => up(height, axis, v))) });
    curve("loss", rowLoss, axes.cost);
    curve("error", rowError, axes.cost);
    curve("lossPull", rowSlope, axes.pull);
    curve("errorPull", rowErrorSlope, axes.pull);
    const x = scale(axes.z, z);
    const cx = tenth(x);
    const [loss, error, slope, bend] = [rowLoss(z, y), rowError(z, y), rowSlope(z, y), rowErrorSlope(z, y)];
    const far = data.tangent;
    /** @param {string} name @param {number} height @param {number} rise */
    const tangent = (name, height, rise) =>
      set(parts[name], { points: points([z - far, z + far].map(v => scale(axes.z, v)), [height - rise * far, height + rise * far].map(v => scale(axes.cost, v))) });
    tangent("lossTangent", loss, slope);
    tangent("errorTangent", error, bend);
    set(parts.at, { d: `M${cx},${axes.cost[3]}V${axes.pull[2]}` });
    set(parts.errorNow, { cx, cy: tenth(scale(axes.cost, error)) });
    set(parts.slopeNow, { cx, cy: tenth(up(rowSlope, axes.pull, z)) });
    set(parts.bendNow, { cx, cy: tenth(up(rowErrorSlope, axes.pull, z)) });
    set(parts.knob, { transform: `translate(${cx},${tenth(scale(axes.cost, loss))})` });
    for (const name in data.names) set(parts[name], { x: tenth(scale(axes.z, y ? data.names[name] : -data.names[name])) });
    const logits = data.hours.filter((/** @type {number} */ _, /** @type {number} */ i) => data.y[i] === y).map((/** @type {number} */ h) => w * (h - c));
    const inside = logits.filter((/** @type {number} */ v) => v >= low && v <= high);
    set(parts.ticks, { d: inside.map((/** @type {number} */ v) => `M${tenth(scale(axes.z, v))},${axes.cost[2]}v${-data.tick}`).join("") });
    const observed = sigmoid(y ? z : -z);
    const said = fill(words.point, {
      y,
      z: fixed(z, 1),
      p: fixed(sigmoid(z), 3),
      verdict: words[observed < data.sure ? "wrong" : observed > 1 - data.sure ? "right" : "unsure"],
      loss: fixed(loss, 3),
      slope: fixed(slope, 3),
      error: fixed(error, 3),
      bend: fixed(bend, 3),
      times: fixed(slope / bend, 1),
    });
    return { said, spoken: fill(words.logit, { z: fixed(z, 1), p: fixed(sigmoid(z), 3), loss: fixed(loss, 3) }) };
  }

  /** The students' curve, its handles and the mean. @param {number} c @param {number} w @param {{mean: number}} all */
  drawModel(c, w, { mean }) {
    const { data, parts, away } = this;
    const { hours, pass, bar } = data.axes;
    /** @param {number} h */
    const place = h => scale(pass, sigmoid(w * (h - c)));
    const grid = Array.from({ length: data.pieces + 1 }, (_, i) => hours[0] + (i / data.pieces) * (hours[1] - hours[0]));
    set(parts.curve, { points: points(grid.map(h => scale(hours, h)), grid.map(place)) });
    set(parts.cut, { transform: `translate(${tenth(scale(hours, c))},${tenth(scale(pass, 0.5))})` });
    set(parts.tilt, { transform: `translate(${tenth(scale(hours, c + away))},${tenth(scale(pass, sigmoid(w * away)))})` });
    set(parts.mean, { d: `M${hours[2]},${tenth(scale(bar, Math.min(mean, bar[1])))}H${hours[3]}` });
  }

  /** The bars and their stack. @param {ReturnType<typeof costs>} all @returns {number} the costliest student */
  drawCosts({ losses, starts, parts: sums, mean }) {
    const { data, parts } = this;
    const { bar, mean: axis } = data.axes;
    const [top, bottom] = data.stack;
    /** @param {number} label @param {(i: number) => string} draw */
    const each = (label, draw) => losses.map((_, i) => (data.y[i] === label ? draw(i) : "")).join("");
    /** @param {number} i */
    const height = i => tenth(scale(bar, Math.min(losses[i], bar[1])));
    /** @param {number} value */
    const edge = value => tenth(Math.min(scale(axis, value), data.far));
    for (const label of [0, 1]) {
      set(parts["bars" + label], { d: each(label, i => `M${tenth(data.bars[i])},${tenth(bar[2])}V${height(i)}`) });
      set(parts["part" + label], { d: each(label, i => `M${edge(starts[i])},${top}H${edge(starts[i] + losses[i] / losses.length)}V${bottom}H${edge(starts[i])}z`) });
    }
    set(parts.beyond, { d: losses.map((loss, i) => (loss > bar[1] ? `M${tenth(data.bars[i] - 4)},${tenth(bar[3] + 7)}l4-7l4,7z` : "")).join("") });
    const worst = losses.indexOf(Math.max(...losses));
    set(parts.worst, { x: tenth(data.bars[worst]), y: tenth(scale(bar, Math.min(losses[worst], bar[1])) - 4) });
    parts.worst.textContent = fixed(losses[worst], 2);
    set(parts.total, { cx: tenth(scale(axis, Math.min(mean, axis[1]))), class: mean > axis[1] ? "x-off" : "x-now" });
    parts.sum.textContent = fill(data.words.sum, { failed: fixed(sums[0], 3), passed: fixed(mean - sums[0], 3), mean: fixed(mean, 4) });
    return worst;
  }

  snapshot() {
    const [z, c, w] = ["z", "c", "w"].map(name => this.value(name));
    return { y: this.y, z, c, w, mean: costs(this.data.hours, this.data.y, c, w).mean, caption: this.parts.caption.textContent };
  }
}

define("log-loss", LogLoss);
