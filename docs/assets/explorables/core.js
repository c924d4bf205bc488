// @ts-check
// The mathematics, and nothing else: no DOM. Tests run every function in a browser and hold it against the package.

/**
 * @param {number} z logit
 * @returns {number} probability; exp never sees a positive number
 */
export function sigmoid(z) {
  const decay = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : decay) / (1 + decay);
}

/**
 * @param {number} z logit
 * @returns {number} slope of the sigmoid; 1 - sigmoid(z) is sigmoid(-z), which keeps its digits
 */
export function sigmoidDerivative(z) {
  return sigmoid(z) * sigmoid(-z);
}

/**
 * @param {number} z logit
 * @returns {number} odds
 */
export function odds(z) {
  return sigmoid(z) / sigmoid(-z);
}

/**
 * @param {number} z logit
 * @returns {number} log(1 + exp(z)) without overflow
 */
export function softplus(z) {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}

/**
 * @param {number} z logit
 * @param {number} y label, 0 or 1
 * @returns {number} log loss of one row in nats
 */
export function rowLoss(z, y) {
  return softplus(y ? -z : z);
}

/**
 * @param {number} z logit
 * @param {number} y label, 0 or 1
 * @returns {number} slope of the log loss of one row in its logit, p - y without cancellation
 */
export function rowSlope(z, y) {
  return y ? -sigmoid(-z) : sigmoid(z);
}

/**
 * @param {number} z logit
 * @param {number} y label, 0 or 1
 * @returns {number} squared error of one row
 */
export function rowError(z, y) {
  return rowSlope(z, y) * rowSlope(z, y);
}

/**
 * @param {number} z logit
 * @param {number} y label, 0 or 1
 * @returns {number} slope of the squared error of one row in its logit
 */
export function rowErrorSlope(z, y) {
  return 2 * rowSlope(z, y) * (sigmoid(z) * sigmoid(-z));
}

/**
 * @param {number[]} x the one feature
 * @param {number[]} y labels
 * @param {number} w weight
 * @param {number} b intercept
 * @returns {number} mean log loss in nats
 */
export function logLoss(x, y, w, b) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += rowLoss(w * x[i] + b, y[i]);
  return sum / x.length;
}

/**
 * Probabilities of 0 ... n heads in any order: from the most probable count each neighbour by its ratio, then divided
 * by their sum. No factorial, so nothing overflows.
 * @param {number} n tosses
 * @param {number} theta probability of heads
 * @returns {number[]} n + 1 probabilities
 */
export function binomial(n, theta) {
  const values = Array(n + 1).fill(0);
  const top = Math.min(n, Math.floor((n + 1) * theta));
  const odds = theta / (1 - theta);
  values[top] = 1;
  for (let k = top; k < n; k++) values[k + 1] = values[k] * ((n - k) / (k + 1)) * odds;
  for (let k = top; k; k--) values[k - 1] = (values[k] * (k / (n - k + 1))) / odds;
  const sum = values.reduce((total, value) => total + value);
  return values.map(value => value / sum);
}

/**
 * @param {number} k heads
 * @param {number} n tosses
 * @param {number} theta probability of heads
 * @returns {number} log-likelihood in nats of the tosses in their order
 */
export function logLikelihood(k, n, theta) {
  return (k && k * Math.log(theta)) + (n - k && (n - k) * Math.log1p(-theta));
}

/**
 * @param {number[]} x the one feature
 * @param {number[]} y labels
 * @param {number} w weight
 * @param {number} b intercept
 * @returns {[number, number]} slope of the mean log loss in w and in b
 */
export function gradient(x, y, w, b) {
  let inW = 0;
  let inB = 0;
  for (let i = 0; i < x.length; i++) {
    const error = sigmoid(w * x[i] + b) - y[i];
    inW += error * x[i];
    inB += error;
  }
  return [inW / x.length, inB / x.length];
}

/**
 * Newton's method, all of whose steps are whole: start it near enough.
 * @param {number[]} x the one feature
 * @param {number[]} y labels
 * @param {number} w weight at the start
 * @param {number} b intercept at the start
 * @param {number} l2 strength of the penalty on the weight
 * @returns {[number, number]} weight and intercept of the lowest penalised log loss
 */
export function newton(x, y, w, b, l2) {
  for (let left = 20; left; left--) {
    const [inW, inB] = gradient(x, y, w, b);
    let [ww, wb, bb] = [l2, 0, 0];
    for (const value of x) {
      const curvature = sigmoidDerivative(w * value + b) / x.length;
      ww += curvature * value * value;
      wb += curvature * value;
      bb += curvature;
    }
    const slope = inW + l2 * w;
    const determinant = ww * bb - wb * wb;
    w -= (bb * slope - wb * inB) / determinant;
    b -= (ww * inB - wb * slope) / determinant;
  }
  return [w, b];
}

/**
 * @param {number[]} x the one feature
 * @param {number[]} y labels
 * @param {number} w weight at the start
 * @param {number} b intercept at the start
 * @param {number} eta learning rate
 * @param {number} steps how many steps to take
 * @returns {{w: number[], b: number[], loss: number[]}} every point of the walk and its loss
 */
export function descend(x, y, w, b, eta, steps) {
  const walk = { w: [w], b: [b], loss: [logLoss(x, y, w, b)] };
  for (let k = 0; k < steps; k++) {
    const [inW, inB] = gradient(x, y, w, b);
    w -= eta * inW;
    b -= eta * inB;
    walk.w.push(w);
    walk.b.push(b);
    walk.loss.push(logLoss(x, y, w, b));
  }
  return walk;
}

/**
 * @param {number[]} x the one feature
 * @param {number[]} y targets
 * @param {number} b0 intercept
 * @param {number} b1 slope
 * @returns {number[]} observed minus guessed
 */
export function residuals(x, y, b0, b1) {
  return y.map((target, i) => target - b0 - b1 * x[i]);
}

/**
 * @param {number[]} errors residuals
 * @returns {number} sum of their squares
 */
export function sumOfSquares(errors) {
  return errors.reduce((sum, error) => sum + error * error, 0);
}

/**
 * @param {number[]} x the one feature
 * @param {number[]} errors residuals
 * @returns {[number, number]} slope of the sum of their squares in the intercept and in the slope
 */
export function sumOfSquaresGradient(x, errors) {
  let inB0 = 0;
  let inB1 = 0;
  errors.forEach((error, i) => {
    inB0 -= 2 * error;
    inB1 -= 2 * x[i] * error;
  });
  return [inB0, inB1];
}
