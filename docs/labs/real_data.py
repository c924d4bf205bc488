# %% [markdown]
# # Real data, from question to answer
#
# At the end of this lab you will be able to
#
# - turn a question into a model, and say what its label, unit and row are;
# - fit it and have a second program confirm every number;
# - report an odds ratio with an interval, and tell when the usual interval
#   deserves doubt;
# - give a probability with an interval at a value of your choice;
# - check a fit, find the row it hangs on, and write down what it cannot say.
#
# This lab belongs to [chapter 2, the sigmoid](../chapters/02-sigmoid.md).
# You need [the sigmoid chapter](../chapters/02-sigmoid.md), [the likelihood
# chapter](../chapters/03-likelihood.md) and the section on [Newton's
# method](../chapters/04-gradient-descent.md#newton). Take about an hour. Run
# the cells in order, and guess before you run.

# %% [markdown]
# ## The question
#
# On 28 January 1986 the space shuttle Challenger was launched on a cold
# morning. It was lost 73 seconds later: hot gas had leaked through a joint of a
# booster that rubber O-rings should have sealed. The night before, engineers
# had warned of the cold.
#
# How cold was it? The paper that our data come from takes 31 °F (S. R. Dalal,
# E. B. Fowlkes and B. Hoadley, 1989, *Journal of the American Statistical
# Association* 84, 945–957), and so does this lab. The commission that
# investigated the accident gives 36 °F for the air, and estimates the coldest
# point of the joint that failed at 28 ± 5 °F (Presidential Commission on the
# Space Shuttle Challenger Accident, 1986, *Report*, volume 1, chapter IV).
#
# Write a question down before you look at the data.
#
# - **Asked:** what would the earlier flights have said about 31 °F?
# - **A row:** one earlier flight whose boosters were recovered.
# - **The label:** 1 if at least one of the six primary O-rings of the *field
#   joints* showed thermal distress, that is, was eroded or let gas past. The
#   nozzle joints are not counted. It does *not* mean an accident.
# - **The feature:** temperature of the joints at launch, in °F.
# - **Used for:** a decision, so the uncertainty matters as much as the number.

# %%
import numpy as np
import statsmodels.api as sm
from logreg_docs.datasets import load_breast_cancer, load_challenger
from logreg_docs.log_loss import log_loss, pointwise_log_loss
from logreg_docs.newton import fit_newton
from logreg_docs.scaling import standardise
from logreg_docs.separation import find_separation
from logreg_docs.sigmoid import logit, sigmoid
from logreg_docs.tables import Table
from scipy.optimize import brentq
from scipy.stats import chi2, norm

flights = load_challenger()
X, y = flights.X, flights.y
degrees, m = X[:, 0], len(y)
cold = 31.0

print(flights.source)
print(f"{m} flights, {y.sum():.0f} with distress")
assert y[degrees < 65].all()  # said in the alt text and at the end
print(f"coldest flight: {degrees.min():.0f} °F, warmest {degrees.max():.0f} °F")
print(f"from the coldest down to the question: {degrees.min() - cold:.0f} °F")

# %% [markdown]
# ## Look first
#
# Plot every row. With so few there is nothing to summarise away. Flights at the
# same temperature are stacked.


# %% exec="fold"
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import new_figure, styled


def stacked(values):
    seen = [np.sum(values[:i] == value) for i, value in enumerate(values)]
    return np.array(seen)


@styled
def draw_flights():
    figure, (ax,) = new_figure(
        f"Two rows of marks over the temperature, one per flight. The "
        f"{y.sum():.0f} flights with distress lie between "
        f"{degrees[y == 1].min():.0f} and {degrees[y == 1].max():.0f} °F, the "
        f"others between {degrees[y == 0].min():.0f} and "
        f"{degrees.max():.0f} °F. Every flight below 65 °F had distress. A "
        f"dashed line far to the left marks 31 °F, where there is no flight.",
        width=5.4,
        height=2.6,
    )
    for label, colour, marker in ((0, "class_0", "s"), (1, "class_1", "o")):
        t = degrees[y == label]
        height = label + 0.13 * stacked(t)
        ax.plot(t, height, marker, color=PALETTE[colour].light, mew=0)
    ax.axvline(cold, ls="--", color=PALETTE["mark"].light)
    ax.text(cold + 0.7, 0.55, "the question", color=PALETTE["mark"].light)
    ax.set(xlabel="joint temperature (°F)", xlim=(28, 84), ylim=(-0.3, 1.6))
    ax.set_yticks([0, 1], flights.target_names)
    return figure


draw_flights()

# %% [markdown]
# **Guess.** Cover the squares with your hand and look at the flights
# with distress alone. Do you still see an effect of the temperature?
#
# The night before the launch, the flights *with* distress were compared with
# one another, and the temperature seemed not to matter (the commission's
# *Report*, volume 1, chapter VI). But flights that went well are evidence too.
# Ask the model for an effect without them:

# %%
only_distress = y == 1
try:
    fit_newton(X[only_distress], y[only_distress])
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# Choosing rows by their label is called *selection on the outcome*. Where one
# class is left out entirely, the rows that are left cannot repair it. Keeping a
# random share of one class is another matter: if the model is right, it only
# [shifts the intercept](../chapters/06-evaluation.md#shift), and the effect can
# still be read.
#
# One more look before the fit. If a single temperature split the classes, the
# likelihood would have no top (see
# [separation](../chapters/07-separation.md#separation)).

# %%
kind = find_separation(X, y).kind
assert kind == "none"
print("separation:", kind)

# %% [markdown]
# ## Fit, and have it judged
#
# The model has two parameters: $p = \sigma(w t + b)$ at $t$ °F. Newton's method
# finds them and their standard errors. *statsmodels* shares no code with this
# package, so it can judge. Every comparison in this lab raises an error if the
# two disagree, and then the page is not built.

# %%
fit = fit_newton(X, y)
judge = sm.GLM(y, sm.add_constant(X), family=sm.families.Binomial()).fit(
    tol=1e-14
)
order = [1, 0]  # statsmodels puts the intercept first, we put it last

top = -m * fit.log_loss[-1]  # log-likelihood: a sum, where log_loss is a mean
np.testing.assert_allclose([*fit.w, fit.b], judge.params[order], rtol=1e-7)
np.testing.assert_allclose(fit.standard_errors, judge.bse[order], rtol=1e-6)
np.testing.assert_allclose(top, judge.llf, rtol=1e-10)

Table(
    columns=("term", "estimate", "standard error"),
    rows=[
        (name, f"{value:.5f}", f"{error:.5f}")
        for name, value, error in zip(
            ("weight w, per °F", "intercept b"),
            (*fit.w, fit.b),
            fit.standard_errors,
            strict=True,
        )
    ],
    caption="statsmodels finds the same numbers.",
)

# %% [markdown]
# ## Say what it means: odds ratios
#
# Compare two flights that differ by one degree. The logit of the warmer one is
# larger by $w$, so its odds are $e^w$ times those of the other. Ten degrees
# *colder*, the odds are $e^{-10w}$ times as large. Report the difference that a
# reader can imagine.
#
# The **Wald interval** takes the estimate as normally distributed:
#
# $$w \pm 1.96 \, \operatorname{SE}(w)$$
#
# Then exponentiate both ends. Do not put $\pm$ around the odds ratio itself: it
# is the *logarithm* whose distribution is closer to symmetric.

# %%
z95 = norm.ppf(0.975)
slope, slope_error = fit.w[0], fit.standard_errors[0]
wald = slope + np.array([-1, 1]) * z95 * slope_error
np.testing.assert_allclose(wald, judge.conf_int()[1], rtol=1e-6)


def odds_ratio_row(difference, name, interval):
    ends = np.sort(np.exp(difference * interval))
    ratio = f"{np.exp(difference * slope):.2f}"
    return name, ratio, f"{ends[0]:.2f} to {ends[1]:.2f}"


Table(
    columns=("difference", "odds of distress times", "95% Wald interval"),
    rows=[
        odds_ratio_row(1, "1 °F warmer", wald),
        odds_ratio_row(-1, "1 °F colder", wald),
        odds_ratio_row(-10, "10 °F colder", wald),
    ],
)

# %% [markdown]
# The intercept is the logit at 0 °F, where no shuttle was launched. It is
# needed for predictions and means nothing alone.
#
# ## When Wald deserves doubt
#
# The interval above trusts a parabola. It replaces the log-likelihood by the
# parabola that touches it at its top, and with few rows the true curve is
# lopsided. Two ways to ask whether the temperature matters:
#
# 1. **Wald:** how many standard errors is $w$ away from 0? Its interval is the
#    one above.
# 2. **Likelihood ratio:** how much log-likelihood is lost when $w = 0$? Twice
#    the loss is the statistic. For an interval, ask this of every value of $w$,
#    not of 0 alone, and keep the values that lose little. That is the **profile
#    likelihood** interval (D. J. Venzon and S. H. Moolgavkar, 1988, *Applied
#    Statistics* 37, 87–94).
#
# The *square* of the number of standard errors can be compared with twice the
# lost log-likelihood. If there is no effect, both follow a chi-square
# distribution with one degree of freedom, roughly (for the first A. Wald, 1943,
# *Transactions of the American Mathematical Society* 54, 426–482; for the
# second S. S. Wilks, 1938, *Annals of Mathematical Statistics* 9, 60–62).
#
# For each fixed $w$ the intercept is fitted anew. It is where the slope of the
# log loss in $b$ vanishes, and as the loss is convex, that slope only rises.


# %%
def profile(fixed, u, v):
    """Top log-likelihood with logits `fixed * u + free * v`, over `free`."""

    def slope_in_free(free):
        return v @ (sigmoid(fixed * u + free * v) - y)

    free = brentq(slope_in_free, -100, 100, xtol=1e-13)
    return -m * log_loss(fixed * u + free * v, y)


def profile_interval(estimate, error, u, v):
    def beyond(fixed):
        return 2 * (top - profile(fixed, u, v)) - chi2.ppf(0.95, 1)

    far = 12 * error
    return np.array(
        [
            brentq(beyond, estimate - far, estimate),
            brentq(beyond, estimate, estimate + far),
        ]
    )


ones = np.ones(m)
centred = degrees - degrees.mean()
by_profile = profile_interval(slope, slope_error, centred, ones)

for end in by_profile:  # the judge refits with the weight held at each end
    held = sm.GLM(y, ones, family=sm.families.Binomial(), offset=end * degrees)
    lost = 2 * (judge.llf - held.fit(tol=1e-14).llf)
    np.testing.assert_allclose(lost, chi2.ppf(0.95, 1), rtol=1e-6)

# %%
base_rate = np.full(m, logit(y.mean()))
likelihood_ratio = 2 * (top + m * log_loss(base_rate, y))
in_errors = slope / slope_error
np.testing.assert_allclose(
    likelihood_ratio, judge.null_deviance - judge.deviance, rtol=1e-8
)
np.testing.assert_allclose(2 * norm.sf(abs(in_errors)), judge.pvalues[1])

print(f"the weight is {abs(in_errors):.2f} standard errors away from 0")
Table(
    columns=("test", "statistic", "p-value", "odds ratio, 10 °F colder"),
    rows=[
        (
            "Wald, squared",
            f"{in_errors**2:.2f}",
            f"{2 * norm.sf(abs(in_errors)):.4f}",
            f"Wald: {odds_ratio_row(-10, '', wald)[2]}",
        ),
        (
            "likelihood ratio",
            f"{likelihood_ratio:.2f}",
            f"{chi2.sf(likelihood_ratio, 1):.4f}",
            f"profile: {odds_ratio_row(-10, '', by_profile)[2]}",
        ),
    ],
    caption="Both statistics have one degree of freedom; intervals are 95%.",
)


# %% exec="fold"
@styled
def draw_profile():
    grid = np.linspace(-0.62, 0.04, 120)
    curve = [profile(w, centred, ones) - top for w in grid]
    parabola = -0.5 * ((grid - slope) / slope_error) ** 2
    figure, (ax,) = new_figure(
        f"Log-likelihood below its top, over the weight. The true curve and "
        f"the parabola share the top at {slope:.2f}. To the left the parabola "
        f"falls faster than the curve, to the right more slowly. At the 95% "
        f"line the curve spans {by_profile[0]:.2f} to {by_profile[1]:.2f}, "
        f"the parabola {wald[0]:.2f} to {wald[1]:.2f}.",
        width=5.4,
        height=3.2,
    )
    ax.plot(grid, curve, label="log-likelihood, best intercept for each w")
    ax.plot(grid, parabola, "--", label="parabola behind the Wald interval")
    cut = -chi2.ppf(0.95, 1) / 2
    ax.axhline(cut, ls=":", color=PALETTE["muted"].light)
    ax.text(-0.615, cut + 0.12, "95%", color=PALETTE["muted"].light)
    ax.plot(by_profile, [cut, cut], "o", color=PALETTE["model"].light)
    ax.plot(wald, [cut, cut], "s", color=PALETTE["rival"].light)
    ax.set(
        xlabel="weight w (nats per °F)",
        ylabel="log-likelihood − its top (nats)",
    )
    ax.set(ylim=(-5.5, 0.4))
    ax.legend(loc="lower center")
    return figure


draw_profile()

# %% [markdown]
# The curve falls more steeply towards 0 than the parabola. So the data speak
# more clearly against "no effect" than Wald says, and they exclude large
# effects less firmly. Where the two differ much, report the profile interval.
# Wald can fail badly for large effects: the statistic may *fall* while the
# effect grows (W. W. Hauck and A. Donner, 1977, *Journal of the American
# Statistical Association* 72, 851–853).
#
# ## The probability at 31 °F, with an interval
#
# The logit at 31 °F is $z = 31 w + b$, a weighted sum of two estimates. Its
# variance needs their covariance too. Newton's method leaves it behind, as the
# inverse of the curvature: the matrix $\operatorname{Cov}(\hat w, \hat b)$,
# weight first, in code `fit.covariance`. With the factors in a vector $v$,
#
# $$s^2 = v^\top \operatorname{Cov}(\hat w, \hat b) \, v,
# \qquad v = (31, 1)$$
#
# is the variance of $z$. Form the interval for $z$ and send both ends through
# the sigmoid.
#
# **Guess.** What happens if you form it for $p$ instead? The delta method gives
# $p$ the standard error $p (1 - p) \, s$.

# %%
v = np.array([cold, 1.0])
centre = v @ [*fit.w, fit.b]
spread = np.sqrt(v @ fit.covariance @ v)
ends = centre + np.array([-1, 1]) * z95 * spread
p_cold, p_ends = sigmoid(centre), sigmoid(ends)

told = judge.get_prediction([[1.0, cold]]).summary_frame(alpha=0.05)
np.testing.assert_allclose(p_cold, told["mean"].iloc[0], rtol=1e-7)
np.testing.assert_allclose(
    p_ends,
    told[["mean_ci_lower", "mean_ci_upper"]].iloc[0],
    rtol=1e-6,
)


def shown(p):
    """Four digits, unless they would read as certainty."""
    if 0.99995 <= p <= 1:  # 1 itself is the sigmoid's rounding
        return "> 0.9999"
    return "< 0.0001" if 0 <= p < 0.00005 else f"{p:.4f}"


naive = p_cold + np.array([-1, 1]) * z95 * p_cold * (1 - p_cold) * spread
by_likelihood = profile_interval(centre, spread, ones, degrees - cold)
intervals = {
    "delta method on the logit": p_ends,
    "profile likelihood": sigmoid(by_likelihood),
    "delta method on p": naive,
}
print(f"logit {centre:.2f} with standard error {spread:.2f}, p = {p_cold:.4f}")
for degree in (28, 36):  # the commission's joint and air
    p_there = sigmoid(degree * slope + fit.b)
    assert abs(p_there - p_cold) < 0.01
    print(f"at {degree} °F p = {p_there:.4f}")
assert sigmoid(by_likelihood[0]) > 0.5 > p_ends[0]
Table(
    columns=("interval", "from", "to"),
    rows=[(name, shown(a), shown(b)) for name, (a, b) in intervals.items()],
    caption="95% intervals for the probability of distress at 31 °F.",
)

# %% [markdown]
# Which of the three temperatures is the right one hardly matters to the answer.
#
# The last row of the table promises far too much and leaves the range of a
# probability. Near 0 or 1 a symmetric interval for $p$ is wrong. The profile
# row needs no parabola: measured from 31 °F, the intercept *is* the logit
# there, and its profile is found like that of the weight. The two good rows
# differ in what matters: Wald's would allow even odds at 31 °F, the profile
# does not.


# %%
def line_with_band(at):
    rows = np.column_stack([at, np.ones(len(at))])
    middle = rows @ [*fit.w, fit.b]
    half = z95 * np.sqrt(np.sum(rows @ fit.covariance * rows, axis=1))
    return middle - half, middle, middle + half


# %% exec="fold"
@styled
def draw_band():
    at = np.linspace(29, 84, 111)
    low, middle, high = line_with_band(at)
    figure, (left, right) = new_figure(
        f"First: the logit falls in a straight line with the temperature. Its "
        f"95% band is narrowest near the middle of the flights and widens "
        f"towards 31 °F, from {ends[0]:.1f} to {ends[1]:.1f} nats. Second: the "
        f"same as probabilities, an S-shaped curve; at 31 °F the band goes "
        f"from {p_ends[0]:.2f} to nearly 1. A dashed line marks 31 °F in both.",
        columns=2,
        height=3.2,
    )
    model = PALETTE["model"].light
    left.fill_between(at, low, high, color=model, alpha=0.18, lw=0)
    left.plot(at, middle)
    left.set(ylabel="logit (nats)", title="where the model is straight")
    right.fill_between(
        at, sigmoid(low), sigmoid(high), color=model, alpha=0.18, lw=0
    )
    right.plot(at, sigmoid(middle))
    zeros = y == 0
    for rows, marker, role in (
        (zeros, "s", "class_0"),
        (~zeros, "o", "class_1"),
    ):
        colour = PALETTE[role].light
        right.plot(degrees[rows], y[rows], marker, color=colour, mew=0)
    right.set(ylabel="probability of distress", title="what it says")
    for ax in (left, right):
        ax.axvline(cold, ls="--", color=PALETTE["mark"].light)
        ax.set(xlabel="joint temperature (°F)")
    return figure


draw_band()

# %% [markdown]
# ## Check the fit
#
# **Calibration.** Do announced and observed agree, in bands of temperature?
# With an intercept the totals agree exactly at the optimum, so look at the
# bands. The last column is roughly the standard deviation that chance alone
# would give the difference. The fit was made on these very flights and follows
# a part of their chance, so that part is taken off.

# %%
fitted = sigmoid(X @ fit.w + fit.b)
np.testing.assert_allclose(fitted.sum(), y.sum(), rtol=1e-9)

bands = {
    "below 65 °F": degrees < 65,
    "65 to 70 °F": (degrees >= 65) & (degrees <= 70),
    "above 70 °F": degrees > 70,
}
variances = fitted * (1 - fitted)
with_ones = np.column_stack([X, np.ones(m)])


def deviation(inside):
    """Standard deviation of observed minus expected in a band."""
    followed = (inside * variances) @ with_ones
    rest = followed @ fit.covariance @ followed
    return np.sqrt(variances[inside].sum() - rest)


Table(
    columns=("band", "flights", "expected", "observed", "±"),
    rows=[
        (
            name,
            f"{inside.sum():d}",
            f"{fitted[inside].sum():.2f}",
            f"{y[inside].sum():.0f}",
            f"{deviation(inside):.2f}",
        )
        for name, inside in bands.items()
    ],
    caption="Flights with distress, expected by the model and observed.",
)

# %% [markdown]
# Nothing is alarming, but with so few flights only a gross misfit could be.
#
# **Flights it has not seen.** Leave each flight out, fit the others, and ask
# for the one left out. The rival is the base rate, left out in the same way.

# %%
refits = []
for i in range(m):
    kept = np.arange(m) != i
    without = fit_newton(X[kept], y[kept])
    second = sm.Logit(y[kept], sm.add_constant(X[kept])).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(
        [*without.w, without.b], second.params[order], rtol=1e-6
    )
    refits.append(without)

slopes = np.array([f.w[0] for f in refits])
left_out = np.array([f.w[0] * degrees[i] + f.b for i, f in enumerate(refits)])
rival = np.array([logit((y.sum() - y[i]) / (m - 1)) for i in range(m)])
print(f"log loss on the rows of the fit:    {fit.log_loss[-1]:.3f}")
print(f"log loss on flights left out:       {log_loss(left_out, y):.3f}")
print(f"base rate, also on flights left out: {log_loss(rival, y):.3f}")
gains = pointwise_log_loss(rival, y) - pointwise_log_loss(left_out, y)
gain_error = gains.std(ddof=1) / np.sqrt(m)
print(f"better by {gains.mean():.3f}, standard error {gain_error:.3f}")
assert 0 < gains.mean() < gain_error

# %% [markdown]
# The last line says how little 23 flights can tell here. The gain over the base
# rate is below its standard error, so this score alone would prove no model.
# (The refits share most of their flights, so that error is a rough one.)
#
# **Influence.** The same refits show what the answer hangs on. Which flight
# moves the weight most when it is gone? Guess from the first picture.

# %%
without_each = sigmoid([cold * f.w[0] + f.b for f in refits])
assert without_each.min() > 0.99
moved = np.argsort(np.abs(slopes - slope))[::-1][:4]
cook = judge.get_influence().cooks_distance[0]
assert np.argmax(cook) == moved[0]  # the judge points to the same flight

Table(
    columns=("flight left out", "w without it", "OR, 10 °F colder", "p at 31"),
    rows=[("none", f"{slope:.3f}", f"{np.exp(-10 * slope):.1f}", shown(p_cold))]
    + [
        (
            f"{degrees[i]:.0f} °F, {flights.target_names[int(y[i])]}",
            f"{slopes[i]:.3f}",
            f"{np.exp(-10 * slopes[i]):.1f}",
            shown(without_each[i]),
        )
        for i in moved
    ],
    caption="The flights whose absence moves the weight most.",
)

# %% [markdown]
# One warm flight with distress holds the weight back. That is no reason to drop
# it: nothing says that it was measured wrongly. It is a reason to report it.
# Whichever flight is left out, the estimate at 31 °F stays above 0.99.
#
# **The label.** What counts as distress was a choice too, and it decides about
# single flights. The influential one, 61-A, had gas past its rings without
# erosion: count erosion alone, and it is a 0. And 51-B, at 75 °F a 0 in our
# data, had rings eroded in a nozzle joint: count those joints too, and it is a
# 1, perhaps not the only one (the commission's *Report*, volume 1, chapter VI).
# How much hangs on these two flights?

# %%
labels = {
    "as it is": y,
    "61-A as a 0": np.where(np.arange(m) == 20, 0.0, y),
    "51-B as a 1": np.where(np.arange(m) == 15, 1.0, y),
}
assert degrees[[15, 20]].tolist() == [75, 75]  # flights are in order of date
assert y[[15, 20]].tolist() == [0, 1]
recoded = {name: fit_newton(X, other) for name, other in labels.items()}
for name, other in labels.items():
    second = sm.Logit(other, sm.add_constant(X)).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(recoded[name].w, second.params[1:], rtol=1e-6)
Table(
    columns=("label", "w", "OR, 10 °F colder", "p at 31"),
    rows=[
        (
            name,
            f"{other.w[0]:.3f}",
            f"{np.exp(-10 * other.w[0]):.1f}",
            shown(sigmoid(cold * other.w[0] + other.b)),
        )
        for name, other in recoded.items()
    ],
    caption="One flight with another label.",
)

# %% [markdown]
# The odds ratio moves by a factor of several, the estimate at 31 °F hardly. So
# write down what was counted before you report a number.
#
# **The form.** The model drew a straight line in °F, and 31 °F lies far outside
# the data. Other forms describe the same flights about as well. Look what they
# say at 31 °F. A form called "no worse below 60" lets the effect stop growing
# in the cold; the parabola has one parameter more.


# %%
def squared(t):
    return np.column_stack([t, (t - 65) ** 2])


forms = {
    "straight in °F": lambda t: t.reshape(-1, 1),
    "straight in log °F": lambda t: np.log(t).reshape(-1, 1),
    "no worse below 60": lambda t: np.maximum(t, 60).reshape(-1, 1),
    "parabola": squared,
}


def at_cold(form):
    bent = fit_newton(form(degrees), y)
    weights = [*bent.w, bent.b]
    row = np.append(form(np.array([cold]))[0], 1.0)
    half = z95 * np.sqrt(row @ bent.covariance @ row)
    return bent, row @ weights + half * np.array([-1, 0, 1])


answers = {name: at_cold(form) for name, form in forms.items()}
assert all(logits[1] > 0 for _, logits in answers.values())
Table(
    columns=("form", "log L", "p at 31 °F", "95% from", "to"),
    rows=[
        (
            name,
            f"{-m * bent.log_loss[-1]:.2f}",
            *map(shown, sigmoid(logits[[1, 0, 2]])),
        )
        for name, (bent, logits) in answers.items()
    ],
    caption="The log-likelihoods hardly differ; the answers at 31 °F do.",
)


# %% exec="fold"
@styled
def draw_forms():
    at = np.linspace(29, 84, 111)
    middle = np.linspace(60, 75, 16)
    drawn = [
        sigmoid(form(middle) @ answers[name][0].w + answers[name][0].b)
        for name, form in forms.items()
    ]
    flat, *steep = np.sort(
        [sigmoid(logits[1]) for _, logits in answers.values()]
    )
    w_line, w_square = answers["parabola"][0].w
    turn = 65 - w_line / (2 * w_square)
    figure, (ax,) = new_figure(
        f"Probability of distress over the temperature for four forms of the "
        f"model. The flights, from {degrees.min():.0f} to "
        f"{degrees.max():.0f} °F, are a shaded range. From {middle[0]:.0f} to "
        f"{middle[-1]:.0f} °F the curves differ by "
        f"{np.ptp(drawn, axis=0).max():.2f} at most. In the cold they part: at "
        f"{cold:.0f} °F one is at {shown(flat)}, the others at "
        f"{shown(min(steep))} and more. A dashed line marks {cold:.0f} °F. "
        f"The parabola rises again from {turn:.0f} °F on.",
        width=5.4,
        height=3.6,
    )
    ax.axvspan(
        degrees.min(),
        degrees.max(),
        color=PALETTE["pale"].light,
        alpha=0.5,
        lw=0,
    )
    for (name, form), dash in zip(
        forms.items(), ("-", "--", "-.", ":"), strict=True
    ):
        bent, _ = answers[name]
        ax.plot(at, sigmoid(form(at) @ bent.w + bent.b), dash, label=name)
    ax.axvline(cold, ls="--", color=PALETTE["mark"].light)
    ax.set(xlabel="joint temperature (°F)", ylabel="probability of distress")
    figure.legend(loc="outside upper left", ncols=2)
    return figure


draw_forms()

# %% [markdown]
# The interval of each row holds *if its form is true*. None of them contains
# the doubt about the form, and the data cannot remove that doubt: there is no
# flight in the cold. Physics could, such as tests of the rubber at low
# temperature.
#
# ## What this analysis cannot say
#
# - **Extrapolation.** 31 °F is outside the data. The straight line in the cold
#   is an assumption.
# - **Few flights.** Intervals and p-values come from large-sample theory. The
#   profile interval helps a little, more rows help more.
# - **A yes-or-no label.** A flight with three damaged rings counts like one
#   with a scratch. Dalal, Fowlkes and Hoadley also model the number of rings.
# - **Distress is not disaster.** Every flight here came home. The same authors
#   go on from distress to the failure of a joint, through further steps and
#   assumptions, and arrive at a probability far below that of distress.
# - **Cause.** Nobody chose the temperatures at random. Later flights differ
#   from earlier ones in more than temperature, such as the pressure used to
#   test the joints. The rubber's stiffness in the cold is physics, not a result
#   of this fit.
# - **Selection.** The rows are flights that were launched and recovered. A
#   start put off because of cold left no row at that temperature.
# - **Hindsight.** We chose the question because we know how it ended.
#
# And yet: each of the four forms tried puts distress at 31 °F above one half as
# its best guess, and no flight below 65 °F was free of it. A good analysis says
# both.
#
# ## Your turn
#
# Each task has a solution, folded below it. Write your own in a new cell before
# you look, and compare afterwards.
#
# **1. Wait for the sun.** At which temperature does the model give even odds,
# and with which interval? *Hint:* it is the root $T$ of $w T + b = 0$, a ratio.
# There are two ways again. *Wald:* $T$ belongs to the interval if the logit 0
# lies in the band at $T$. Read the upper end off the first panel; the lower one
# lies beyond the left edge. *Profile:* with even odds held at $T$ the logits
# are $w (t - T)$. Keep each $T$ that loses little log-likelihood.

# %% exec="solution"
even = -fit.b / slope
limit = chi2.ppf(0.95, 1)


def lost_with_even_odds_at(T):
    return 2 * (top - profile(0.0, ones, degrees - T))


def beyond_limit(T):
    return lost_with_even_odds_at(T) - limit


wald_even = (
    brentq(lambda T: line_with_band([T])[0][0], -200, even),
    brentq(lambda T: line_with_band([T])[2][0], even, 200),
)
profile_even = (
    brentq(beyond_limit, cold, even),
    brentq(beyond_limit, even, degrees.max()),
)
for end in profile_even:  # the judge, without an intercept
    held = sm.GLM(y, degrees - end, family=sm.families.Binomial())
    lost = 2 * (judge.llf - held.fit(tol=1e-14).llf)
    np.testing.assert_allclose(lost, limit, rtol=1e-6)
assert wald_even[0] < cold < profile_even[0]
assert min(map(lost_with_even_odds_at, (wald_even[0], cold))) > limit

print(f"even odds at {even:.1f} °F")
Table(
    columns=("95% interval", "from", "to"),
    rows=[
        (name, f"{low:.1f} °F", f"{high:.1f} °F")
        for name, (low, high) in (
            ("Wald", wald_even),
            ("profile likelihood", profile_even),
        )
    ],
)

# %% exec="solution"
lost = lost_with_even_odds_at(cold)
print(f"even odds at {cold:.0f} °F would cost {lost:.2f}, limit {limit:.2f}")

# %% [markdown]
# Both ends of an interval are about one number, the temperature of even odds.
# Upwards the two ways agree nearly. Downwards Wald bounds it hardly at all, the
# profile far above 31 °F. The cost at 31 °F shows where they part: by the
# likelihood itself even odds there are excluded, as the profile row for $p$ at
# 31 °F already said. By its parabola they are not. Where the two differ much,
# report the profile interval. Wald's way to bound a ratio is E. C. Fieller's
# (1954, *Journal of the Royal Statistical Society B* 16, 175–185).
#
# **2. Celsius.** Fit with degrees Celsius. Predict first: which of these
# change, and by what factor: $w$, $b$, the p-value, the probability at 31 °F?

# %% exec="solution"
celsius = fit_newton((X - 32) / 1.8, y)
p_celsius = sigmoid(celsius.w[0] * (cold - 32) / 1.8 + celsius.b)
np.testing.assert_allclose(celsius.w[0], 1.8 * slope, rtol=1e-7)
np.testing.assert_allclose(p_celsius, p_cold, rtol=1e-7)
in_errors_celsius = celsius.w[0] / celsius.standard_errors[0]
np.testing.assert_allclose(in_errors_celsius, in_errors, rtol=1e-6)
print(f"w {slope:.4f} per °F, {celsius.w[0]:.4f} per °C")
print(f"b {fit.b:.2f} at 0 °F, {celsius.b:.2f} at 0 °C")
print("p-value and prediction: the same")

# %% [markdown]
# **3. More than one column.** Take the breast cancer data with two columns and
# malignant as 1. All columns together [separate the
# classes](../chapters/07-separation.md#breast-cancer), two do not. Each odds
# ratio now holds *the other column fixed*. Units differ, so report it per
# standard deviation.

# %% exec="solution"
cancer = load_breast_cancer()
malignant = 1 - cancer.y


def fit_columns(*chosen):
    columns = [cancer.feature_names.index(name) for name in chosen]
    scaled = standardise(cancer.X[:, columns]).X
    assert find_separation(scaled, malignant).kind == "none"
    fit = fit_newton(scaled, malignant)
    checked = sm.Logit(malignant, sm.add_constant(scaled)).fit(disp=0)
    errors = fit.standard_errors[:-1]
    np.testing.assert_allclose(fit.w, checked.params[1:], rtol=1e-6)
    np.testing.assert_allclose(errors, checked.bse[1:], rtol=1e-6)
    return scaled, fit


def odds_ratios(fit, *chosen):
    return Table(
        columns=("feature", "weight", "odds ratio", "95% interval"),
        rows=[
            (
                name,
                f"{w:+.2f} ± {error:.2f}",
                f"{np.exp(w):.2g}",
                " to ".join(f"{end:.2g}" for end in np.exp(interval)),
            )
            for name, w, error in zip(
                chosen, fit.w, fit.standard_errors[:-1], strict=True
            )
            for interval in [w + np.array([-1, 1]) * z95 * error]
        ],
        caption="Odds of a malignant tumour, per standard deviation of the "
        "column, with all other columns held fixed; ± is a standard error.",
    )


two = "mean radius", "mean texture"
of_two = fit_columns(*two)[1]
odds_ratios(of_two, *two)

# %% [markdown]
# **4. A third column.** Add `mean perimeter` to the two. A larger perimeter
# goes with a larger radius, so guess before you run: what happens to the weight
# of `mean radius`, and to its standard error?

# %% exec="solution"
three = *two, "mean perimeter"
sizes, with_perimeter = fit_columns(*three)
odds_ratios(with_perimeter, *three)

# %% exec="solution"
r = np.corrcoef(sizes[:, 0], sizes[:, 2])[0, 1]
ratios = cancer.X[:, 2] / cancer.X[:, 0]
benign, ill = (ratios[malignant == label].mean() for label in (0, 1))
assert with_perimeter.w[0] < 0 < min(of_two.w[0], with_perimeter.w[2])
assert with_perimeter.standard_errors[0] > 5 * of_two.standard_errors[0]
print(f"correlation of radius and perimeter: {r:.4f}")
print(f"a circle's perimeter over its radius: {2 * np.pi:.2f}")
print(f"that of benign tumours, in the mean:  {benign:.2f}")
print(f"and of malignant ones:                {ill:.2f}")

# %% [markdown]
# The weight of the radius turns its sign, and its standard error is many times
# as large. A large radius has not become good news. The two columns are nearly
# one, and tumours of one perimeter hardly differ in radius. *With the perimeter
# held fixed*, a larger radius means a rounder outline. The two weights together
# stand for a third thing: the perimeter *for its radius*, which is larger where
# an outline is rugged.
#
# So neither odds ratio tells how size goes with the odds, and a number such as
# the one of the perimeter must not be reported as if it did. See [redundant
# columns](../chapters/07-separation.md#standard-errors).
#
# ## Where to go next
#
# - [Evaluation](../chapters/06-evaluation.md): thresholds, calibration and
#   costs, once a model is to decide something.
# - [When it goes wrong](../chapters/07-separation.md): what to do if no finite
#   fit exists, or the columns repeat one another.
