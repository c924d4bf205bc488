# %% [markdown]
# # From scratch in NumPy
#
# In this lab you write every function of logistic regression yourself, and you
# test each one the moment it exists. At the end you will be able to
#
# - write a sigmoid and the loss of a row that no finite logit breaks;
# - write the gradient, and find out without trusting anyone whether it is
#   right;
# - write the training loop, scale features, and draw a decision boundary;
# - judge the result on rows that it has not seen, and add a penalty.
#
# **What you need.** This lab belongs to
# [chapter 4, gradient descent](../chapters/04-gradient-descent.md); chapters
# [1](../chapters/01-linear-regression.md) to
# [3](../chapters/03-likelihood.md) lead there. NumPy does all the work,
# matplotlib draws. The package `logreg_docs` brings the data and the style of
# the figures. Beside that, it and scikit-learn judge what you wrote.
#
# **How it works.** In a cell that begins with `# Your turn`, write in place of
# the three dots and run it: `check` says whether it is right, or what may be
# wrong. A solution stands folded below. Run it, and the lab goes on with the
# solution; skip it, and the lab goes on with what you wrote. A cell that begins
# with `# Predict` asks for a number. Put yours in place of `None`. The answer
# is printed below, so decide before you look.
#
# **Time.** About an hour and a half if you write the code, twenty minutes if
# you read.

# %%
import numpy as np
from logreg_docs.datasets import load_breast_cancer, load_students
from logreg_docs.exercises.labs import check


def compare(guess, truth, *, rtol=0.02):
    """Show the answer to a prediction, and judge the guess if there is one."""
    if guess is not None:
        assert np.isclose(guess, truth, rtol=rtol), f"{guess}: think again"
    print(f"answer: {truth:.4g}")


# %% [markdown]
# ## 1. The data
#
# Some students sat an exam. For each we know the hours of study, and whether
# the student passed (1) or failed (0). From now on `X` has one row per student
# and one column per feature, and `y` holds the labels. Always look at shapes
# first.

# %%
students = load_students()
X = students.hours.reshape(-1, 1)
y = students.passed
m, d = X.shape

print("X", X.shape, " y", y.shape, " passed:", int(y.sum()), "of", m)
for row in (0, m // 2, m - 1):
    print(f"student {row:2d}: {X[row, 0]:4.1f} hours, label {y[row]:.0f}")

# %% [markdown]
# ## 2. A score for every row
#
# The model starts with a straight line. It gives every row $i$ a score, the
# **logit**, from a weight for each feature and an intercept:
#
# $$z_i = w_1 x_{i1} + \dots + w_d x_{id} + b$$
#
# For all rows at once this is $z = Xw + b$. What goes in: `X` of shape
# $(m, d)$, `w` of shape $(d,)$ and the number `b`. What comes out: one score
# per row, shape $(m,)$. In NumPy, `@` multiplies matrices.


# %% exec="answer"
# Your turn: one line.
def logits(X, w, b):
    """Score of every row, shape (m,)."""
    return ...


check("logits", logits)


# %% exec="solution"
def logits(X, w, b):
    return X @ w + b


check("logits", logits)

# %% [markdown]
# ## 3. From a score to a probability
#
# A score can be any number. A probability has to lie between 0 and 1. The
# [sigmoid](../chapters/02-sigmoid.md) turns one into the other:
#
# $$p_i = \sigma(z_i) = \frac{1}{1 + e^{-z_i}}$$
#
# Written down as it stands, it has a weak spot. We ask NumPy to raise an
# exception where it would otherwise only warn:

# %%
with np.errstate(over="raise"):
    try:
        1 / (1 + np.exp(-np.array([-1000.0, 0.0, 1000.0])))
    except FloatingPointError as error:
        print("FloatingPointError:", error)

# %% [markdown]
# The culprit is $e^{1000}$, which no float can hold. Multiply numerator and
# denominator by $e^{z}$ and the same function looks different:
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{1 + e^{z}}$$
#
# The left form is safe for $z \ge 0$, the right one for $z < 0$. In both cases
# the exponential that is needed is $e^{-|z|}$, which never exceeds 1.
#
# **Your turn.** Use `np.exp(-np.abs(z))` and `np.where(condition, a, b)`, which
# takes `a` where the condition holds and `b` elsewhere.


# %% exec="answer"
# Your turn: compute the small exponential once, then choose the numerator.
def sigmoid(z):
    """Probability for each logit, without overflow, in the shape of z."""
    return ...


check("sigmoid", sigmoid)


# %% exec="solution"
def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


check("sigmoid", sigmoid)

# %% [markdown]
# ### Three candidates
#
# A weight and an intercept now give every student a probability to pass. Which
# values are good ones? Here are three candidates, drawn over the data.

# %%
CANDIDATES = {
    "A": (np.array([0.3]), -1.0),
    "B": (np.array([1.0]), -5.5),
    "C": (np.array([1.0]), -2.0),
}

# %% exec="fold"
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import new_figure, styled

CLASS_0, CLASS_1, GUIDE = (
    PALETTE[role].light for role in ("class_0", "class_1", "guide")
)


@styled
def draw_candidates():
    figure, (ax,) = new_figure(
        "Students as points at height 0 (failed) and 1 (passed) over hours of "
        "study. Three rising curves of the probability to pass: A rises "
        "slowly all the way, B "
        "rises in the middle of the hours where both labels occur, C rises "
        "too early, where nearly all students failed.",
        width=5.8,
        height=3.2,
    )
    ax.plot(X[y == 0, 0], y[y == 0], "s", color=CLASS_0, mew=0, alpha=0.6)
    ax.plot(X[y == 1, 0], y[y == 1], "o", color=CLASS_1, mew=0, alpha=0.6)
    hours = np.linspace(0, 10.5, 80).reshape(-1, 1)
    for (name, (w, b)), dash in zip(
        CANDIDATES.items(), (":", "-", "--"), strict=True
    ):
        p = sigmoid(logits(hours, w, b))
        ax.plot(hours[:, 0], p, dash, color=GUIDE, label=f"candidate {name}")
    ax.set(xlabel="study (hours)", ylabel="probability to pass")
    ax.legend(loc="center right", fontsize=9)
    return figure


draw_candidates()

# %% [markdown]
# ## 4. How bad is a model?
#
# The **log loss** measures how surprised the model is by the labels. A row of
# class 1 costs $-\log p_i$, a row of class 0 costs $-\log(1 - p_i)$, and $J$ is
# the mean over the rows. [The likelihood chapter](../chapters/03-likelihood.md)
# says why we take this one.
#
# Taken literally, it breaks too. A model that is sure and wrong gets
# $\log 0$:

# %%
p_wrong = sigmoid(np.array([40.0]))  # surely a pass, says the model
with np.errstate(divide="ignore"):
    print("loss of a student who failed:", -np.log(1 - p_wrong)[0])

# %% [markdown]
# The true loss is not infinite at all. The probability was rounded to 1, and
# what was lost cannot be brought back. So we go from the logit to the loss
# without stopping at the probability. Since
# $1 - \sigma(z) = \sigma(-z)$, the two cases are
#
# $$\begin{aligned}
# -\log \sigma(z) &= \log(1 + e^{-z}) \\
# -\log \sigma(-z) &= \log(1 + e^{z})
# \end{aligned}$$
#
# They differ in a sign only. The factor $2 y_i - 1$ is $+1$ for class 1 and
# $-1$ for class 0, so
#
# $$J = \frac1m \sum_{i=1}^m \log\bigl(1 + e^{-(2 y_i - 1) z_i}\bigr)$$
#
# `np.logaddexp(0, t)` computes $\log(e^0 + e^t)$ without overflow.


# %% exec="answer"
# Your turn: sign, logaddexp, mean.
def log_loss(z, y):
    """Mean log loss in nats, from logits; one number."""
    return ...


check("log_loss", log_loss)


# %% exec="solution"
def log_loss(z, y):
    return np.logaddexp(0.0, -(2 * y - 1) * z).mean()


check("log_loss", log_loss)

# %%
# Predict: the loss of the student above, logit 40 and label 0.
guess = None
compare(guess, log_loss(np.array([40.0]), np.array([0.0])))

# %% [markdown]
# Look at the three curves again. Which candidate has the lowest loss, and does
# one of them do worse than a coin?

# %%
print(f"a coin       J = {np.log(2):.4f}")
for name, (w, b) in CANDIDATES.items():
    print(f"candidate {name}  J = {log_loss(logits(X, w, b), y):.4f}")

# %% [markdown]
# ## 5. Which way is down?
#
# Training means: change `w` and `b` until $J$ is as low as it gets. The
# gradient says how fast $J$ rises with each of them. The
# [derivation](../chapters/04-gradient-descent.md) ends in a formula that is
# easy to remember, *predicted minus true, weighted by the feature*:
#
# $$\begin{aligned}
# \frac{\partial J}{\partial w_j} &= \frac1m \sum_{i=1}^m (p_i - y_i) x_{ij} \\
# \frac{\partial J}{\partial b} &= \frac1m \sum_{i=1}^m (p_i - y_i)
# \end{aligned}$$
#
# For all weights at once, the first is $\frac1m X^\top (p - y)$. Mind the
# order: with $y - p$ you would climb.


# %% exec="answer"
# Your turn: two results, a vector of shape (d,) and a number.
def gradient(X, y, w, b):
    """Slopes of the mean log loss in w and in b."""
    return ..., ...


check("gradient", gradient)


# %% exec="solution"
def gradient(X, y, w, b):
    error = sigmoid(logits(X, w, b)) - y
    return X.T @ error / y.size, error.mean()


check("gradient", gradient)

# %% [markdown]
# ### Measure it
#
# Is the formula right, and is your code? You can measure a slope without any
# formula: move one number a little both ways, and divide the change of the loss
# by the distance,
#
# $$\frac{\partial J}{\partial \theta_j} \approx
# \frac{J(\theta + h e_j) - J(\theta - h e_j)}{2h}$$
#
# Here $\theta$ holds all numbers in one vector, and $e_j$ is 1 in place $j$ and
# 0 elsewhere.


# %% exec="answer"
# Your turn: loop over the places of the point.
def measured_gradient(function, point, h=1e-5):
    """Slopes of a function of one vector, by central differences.

    The function gives a number. The slopes have the shape of the point.
    """
    return ...


check("measured_gradient", measured_gradient)


# %% exec="solution"
def measured_gradient(function, point, h=1e-5):
    slopes = np.zeros_like(point)
    for j in range(point.size):
        shift = np.zeros_like(point)
        shift[j] = h
        rise = function(point + shift) - function(point - shift)
        slopes[j] = rise / (2 * h)
    return slopes


check("measured_gradient", measured_gradient)


# %%
def loss_at(point):
    """Loss of the students' data; the point holds w first and b last."""
    return log_loss(logits(X, point[:-1], point[-1]), y)


point = np.array([0.4, -1.5])
formula = np.append(*gradient(X, y, point[:-1], point[-1]))
measured = measured_gradient(loss_at, point)
print("formula ", formula)
print("measured", measured)
assert np.allclose(formula, measured, rtol=1e-7), "one of them is wrong"

# %% [markdown]
# Change a sign in `gradient` and run both cells again: the check fails. Then
# change it back. Make this measurement a habit for every gradient that you
# write by hand.
#
# ## 6. Walk
#
# Start at zero. In each step, subtract the gradient times the **learning rate**
# $\eta$:
#
# $$w \leftarrow w - \eta\, \frac{\partial J}{\partial w}, \qquad
# b \leftarrow b - \eta\, \frac{\partial J}{\partial b}$$
#
# Compute both slopes before you move anything. Keep the loss before the first
# step and after every step: it shows you what happens.


# %% exec="answer"
# Your turn: a loop of four lines.
def gradient_descent(X, y, learning_rate, n_steps):
    """Walk downhill from zero; also return the loss along the way.

    Three results: w of shape (d,), the number b, an array of n_steps + 1.
    """
    return ..., ..., ...


check("gradient_descent", gradient_descent)


# %% exec="solution"
def gradient_descent(X, y, learning_rate, n_steps):
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [log_loss(logits(X, w, b), y)]
    for _ in range(n_steps):
        slope_w, slope_b = gradient(X, y, w, b)
        w = w - learning_rate * slope_w
        b = b - learning_rate * slope_b
        losses.append(log_loss(logits(X, w, b), y))
    return w, b, np.array(losses)


check("gradient_descent", gradient_descent)

# %%
w, b, losses = gradient_descent(X, y, learning_rate=0.1, n_steps=300)
assert (np.diff(losses) < 0).all(), "every step went down"
print(f"w = {w[0]:.4f}, b = {b:.4f}, J = {losses[-1]:.4f}")

# %% [markdown]
# Predict the first value of `losses` before you run the next cell. At the start
# all logits are 0.

# %%
# Predict
guess = None
compare(guess, losses[0])

# %% [markdown]
# ## 7. Scale the features
#
# Every step went down, and yet the walk has not arrived. Newton's method finds
# the lowest point up to rounding, so it can tell how far there is to go:

# %%
from logreg_docs.newton import fit_newton

best = fit_newton(X, y)
print(f"lowest loss   {best.log_loss[-1]:.6f} at w = {best.w[0]:.4f}")
print(f"after 300     {losses[-1]:.6f} at w = {w[0]:.4f}")

# %% [markdown]
# All hours are positive, so raising `w` acts much like raising `b`, and the
# valley is long and narrow. Measure every feature from its mean, in standard
# deviations, and the valley becomes far rounder:
#
# $$x'_{ij} = \frac{x_{ij} - \bar x_j}{s_j}$$
#
# The means $\bar x_j$ and standard deviations $s_j$ are part of the model: new
# rows must be treated with the *same* numbers. So write two functions, one that
# learns the numbers and one that applies them.


# %% exec="answer"
# Your turn: mean and std have the option axis=0, "down the columns".
def learn_scale(X):
    """Mean and standard deviation of every column, each of shape (d,)."""
    return ..., ...


def apply_scale(X, scale):
    """Measure rows with means and deviations learnt before, a pair."""
    return ...


check("learn_scale", learn_scale)
check("apply_scale", apply_scale)


# %% exec="solution"
def learn_scale(X):
    return X.mean(axis=0), X.std(axis=0)


def apply_scale(X, scale):
    mean, deviation = scale
    return (X - mean) / deviation


check("learn_scale", learn_scale)
check("apply_scale", apply_scale)

# %% [markdown]
# The same number of steps on hours and on scaled hours. The scaled walk also
# tolerates a larger learning rate, one with which the walk on plain hours does
# not converge. The picture shows how far each walk is above the lowest loss. A
# line ends where only rounding is left, below $10^{-12}$.

# %%
scale = learn_scale(X)
Z = apply_scale(X, scale)
w_z, b_z, losses_z = gradient_descent(Z, y, learning_rate=2.0, n_steps=300)
too_large = gradient_descent(X, y, learning_rate=2.0, n_steps=300)[2]
assert (too_large[-100:] > np.log(2)).any(), "worse than a coin at times"


# %% exec="fold"
@styled
def draw_losses():
    figure, (ax,) = new_figure(
        "Distance from the lowest loss over the number of steps, on a "
        "logarithmic scale. On hours with a small rate it falls slowly. On "
        "hours with the large rate it jumps about and stays high. On scaled "
        "hours with the same large rate it drops to rounding and ends.",
        width=5.8,
        height=3.2,
    )
    walks = {
        "hours, rate 0.1": (losses, PALETTE["series_2"].light, "--"),
        "hours, rate 2": (too_large, PALETTE["series_4"].light, ":"),
        "scaled hours, rate 2": (losses_z, PALETTE["series_1"].light, "-"),
    }
    for name, (walk, colour, dash) in walks.items():
        gap = walk - best.log_loss[-1]
        steps = np.flatnonzero(gap > 1e-12)[::2]  # nothing to see below
        ax.semilogy(steps, gap[steps], dash, color=colour, label=name)
    ax.set(xlabel="step", ylabel="loss above the lowest (nats)")
    figure.legend(loc="outside upper left", ncols=3, fontsize=9)
    return figure


draw_losses()

# %% [markdown]
# A model on scaled features is a model on the old ones in other words. Put
# $x' = (x - \bar x)/s$ into $z = w' x' + b'$, sort the terms, and you find
#
# $$w_j = \frac{w'_j}{s_j}, \qquad b = b' - \sum_j \frac{w'_j \bar x_j}{s_j}$$
#
# In hours, the weight can be read. Compare two students, one of whom studied an
# hour more: the odds $p / (1 - p)$ of that one are $e^w$ times as large. And
# the chance is one half where $wx + b = 0$.

# %% exec="answer"
# Your turn: translate the weights back to hours.
mean, deviation = scale
w_hours = ...  # from w_z, of the same shape
b_hours = ...  # one number
check("in hours", (w_hours, b_hours))

# %% exec="solution"
w_hours = w_z / deviation
b_hours = b_z - (w_z * mean / deviation).sum()
check("in hours", (w_hours, b_hours))

# %%
print(f"one hour apart, odds {np.exp(w_hours[0]):.2f} times as large")
print(f"after {-b_hours / w_hours[0]:.2f} hours the chance is one half")

# %% [markdown]
# ## 8. Two features, and rows held back
#
# Now a real problem: tumours, each described by its mean area and its mean
# smoothness. Label 1 means *benign*. The two features have very different
# units, so scaling is not a luxury here.
#
# A model may not be judged on the rows it learnt from. So we shuffle the rows,
# hold back a quarter, and learn the scale **from the training rows alone**.

# %%
cancer = load_breast_cancer()
names = ("mean area", "mean smoothness")
columns = [cancer.feature_names.index(name) for name in names]
features, labels = cancer.X[:, columns], cancer.y
print("smallest", features.min(axis=0), " largest", features.max(axis=0))


# %% exec="answer"
# Your turn: rng.permutation(n) returns the numbers 0 ... n-1 in random order.
def split(X, y, share, rng):
    """Training rows, test rows, training labels, test labels.

    The test part holds that share of the rows, rounded to a whole number.
    """
    return ..., ..., ..., ...


check("split", split)


# %% exec="solution"
def split(X, y, share, rng):
    order = rng.permutation(y.size)
    n_test = round(share * y.size)
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


check("split", split)

# %%
rng = np.random.default_rng(0)
X_train, X_test, y_train, y_test = split(features, labels, share=0.25, rng=rng)

scale = learn_scale(X_train)
Z_train, Z_test = apply_scale(X_train, scale), apply_scale(X_test, scale)
print("train", Z_train.shape, " test", Z_test.shape)

# %%
w, b, losses = gradient_descent(
    Z_train, y_train, learning_rate=2.0, n_steps=2000
)
best = fit_newton(Z_train, y_train)
assert np.allclose([*w, b], [*best.w, best.b], rtol=1e-6), "not the lowest"
print(f"w = {w.round(3)}, b = {b:.3f}, J = {losses[-1]:.4f}")

# %% [markdown]
# Without scaling, the same code fails. The loss after a hundred steps, for
# three learning rates. With the first two the walk does not converge: they are
# above the limit that [the curvature at the lowest
# point](../chapters/04-gradient-descent.md#limit) sets. The last one is below
# it, and gets nowhere:

# %%
from logreg_docs.learning_rate import learning_rate_limit

unscaled = fit_newton(X_train, y_train)
limit = learning_rate_limit(X_train, unscaled.w, unscaled.b)
assert 1e-5 < limit < 1e-3
for rate in (1.0, 1e-3, 1e-5):
    _, _, walk = gradient_descent(
        X_train, y_train, learning_rate=rate, n_steps=100
    )
    print(f"rate {rate:g}: loss {walk[-1]:9.4f}   a coin: {np.log(2):.4f}")
print(f"limit {limit:.1e}, lowest loss {unscaled.log_loss[-1]:.4f}")

# %% [markdown]
# ## 9. Decide
#
# A probability is not yet a decision. Choose class 1 where $p_i$ is at least a
# **threshold**, usually one half. Because $\sigma(0) = \frac12$, that is where
# the logit is at least 0. For two features, $w_1 x_1 + w_2 x_2 + b = 0$ is a
# straight line, the **decision boundary**:
#
# $$x_2 = -\frac{w_1 x_1 + b}{w_2}$$


# %% exec="answer"
# Your turn: probabilities, comparison, and True and False as 1.0 and 0.0.
def predict(X, w, b, threshold=0.5):
    """Class of every row, 0.0 or 1.0."""
    return ...


check("predict", predict)


# %% exec="solution"
def predict(X, w, b, threshold=0.5):
    return (sigmoid(logits(X, w, b)) >= threshold).astype(float)


check("predict", predict)


# %% exec="answer"
# Your turn: the height of the boundary at x1.
def boundary(x1, w, b):
    """The x2 at which both classes are equally likely; w has two weights."""
    return ...


check("boundary", boundary)


# %% exec="solution"
def boundary(x1, w, b):
    return -(w[0] * x1 + b) / w[1]


check("boundary", boundary)

# %%
right = predict(Z_test, w, b) == y_test
print(f"{right.sum()} of {right.size} test rows are on their own side")


# %% exec="fold"
@styled
def draw_boundary():
    figure, (ax,) = new_figure(
        "Test rows over scaled mean area and scaled mean smoothness. Benign "
        "tumours, circles, lie at small areas; malignant ones, squares, at "
        f"larger ones. A falling straight line parts them and {right.sum()} "
        f"of {right.size} rows are on their own side; crosses mark the rest.",
        width=5.8,
        height=4.0,
    )
    for label, marker, colour in ((0, "s", CLASS_0), (1, "o", CLASS_1)):
        of_class = Z_test[y_test == label]
        name = cancer.target_names[label]
        ax.plot(*of_class.T, marker, color=colour, mew=0, alpha=0.6, label=name)
    cross = {"color": PALETTE["fg"].light, "ms": 8, "label": "wrong side"}
    ax.plot(*Z_test[~right].T, "x", **cross)
    limits = ax.axis()
    ends = np.array(limits[:2])
    ax.plot(ends, boundary(ends, w, b), color=GUIDE, label="p = 1/2")
    ax.axis(limits)
    ax.set(xlabel="mean area (standard deviations)")
    ax.set(ylabel="mean smoothness (standard deviations)")
    figure.legend(loc="outside upper left", ncols=4, fontsize=9)
    return figure


draw_boundary()

# %% [markdown]
# ## 10. Judge on the rows held back
#
# Count the four kinds of outcome. *Positive* means that the model says class 1,
# here: benign. Accuracy is the share of right answers. It means little unless
# you know the accuracy of a model without features, which does best by always
# saying the more common class. And other test rows would give another share:
# the standard error (s.e.) says how much it varies.


# %% exec="answer"
# Your turn: four counts; (a == 1) & (b == 0) is True where both hold.
def count_outcomes(predicted, y):
    """True and false positives, false and true negatives."""
    return ..., ..., ..., ...


check("count_outcomes", count_outcomes)


# %% exec="solution"
def count_outcomes(predicted, y):
    return (
        ((predicted == 1) & (y == 1)).sum(),
        ((predicted == 1) & (y == 0)).sum(),
        ((predicted == 0) & (y == 1)).sum(),
        ((predicted == 0) & (y == 0)).sum(),
    )


check("count_outcomes", count_outcomes)

# %%
outcomes = count_outcomes(predict(Z_test, w, b), y_test)
kinds = "true positives", "false positives", "false negatives", "true negatives"
for name, number in zip(kinds, outcomes, strict=True):
    print(f"{name:16s} {number:4d}")
assert sum(outcomes) == y_test.size, "every row once"

common = max(y_test.mean(), 1 - y_test.mean())
error = np.sqrt(right.mean() * (1 - right.mean()) / right.size)
print(f"accuracy on the test rows     {right.mean():.3f}, s.e. {error:.3f}")
print(f"always the more common class  {common:.3f}")
loss_test = log_loss(logits(Z_test, w, b), y_test)
print(f"loss: training {losses[-1]:.4f}, test {loss_test:.4f}")

# %% [markdown]
# The dangerous mistake here is a false positive: a malignant tumour that is
# called benign. We want to be surer before we say benign. Which way must the
# threshold move, and what is the price? Think first, then run.

# %%
for threshold in (0.3, 0.5, 0.7, 0.9):
    found = count_outcomes(predict(Z_test, w, b, threshold=threshold), y_test)
    wrong = found[1:3]
    print(
        f"threshold {threshold}: malignant called benign {wrong[0]:2d},",
        end=" ",
    )
    print(f"benign called malignant {wrong[1]:2d}")

# %% [markdown]
# [The evaluation chapter](../chapters/06-evaluation.md) chooses the threshold
# from what each mistake costs.
#
# ## 11. A penalty on large weights
#
# Six students, with hours measured from their mean. All above it passed and all
# below it failed. Nothing stops the weight now: a larger one makes the model
# surer, and on these rows it is always right.

# %%
few_x = np.array([[-3.0], [-2.0], [-1.0], [1.0], [2.0], [3.0]])
few_y = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
for n_steps in (10, 100, 1000, 10_000):
    w_few, _, _ = gradient_descent(
        few_x, few_y, learning_rate=1.0, n_steps=n_steps
    )
    print(f"after {n_steps:6d} steps: w = {w_few[0]:.2f}")

# %% [markdown]
# The remedy is a price for large weights. Instead of $J$ alone, minimise
#
# $$F(w, b) = J(w, b) + \frac{\lambda}{2} \sum_j w_j^2$$
#
# The strength $\lambda$ is yours to choose. The intercept costs nothing: it
# only shifts all logits alike. The derivative of $\frac{\lambda}{2} w_j^2$ is
# $\lambda w_j$, so one term is added to one line.


# %% exec="answer"
# Your turn: the old gradient plus one term, and the old loop with it.
def penalised_gradient(X, y, w, b, l2):
    """Slopes of the penalised loss in w and in b."""
    return ..., ...


def fit_penalised(X, y, l2, learning_rate, n_steps):
    """Walk downhill on the penalised loss, from zero; return w and b."""
    return ..., ...


check("penalised_gradient", penalised_gradient)
check("fit_penalised", fit_penalised)


# %% exec="solution"
def penalised_gradient(X, y, w, b, l2):
    slope_w, slope_b = gradient(X, y, w, b)
    return slope_w + l2 * w, slope_b


def fit_penalised(X, y, l2, learning_rate, n_steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(n_steps):
        slope_w, slope_b = penalised_gradient(X, y, w, b, l2)
        w = w - learning_rate * slope_w
        b = b - learning_rate * slope_b
    return w, b


check("penalised_gradient", penalised_gradient)
check("fit_penalised", fit_penalised)


# %%
def penalised_loss_at(point):
    """Penalised loss of the tumours, w first and b last, for l2 = 0.3."""
    z = logits(Z_train, point[:-1], point[-1])
    return log_loss(z, y_train) + 0.3 / 2 * (point[:-1] ** 2).sum()


point = np.array([-2.0, 0.7, 0.5])
formula = penalised_gradient(Z_train, y_train, point[:-1], point[-1], 0.3)
measured = measured_gradient(penalised_loss_at, point)
assert np.allclose(np.append(*formula), measured, rtol=1e-7), "one is wrong"
for n_steps in (10, 100, 1000, 10_000):
    w_few, _ = fit_penalised(
        few_x, few_y, l2=0.1, learning_rate=1.0, n_steps=n_steps
    )
    print(f"after {n_steps:6d} steps: w = {w_few[0]:.2f}")

# %% [markdown]
# Now the weight stays. On the tumours, the stronger the penalty, the nearer
# to 0 are both weights. (A penalty also makes the valley steeper, so a strong
# one asks for a smaller learning rate.)

# %%
strengths = np.logspace(-3, 1, 17)
fits = [
    fit_penalised(
        Z_train, y_train, l2=l2, learning_rate=1 / (1 + l2), n_steps=1500
    )
    for l2 in strengths
]
path = np.array([w for w, _ in fits])
assert (np.diff(np.abs(path), axis=0) < 0).all(), "both weights shrink"


# %% exec="fold"
@styled
def draw_path():
    figure, (ax,) = new_figure(
        "The two weights of the tumour model over the strength of the penalty, "
        "on a logarithmic axis. Both are negative and shrink towards 0 as the "
        "penalty grows.",
        width=5.8,
        height=3.2,
    )
    for name, column, dash in zip(names, path.T, ("-", "--"), strict=True):
        ax.semilogx(strengths, column, dash, label=name)
    ax.axhline(0, color=PALETTE["muted"].light, lw=0.8)
    ax.set(xlabel="penalty λ", ylabel="weight (nats per deviation)")
    ax.legend(fontsize=9)
    return figure


draw_path()

# %% [markdown]
# ## 12. The last judge
#
# scikit-learn was written by other people, with another algorithm. It counts
# the penalty the other way round: its option `C` is large where the penalty is
# weak. It minimises $\frac12 \sum_j w_j^2 + C \sum_i \ell_i$, where $\ell_i$ is
# the loss of row $i$. (Its solver `liblinear` penalises the intercept too.)
# Divide by $Cm$ and compare with $F$. Which `C` belongs to
# $\lambda = 0.01$ and the training rows?

# %%
# Predict
guess = None
l2 = 0.01
C = 1 / (y_train.size * l2)
compare(guess, C)

# %%
from sklearn.linear_model import LogisticRegression

plain = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
plain.fit(Z_train, y_train)
theirs = np.append(plain.coef_, plain.intercept_)
assert np.allclose(np.append(w, b), theirs, rtol=1e-4), "without penalty"

ridge = LogisticRegression(C=C, tol=1e-10, max_iter=10_000)
ridge.fit(Z_train, y_train)
theirs = np.append(ridge.coef_, ridge.intercept_)
w_l2, b_l2 = fit_penalised(
    Z_train, y_train, l2=l2, learning_rate=2.0, n_steps=2000
)
assert np.allclose(np.append(w_l2, b_l2), theirs, rtol=1e-4), "with penalty"
same = predict(Z_test, w_l2, b_l2) == ridge.predict(Z_test)
print(f"the same decision on {same.sum()} of {same.size} test rows")
print("yours ", np.append(w_l2, b_l2).round(6))
print("theirs", theirs.round(6))

# %% [markdown]
# Note the trap: `LogisticRegression()` without options has `C=1.0`. It
# penalises unless you say otherwise.
#
# ## 13. Try it
#
# Two tasks without guidance. Each has a check.
#
# **Stop in time.** `n_steps` was a guess so far. Write a loop that stops as
# soon as the length of the whole gradient, slope of $b$ included, is at most
# `tolerance`, and that reports how many steps it took.


# %% exec="answer"
# Your turn
def descend_until(X, y, learning_rate, tolerance, most_steps=100_000):
    """Walk until the ground is flat; return w, b and the number of steps."""
    return ..., ..., ...


check("descend_until", descend_until)


# %% exec="solution"
def descend_until(X, y, learning_rate, tolerance, most_steps=100_000):
    w, b = np.zeros(X.shape[1]), 0.0
    for step in range(most_steps):
        slope_w, slope_b = gradient(X, y, w, b)
        if np.linalg.norm(np.append(slope_w, slope_b)) <= tolerance:
            return w, b, step
        w = w - learning_rate * slope_w
        b = b - learning_rate * slope_b
    raise RuntimeError(f"not flat after {most_steps} steps")


check("descend_until", descend_until)

# %%
for tolerance in (1e-2, 1e-4, 1e-6):
    w_flat, b_flat, n_steps = descend_until(
        Z_train, y_train, learning_rate=2.0, tolerance=tolerance
    )
    off = np.abs(np.append(w_flat, b_flat) - [*best.w, best.b]).max()
    print(f"tolerance {tolerance:g}: {n_steps:4d} steps, off by {off:.1e}")

# %% [markdown]
# **A few rows at a time.** With very many rows, one full gradient is expensive.
# Take the rows in a random order, cut it into batches, and make a step after
# each batch. One pass over all rows is an *epoch*. With a fixed rate the noise
# of the batches would keep this walk from settling, so let the learning rate
# shrink: divide it by the square root of `1 + epoch`.


# %% exec="answer"
# Your turn
def descend_in_batches(X, y, learning_rate, n_epochs, batch_size, rng):
    """Walk with the gradients of small batches, from zero; return w and b."""
    return ..., ...


check("descend_in_batches", descend_in_batches)


# %% exec="solution"
def descend_in_batches(X, y, learning_rate, n_epochs, batch_size, rng):
    w, b = np.zeros(X.shape[1]), 0.0
    for epoch in range(n_epochs):
        order = rng.permutation(y.size)
        for start in range(0, y.size, batch_size):
            rows = order[start : start + batch_size]
            slope_w, slope_b = gradient(X[rows], y[rows], w, b)
            w = w - learning_rate / np.sqrt(1 + epoch) * slope_w
            b = b - learning_rate / np.sqrt(1 + epoch) * slope_b
    return w, b


check("descend_in_batches", descend_in_batches)

# %%
w_batch, b_batch = descend_in_batches(
    Z_train,
    y_train,
    learning_rate=2.0,
    n_epochs=20,
    batch_size=32,
    rng=np.random.default_rng(1),
)
reached = log_loss(logits(Z_train, w_batch, b_batch), y_train)
lowest = best.log_loss[-1]
print(f"after 20 epochs J = {reached:.5f}, the lowest is {lowest:.5f}")
assert lowest <= reached < lowest + 0.002, "not near the lowest point"

# %% [markdown]
# ## Where to go next
#
# - The same program with gradients that you do not have to derive:
#   [PyTorch, step by step](pytorch_step_by_step.py).
# - How large may the learning rate be, and why:
#   [gradient descent](../chapters/04-gradient-descent.md).
# - Why the weights ran away, and what the penalty means:
#   [when it goes wrong](../chapters/07-separation.md).
# - The functions that judged you, with their formulas and checks on the input:
#   [reference](../reference/index.md).
