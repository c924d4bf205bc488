// @ts-check
import { residuals, sumOfSquares, sumOfSquaresGradient } from "./core.js";
import { Explorable, clamp, define, fill, fixed, points, scale, set, tell, tenth, unscale } from "./explorable.js";

class LinearRegression extends Explorable {
  /** Intercept and slope. @type {[number, number]} */
  line = [0, 0];

  setup() {
    const { data, parts } = this;
    const { hours, score, b0, b1 } = data.axes;
    const [perPoint, perSlope] = data.per;
    const home = () => this.put(data.start);
    this.line = data.start;
    this.on(parts.intercept, "input", () => this.move(+parts.intercept.value / perPoint, this.line[1]));
    this.on(parts.slope, "input", () => this.move(this.line[0], +parts.slope.value / perSlope));
    this.on(parts.solve, "click", () => this.put(data.best));
    this.on(parts.reset, "click", home);

    /** Turn the line about its right end. @param {number} height of the left end */
    const turn = height => {
      const left = clamp(height, b0[0], b0[1]);
      this.move(left, this.line[1] + (this.line[0] - left) / hours[1]);
    };
    /** A dragged part takes the line through the pointer. @param {number} x @param {number} low least hours */
    const hoursAt = (x, low) => clamp(unscale(hours, x), low, hours[1]);
    /** @param {number} dx @param {number} dy */
    const steps = (dx, dy) => (dx + dy) / perPoint;
    this.handle(parts.left, data.words.left, (_, y) => turn(unscale(score, y)), (dx, dy) => turn(this.line[0] + steps(dx, dy)), home);
    this.handle(
      parts.right,
      data.words.right,
      (x, y) => this.move(this.line[0], (unscale(score, y) - this.line[0]) / hoursAt(x, 2)),
      (dx, dy) => this.move(this.line[0], this.line[1] + (dx + dy) / hours[1]),
      home,
    );
    this.handle(
      parts.middle,
      data.words.middle,
      (x, y) => this.move(unscale(score, y) - this.line[1] * hoursAt(x, 0), this.line[1]),
      (dx, dy) => this.move(this.line[0] + steps(dx, dy), this.line[1]),
      home,
    );
    this.handle(
      parts.point,
      data.words.point,
      (x, y) => this.move(unscale(b0, x), unscale(b1, y)),
      (dx, dy) => this.move(this.line[0] + dx / perPoint, this.line[1] + dy / perSlope),
      home,
    );
    const map = parts.point.ownerSVGElement;
    this.on(map, "click", event => {
      const [x, y] = this.at(map, event.clientX, event.clientY);
      const inside = x >= b0[2] && x <= b0[3] && y <= b1[2] && y >= b1[3];
      if (inside && !parts.point.contains(event.target)) this.move(unscale(b0, x), unscale(b1, y));
    });
  }

  /** Choose a line on the map, its ends to a hundredth of a point. @param {number} intercept @param {number} slope */
  move(intercept, slope) {
    const { b0, b1 } = this.data.axes;
    this.put([Math.round(clamp(intercept, b0[0], b0[1]) * 100) / 100, Math.round(clamp(slope, b1[0], b1[1]) * 1000) / 1000]);
  }

  /** @param {[number, number]} line */
  put(line) {
    this.line = line;
    this.draw();
  }

  draw() {
    const { data, parts } = this;
    const { axes, words, x, y } = data;
    const [b0, b1] = this.line;
    const errors = residuals(x, y, b0, b1);
    const rss = sumOfSquares(errors);
    const [inB0, inB1] = sumOfSquaresGradient(x, errors);

    /** @param {number} h */
    const at = h => scale(axes.score, b0 + b1 * h);
    const [first, last] = axes.hours;
    [...parts.squares.children].forEach((square, i) => {
      const px = scale(axes.hours, x[i]);
      const py = scale(axes.score, y[i]);
      const side = Math.abs(py - at(x[i])) * (x[i] < last / 2 ? 1 : -1);
      set(square, { d: `M${tenth(px)},${tenth(py)}H${tenth(px + side)}V${tenth(at(x[i]))}H${tenth(px)}z` });
    });
    set(parts.line, { points: points([axes.hours[2], axes.hours[3]], [at(first), at(last)]) });
    const seen = b0 + b1 * last > axes.score[1] ? (axes.score[1] - b0) / b1 : last; // where the line leaves the paper
    /** @param {string} name @param {number} h where it is drawn @param {number} named the hours that it stands for @param {number[][]} ends lines */
    const place = (name, h, named, ends) => {
      const [height, ...reach] = [this.line, ...ends].map(line => line[0] + line[1] * named);
      set(parts[name], { transform: `translate(${tenth(scale(axes.hours, h))},${tenth(at(h))})` });
      tell(parts[name], height, reach, fill(words.at, { points: fixed(height, 2), hours: named }));
    };
    const shifted = [[axes.b0[0], b1], [axes.b0[1], b1]];
    place("left", first, first, shifted);
    place("middle", seen / 2, last / 2, shifted);
    place("right", seen, last, [[b0, axes.b1[0]], [b0, axes.b1[1]]]);

    let sum = 0;
    const ends = errors.map(error => tenth(Math.min(scale(axes.sum, (sum += error * error)), data.far)));
    const [, , foot, top] = axes.bar;
    const rules = ends.map(end => `M${end},${top}V${foot}`).join("");
    set(parts.bar, { d: `M${axes.sum[2]},${top}V${foot}H${ends[ends.length - 1]}V${top}z${rules}` });
    parts.more.toggleAttribute("hidden", rss <= axes.sum[1]);
    parts.sum.textContent = fill(words.sum, { rss: fixed(rss, 0) });

    const root = Math.sqrt(Math.max(rss - data.least, 0));
    set(parts.level, { rx: tenth(data.level[0] * root), ry: tenth(data.level[1] * root) });
    const named = { b0: fixed(b0, 2), b1: fixed(b1, 2) };
    set(parts.point, { transform: `translate(${tenth(scale(axes.b0, b0))},${tenth(scale(axes.b1, b1))})` });
    tell(parts.point, b0, axes.b0, fill(words.on, named));
    parts.intercept.value = Math.round(b0 * data.per[0]);
    parts.slope.value = Math.round(b1 * data.per[1]);
    this.show("intercept", fixed(b0, 1), fill(words.intercept, named));
    this.show("slope", named.b1, fill(words.rise, named));

    const [up, steep] = [inB0, inB1].map((slope, i) => slope / (2 * data.curvatures[i]));
    this.say(
      fill(b0 === this.data.start[0] && b1 === this.data.start[1] ? words.untouched : words.caption, {
        ...named,
        rss: fixed(rss, 0),
        times: fixed(rss / data.least, 2),
        least: fixed(data.least, 0),
        sum: fixed(-inB0 / 2, 0),
        moment: fixed(-inB1 / 2, 0),
        height: words[Math.abs(up) <= data.even[0] ? "level" : up > 0 ? "lower" : "higher"],
        slope: words[Math.abs(steep) <= data.even[1] ? "straight" : steep < 0 ? "steeper" : b1 > 0 ? "flatter" : "falling"],
      }),
    );
  }

  snapshot() {
    const { x, y } = this.data;
    const errors = residuals(x, y, ...this.line);
    return { line: this.line, rss: sumOfSquares(errors), gradient: sumOfSquaresGradient(x, errors), caption: this.parts.caption.textContent };
  }
}

define("linear-regression", LinearRegression);
