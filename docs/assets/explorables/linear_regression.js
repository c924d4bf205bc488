// @ts-check
import { residuals, sumOfSquares, sumOfSquaresGradient } from "./core.js";
import {
  Explorable, clamp, define, fill, fixed, moveNode, points, scale, set, setAria, tenth, unscale,
} from "./explorable.js";

/** @typedef {import("./explorable.js").Scale} Scale */
/** @typedef {[intercept: number, slope: number]} Line */
/**
 * What Python hands over.
 * @typedef {object} Data
 * @property {number[]} x hours of each student
 * @property {number[]} y score of each student
 * @property {Line} best the fit
 * @property {number} least the sum of squares of the fit
 * @property {[number, number]} curvatures half of the second derivatives of the sum of squares
 * @property {[number, number]} even differences from the best line within which a coefficient counts as best
 * @property {[number, number]} level half axes of the ellipse on which the sum of squares is 1 above the least
 * @property {Line} start the line at the start
 * @property {[number, number]} per places of the sliders in a point and in a point per hour
 * @property {number} far a coordinate outside every clip path
 * @property {Record<"hours" | "score" | "sum" | "bar" | "b0" | "b1", Scale>} axes
 * @property {Record<"caption" | "untouched" | "lower" | "higher" | "level" | "flatter" | "falling" | "steeper"
 *   | "straight" | "sum" | "intercept" | "rise" | "left" | "middle" | "right" | "point" | "at" | "on", string>} words
 */
/**
 * @typedef {Record<"intercept" | "slope", HTMLInputElement>
 *   & Record<"left" | "middle" | "right" | "point", SVGElement>} Parts
 */

/** @extends {Explorable<Data, Parts>} */
class LinearRegression extends Explorable {
  /** @type {Line} */
  line = [0, 0];

  setup() {
    const { data, parts } = this;
    const { b0, b1 } = data.axes;
    const [perPoint, perSlope] = data.per;
    const reset = () => this.setLine(data.start);
    this.line = data.start;
    this.on(parts.intercept, "input", () => this.moveTo(parts.intercept.valueAsNumber / perPoint, this.line[1]));
    this.on(parts.slope, "input", () => this.moveTo(this.line[0], parts.slope.valueAsNumber / perSlope));
    this.on(parts.solve, "click", () => this.setLine(data.best));
    this.on(parts.reset, "click", reset);
    this.makeLineHandles(reset);
    /** @param {number} x @param {number} y */
    const place = (x, y) => this.moveTo(unscale(b0, x), unscale(b1, y));
    this.handle(
      parts.point,
      data.words.point,
      place,
      (dx, dy) => this.moveTo(this.line[0] + dx / perPoint, this.line[1] + dy / perSlope),
      reset,
    );
    this.onPanel(parts.point, place, b0, b1);
  }

  /** Make the three rings on the line. @param {() => void} reset */
  makeLineHandles(reset) {
    const { parts } = this;
    const { axes, per, words } = this.data;
    const { hours, score, b0 } = axes;
    /** Turn the line about its right end. @param {number} height of the left end */
    const turn = height => {
      const left = clamp(height, b0[0], b0[1]);
      this.moveTo(left, this.line[1] + (this.line[0] - left) / hours[1]);
    };
    /** A dragged part takes the line through the pointer. @param {number} x @param {number} least least hours */
    const hoursAt = (x, least) => clamp(unscale(hours, x), least, hours[1]);
    /** @param {number} dx @param {number} dy */
    const raised = (dx, dy) => this.line[0] + (dx + dy) / per[0];
    this.handle(parts.left, words.left, (_, y) => turn(unscale(score, y)), (dx, dy) => turn(raised(dx, dy)), reset);
    this.handle(
      parts.right,
      words.right,
      (x, y) => this.moveTo(this.line[0], (unscale(score, y) - this.line[0]) / hoursAt(x, 2)),
      (dx, dy) => this.moveTo(this.line[0], this.line[1] + (dx + dy) / hours[1]),
      reset,
    );
    this.handle(
      parts.middle,
      words.middle,
      (x, y) => this.moveTo(unscale(score, y) - this.line[1] * hoursAt(x, 0), this.line[1]),
      (dx, dy) => this.moveTo(raised(dx, dy), this.line[1]),
      reset,
    );
  }

  /** Choose a line on the map, its ends to a hundredth of a point. @param {number} intercept @param {number} slope */
  moveTo(intercept, slope) {
    const { b0, b1 } = this.data.axes;
    this.setLine([
      Math.round(clamp(intercept, b0[0], b0[1]) * 100) / 100,
      Math.round(clamp(slope, b1[0], b1[1]) * 1000) / 1000,
    ]);
  }

  /** @param {Line} line */
  setLine(line) {
    this.line = line;
    this.draw();
  }

  compute() {
    const { x, y } = this.data;
    const errors = residuals(x, y, ...this.line);
    return { errors, rss: sumOfSquares(errors), gradient: sumOfSquaresGradient(x, errors) };
  }

  draw() {
    const { data, parts } = this;
    const { axes, words } = data;
    const [b0, b1] = this.line;
    const { errors, rss, gradient } = this.compute();
    this.drawLine();
    this.drawBar(errors, rss);
    const root = Math.sqrt(Math.max(rss - data.least, 0));
    set(parts.level, { rx: tenth(data.level[0] * root), ry: tenth(data.level[1] * root) });
    const named = { b0: fixed(b0, 2), b1: fixed(b1, 2) };
    moveNode(parts.point, scale(axes.b0, b0), scale(axes.b1, b1));
    setAria(parts.point, b0, axes.b0, fill(words.on, named));
    parts.intercept.valueAsNumber = Math.round(b0 * data.per[0]);
    parts.slope.valueAsNumber = Math.round(b1 * data.per[1]);
    this.setOutput("intercept", fixed(b0, 1), fill(words.intercept, named));
    this.setOutput("slope", named.b1, fill(words.rise, named));
    const untouched = b0 === data.start[0] && b1 === data.start[1];
    const advice = untouched ? words.untouched : this.advice(gradient);
    this.setCaption(
      fill(words.caption, { ...named, rss: fixed(rss, 0), times: fixed(rss / data.least, 2), advice }),
    );
  }

  /** The squares, the line and its handles. */
  drawLine() {
    const { parts } = this;
    const { axes, words, x, y } = this.data;
    const [b0, b1] = this.line;
    const [first, last] = axes.hours;
    /** @param {number} hours */
    const heightAt = hours => scale(axes.score, b0 + b1 * hours);
    [...parts.squares.children].forEach((square, i) => {
      const px = scale(axes.hours, x[i]);
      const py = scale(axes.score, y[i]);
      const side = Math.abs(py - heightAt(x[i])) * (x[i] < last / 2 ? 1 : -1);
      set(square, { d: `M${tenth(px)},${tenth(py)}H${tenth(px + side)}V${tenth(heightAt(x[i]))}H${tenth(px)}z` });
    });
    set(parts.line, { points: points([axes.hours[2], axes.hours[3]], [heightAt(first), heightAt(last)]) });
    /**
     * @param {"left" | "middle" | "right"} name
     * @param {number} drawnAt hours
     * @param {number} hours that it stands for
     * @param {number[][]} ends lines
     */
    const place = (name, drawnAt, hours, ends) => {
      const [height, ...reach] = [this.line, ...ends].map(line => line[0] + line[1] * hours);
      moveNode(parts[name], scale(axes.hours, drawnAt), heightAt(drawnAt));
      setAria(parts[name], height, reach, fill(words.at, { points: fixed(height, 2), hours }));
    };
    const shifted = [[axes.b0[0], b1], [axes.b0[1], b1]];
    const visibleEnd = b0 + b1 * last > axes.score[1] ? (axes.score[1] - b0) / b1 : last; // where it leaves the panel
    place("left", first, first, shifted);
    place("middle", visibleEnd / 2, last / 2, shifted);
    place("right", visibleEnd, last, [[b0, axes.b1[0]], [b0, axes.b1[1]]]);
  }

  /** The bar of all squares. @param {number[]} errors @param {number} rss */
  drawBar(errors, rss) {
    const { data, parts } = this;
    const { axes, words } = data;
    let sum = 0;
    const ends = errors.map(error => tenth(Math.min(scale(axes.sum, (sum += error * error)), data.far)));
    const [, , foot, top] = axes.bar;
    const rules = ends.map(end => `M${end},${top}V${foot}`).join("");
    set(parts.bar, { d: `M${axes.sum[2]},${top}V${foot}H${ends[ends.length - 1]}V${top}z${rules}` });
    parts.more.toggleAttribute("hidden", rss <= axes.sum[1]);
    parts.sum.textContent = fill(words.sum, { rss: fixed(rss, 0) });
  }

  /** Which way leaves less. @param {[number, number]} gradient */
  advice(gradient) {
    const { curvatures, even, words } = this.data;
    const [tooHigh, tooSteep] = gradient.map((slope, i) => slope / (2 * curvatures[i]));
    let height = tooHigh > 0 ? words.lower : words.higher;
    if (Math.abs(tooHigh) <= even[0]) height = words.level;
    let slope = this.line[1] > 0 ? words.flatter : words.falling;
    if (tooSteep < 0) slope = words.steeper;
    if (Math.abs(tooSteep) <= even[1]) slope = words.straight;
    return `${height} ${slope}`;
  }

  snapshot() {
    const { rss, gradient } = this.compute();
    return { line: this.line, rss, gradient, caption: this.parts.caption.textContent };
  }
}

define("linear-regression", LinearRegression);
