"""Exercises of the labs, each by the name of the function or the value that it asks for."""

from __future__ import annotations

from types import GeneratorType
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

from logreg_docs.datasets import load_students
from logreg_docs.evaluation import confusion
from logreg_docs.exercises.checking import Exercise, Trial, checker
from logreg_docs.exercises.comparing import Part, described
from logreg_docs.finite_differences import finite_difference_gradient
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.log_loss import log_loss, log_loss_gradient
from logreg_docs.newton import fit_newton
from logreg_docs.scaling import standardise
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Rule = Callable[[Array, float], tuple[Array, float]]

__all__ = ["EXERCISES", "check"]

_CLOSE = 1e-6
_SUM = "that is the sum over the rows. Take the mean."
_UPHILL = "that goes uphill. The error is predicted minus true."
_NO_BIAS = "the intercept is missing."
_L2 = 0.05


def _rows(m: int, d: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(m)
    X = rng.normal(size=(m, d))
    return X, (X[:, 0] + rng.normal(size=m) > 0).astype(float)


_FEW, _MORE = _rows(7, 2), _rows(30, 3)
_AT = np.array([0.8, -0.5]), 0.3
_AT_MORE = np.array([-1.2, 0.4, 2.0]), -0.7


def _trials(*further: Any, other: tuple[Any, ...] = ()) -> tuple[Trial, ...]:
    """Return trials on two sets of rows with weights, followed by other arguments."""
    return (
        Trial(label="seven rows", arguments=(*_FEW, *_AT, *further)),
        Trial(label="thirty rows", arguments=(*_MORE, *_AT_MORE, *(other or further))),
    )


def _walk(X: Array, y: Array, rate: float, n_steps: int, rule: Rule | None = None) -> tuple[Array, float, Array]:
    """Walk from zero by a rule for the slopes, and return the end and the losses on the way."""
    w, b = np.zeros(X.shape[1]), 0.0
    losses = [log_loss(X @ w + b, y)]
    for _ in range(n_steps):
        slope_w, slope_b = rule(w, b) if rule else log_loss_gradient(X, y, w, b)
        w, b = w - rate * slope_w, b - rate * slope_b
        losses.append(log_loss(X @ w + b, y))
    return w, b, np.array(losses)


def _logits() -> Exercise:
    def parts(X: Array, w: Array, b: float) -> tuple[Part, ...]:
        mistakes = {_NO_BIAS: X @ w, "the features are added up without their weights.": X.sum(axis=1) + b}
        return (Part(name="the logits", value=X @ w + b, mistakes=mistakes, rtol=_CLOSE),)

    by_hand = np.array([[1.0, 2.0], [4.0, 5.0]]), np.array([10.0, 0.5]), -3.0
    trials = Trial(label="two rows", arguments=by_hand), Trial(label="thirty rows", arguments=(_MORE[0], *_AT_MORE))
    return Exercise(takes="X, w, b", parts=parts, trials=trials)


def _sigmoid() -> Exercise:
    def parts(z: Array) -> tuple[Part, ...]:
        small = np.exp(-np.abs(z))
        mistakes = {
            "that is the probability of class 0. Are the two cases, or a sign, the wrong way round?": sigmoid(-z),
            "the numerator is 1 only where z ≥ 0.": 1 / (1 + small),
            "the numerator is the small exponential only where z < 0.": small / (1 + small),
        }
        return (
            Part(name="the probabilities", value=sigmoid(z), share=True, mistakes=mistakes, rtol=_CLOSE, atol=1e-12),
        )

    ends = np.array([-1000.0, 0.0, 1000.0])
    trials = (
        Trial(label="z from -5 to 5", arguments=(np.linspace(-5, 5, 11),)),
        Trial(label="z = ±1000", arguments=(ends,)),
    )
    return Exercise(takes="z", parts=parts, trials=trials)


def _log_loss() -> Exercise:
    def parts(z: Array, y: Array) -> tuple[Part, ...]:
        mistakes = {
            _SUM: log_loss(z, y) * z.size,
            "the sign is turned round: class 1 must cost much where z is far below 0.": log_loss(-z, y),
            "the sign is 2y - 1, so -1 for class 0 and not 0.": np.logaddexp(0, -y * z).mean(),
        }
        return (Part(name="the loss", value=log_loss(z, y), mistakes=mistakes, rtol=_CLOSE, logarithm=True),)

    trials = (
        Trial(label="seven rows", arguments=(_FEW[0] @ _AT[0], _FEW[1])),
        Trial(label="a logit of 40 and label 0", arguments=(np.array([40.0]), np.array([0.0]))),
        Trial(label="logits of ±1000", arguments=(np.array([1000.0, 1000.0, -1000.0]), np.array([1.0, 0.0, 1.0]))),
    )
    return Exercise(takes="z, y", parts=parts, trials=trials)


_SLOPES = "the slopes in w", "the slope in b"
_ENDS = "the weights", "the intercept"


def _pair(names: tuple[str, str], right: tuple[Any, Any], wrong: dict[str, tuple[Any, Any]]) -> tuple[Part, ...]:
    """Return the parts of what belongs to the weights and to the intercept."""
    return tuple(
        Part(
            name=names[k],
            value=right[k],
            mistakes=_telling(right[k], {hint: wrong[hint][k] for hint in wrong}),
            rtol=_CLOSE,
        )
        for k in (0, 1)
    )


def _telling(right: Any, mistakes: dict[str, Any]) -> dict[str, Any]:
    """Return the mistakes that show: those that lead to another value."""
    return {hint: value for hint, value in mistakes.items() if not np.allclose(value, right)}


def _gradient() -> Exercise:
    def parts(X: Array, y: Array, w: Array, b: float) -> tuple[Part, ...]:
        right, scores = log_loss_gradient(X, y, w, b), X @ w + b - y
        return _pair(
            _SLOPES,
            (right.w, right.b),
            {
                _UPHILL: (-right.w, -right.b),
                _SUM: (right.w * y.size, right.b * y.size),
                "the logits went in without the sigmoid.": (X.T @ scores / y.size, scores.mean()),
            },
        )

    return Exercise(takes="X, y, w, b", parts=parts, trials=_trials())


def _cubes(point: Array) -> float:
    return float((point**3).sum())


def _product(point: Array) -> float:
    return float(np.exp(point).prod())


def _measured_gradient() -> Exercise:
    def parts(function: Callable[[Array], float], point: Array) -> tuple[Part, ...]:
        right, h = finite_difference_gradient(function, point), 1e-5
        ahead = [(function(point + h * unit) - function(point)) / h for unit in np.eye(point.size)]
        along = (function(point + h) - function(point - h)) / (2 * h)
        mistakes = {
            "the distance between the two places is 2h.": 2 * right,
            "that looks to one side only. Move the number both ways.": ahead,
            "all numbers were moved at once. Move one at a time.": along,
        }
        return (Part(name="the slopes", value=right, mistakes=mistakes, rtol=_CLOSE),)

    trials = (
        Trial(label="a sum of cubes", arguments=(_cubes, np.array([0.5, -1.5, 1.0]))),
        Trial(label="a product of exponentials", arguments=(_product, np.array([0.3, -0.2]))),
    )
    return Exercise(takes="function, point", parts=parts, trials=trials)


def _gradient_descent() -> Exercise:
    def parts(X: Array, y: Array, learning_rate: float, n_steps: int) -> tuple[Part, ...]:
        def moved_first(w: Array, b: float) -> tuple[Array, float]:
            slope = log_loss_gradient(X, y, w, b).w
            return slope, log_loss_gradient(X, y, w - learning_rate * slope, b).b

        fit = fit_gradient_descent(X, y, learning_rate=learning_rate, n_steps=n_steps)
        wrong = {
            "that goes uphill. Subtract the gradient.": _walk(X, y, -learning_rate, n_steps),
            "the slope in b was taken after w had moved.": _walk(X, y, learning_rate, n_steps, moved_first),
            "that is one step too few.": _walk(X, y, learning_rate, n_steps - 1),
            "that is one step too many.": _walk(X, y, learning_rate, n_steps + 1),
        }
        losses = Part(name="the losses", value=fit.history.log_loss, rtol=_CLOSE)
        return *_pair(_ENDS, (fit.w, fit.b), {hint: walk[:2] for hint, walk in wrong.items()}), losses

    trials = (
        Trial(label="ten steps", arguments=(*_FEW, 0.5, 10)),
        Trial(label="a single step", arguments=(*_MORE, 0.5, 1)),
    )
    return Exercise(takes="X, y, learning_rate, n_steps", parts=parts, trials=trials)


def _learn_scale() -> Exercise:
    def parts(X: Array) -> tuple[Part, ...]:
        right, m = standardise(X), len(X)
        spread = {
            "that is the variance. Take its root.": right.scale**2,
            "that divides by m - 1. Here the sum of squares is divided by m.": right.scale * np.sqrt(m / (m - 1)),
        }
        every = {"that is one number for all columns, again and again. Use axis=0.": X.mean()}
        return (
            Part(name="the means", value=right.mean, mistakes=every, rtol=_CLOSE),
            Part(name="the deviations", value=right.scale, mistakes=spread, rtol=_CLOSE),
        )

    trials = Trial(label="seven rows", arguments=(_FEW[0],)), Trial(label="thirty rows", arguments=(_MORE[0] + 50,))
    return Exercise(takes="X", parts=parts, trials=trials)


def _apply_scale() -> Exercise:
    def parts(X: Array, scale: tuple[Array, Array]) -> tuple[Part, ...]:
        mean, deviation = scale
        mistakes = {
            "these rows were measured by their own means. Use those that were learnt before.": standardise(X).X,
            "the means were not taken off.": X / deviation,
            "the deviations are missing.": X - mean,
        }
        return (Part(name="the rows", value=(X - mean) / deviation, mistakes=mistakes, rtol=_CLOSE),)

    learnt = np.array([1.0, -2.0]), np.array([2.0, 0.5])
    more = np.array([50.0, 3.0, 0.0]), np.array([10.0, 0.1, 1.0])
    trials = (
        Trial(label="seven rows", arguments=(_FEW[0], learnt)),
        Trial(label="thirty rows", arguments=(_MORE[0], more)),
    )
    return Exercise(takes="X, scale", parts=parts, trials=trials)


def _in_hours() -> Exercise:
    students = load_students()
    X = students.hours.reshape(-1, 1)
    mean, deviation = X.mean(), X.std()
    right, scaled = fit_newton(X, students.passed), fit_newton((X - mean) / deviation, students.passed)
    weight = {
        "that is the weight of the scaled hours.": scaled.w,
        "a wider spread makes one hour count less: divide by the deviation.": scaled.w * deviation,
    }
    intercept = {
        "that is the intercept of the scaled hours.": scaled.b,
        "the deviation is missing in the shift.": scaled.b - scaled.w[0] * mean,
        "the shift is subtracted, not added.": scaled.b + right.w[0] * mean,
    }
    return Exercise(
        parts=lambda: (
            Part(name="the weight per hour", value=right.w, mistakes=weight),
            Part(name="the intercept", value=right.b, mistakes=intercept),
        )
    )


def _split_hint(answer: Any, X: Array, y: Array, share: float) -> str:
    """Return what is wrong with a split of rows that can be told apart; every right one is accepted."""
    if not isinstance(answer, tuple | list) or len(answer) != 4 or not all(isinstance(a, np.ndarray) for a in answer):  # noqa: PLR2004 - as many as there are parts
        return f"{described(answer)} came, four arrays are asked for: training rows, test rows, and the labels of both."
    X_train, X_test, y_train, y_test = answer
    rows, labels = np.concatenate([np.ravel(X_train), np.ravel(X_test)]), np.concatenate([y_train, y_test])
    place = {value: at for at, value in enumerate(X[:, 0])}
    order = [place.get(value, -1) for value in rows]
    n_test = round(share * y.size)
    known = (
        (sorted(order) != list(range(y.size)), "some rows are lost, or came twice. Each belongs to one of the parts."),
        (len(X_test) != n_test, f"{len(X_test)} test rows came of {y.size}, with a share of {share:g} for the test."),
        (len(y_test) != n_test, "the labels are cut at another place than the rows."),
        (
            not np.array_equal(labels, y[order]),
            "some labels stand by rows of others. Cut rows and labels by one order.",
        ),
        (
            order[: y.size - n_test] == sorted(order[: y.size - n_test]),
            "the rows are in their old order. Shuffle them.",
        ),
    )
    return next((hint for wrong, hint in known if wrong), "")


def _split() -> Exercise:
    def parts(X: Array, y: Array, share: float, _: np.random.Generator) -> tuple[Part, ...]:
        return (Part(name="the split", value=0.0, property=lambda answer: _split_hint(answer, X, y, share)),)

    def trial(m: int, share: float) -> Trial:
        X = np.arange(m, dtype=float).reshape(-1, 1)
        return Trial(label=f"{m} rows", arguments=(X, (X[:, 0] % 3 == 0) * 1.0, share, np.random.default_rng(m)))

    return Exercise(takes="X, y, share, rng", parts=parts, trials=(trial(20, 0.25), trial(31, 0.1)))


def _predict() -> Exercise:
    def parts(X: Array, w: Array, b: float, threshold: float) -> tuple[Part, ...]:
        z = X @ w + b
        right = (sigmoid(z) >= threshold) * 1.0
        mistakes = {
            "logits were compared with the threshold. Compare probabilities.": (z >= threshold) * 1.0,
            "the threshold was not used.": (z >= 0) * 1.0,
            "the classes are turned round.": 1 - right,
            "a probability equal to the threshold means class 1.": (sigmoid(z) > threshold) * 1.0,
        }
        return (Part(name="the classes", value=right, mistakes=_telling(right, mistakes)),)

    line = np.linspace(-2, 2, 9).reshape(-1, 1)
    trials = (
        Trial(label="a threshold of 0.75", arguments=(line, np.ones(1), 0.0, 0.75)),
        Trial(label="a threshold of one half", arguments=(line, np.array([-2.0]), 1.0, 0.5)),
    )
    return Exercise(takes="X, w, b, threshold", parts=parts, trials=trials)


def _boundary() -> Exercise:
    def parts(x1: Array, w: Array, b: float) -> tuple[Part, ...]:
        right = -(w[0] * x1 + b) / w[1]
        mistakes = {
            "both terms change sides, so both change their sign.": -right,
            "x2 is divided by its own weight, w[1].": -(w[1] * x1 + b) / w[0],
            _NO_BIAS: -w[0] * x1 / w[1],
        }
        return (Part(name="the heights", value=right, mistakes=mistakes, rtol=_CLOSE),)

    x1 = np.array([-1.0, 0.0, 2.0])
    trials = (
        Trial(label="three places", arguments=(x1, np.array([2.0, -0.5]), 0.7)),
        Trial(label="another line", arguments=(x1, np.array([-1.0, -3.0]), 4.0)),
    )
    return Exercise(takes="x1, w, b", parts=parts, trials=trials)


def _count_outcomes() -> Exercise:
    def parts(predicted: Array, y: Array) -> tuple[Part, ...]:
        right, m = confusion(predicted, y), y.size
        share = "that is a share. Count."
        names = "true positives", "false positives", "false negatives", "true negatives"
        counts = [(name, getattr(right, name.replace(" ", "_"))) for name in names]
        return tuple(Part(name=name, value=count, mistakes={share: count / m}) for name, count in counts)

    y = np.array([1.0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    trials = (
        Trial(label="eleven rows", arguments=(np.array([1.0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0]), y)),
        Trial(label="every row called negative", arguments=(np.zeros(11), y)),
    )
    return Exercise(takes="predicted, y", parts=parts, trials=trials)


def _penalised_gradient() -> Exercise:
    def parts(X: Array, y: Array, w: Array, b: float, l2: float) -> tuple[Part, ...]:
        plain = log_loss_gradient(X, y, w, b)
        wrong = {
            "the penalty is missing.": (plain.w, plain.b),
            "the intercept costs nothing.": (plain.w + l2 * w, plain.b + l2 * b),
            "the derivative of λ/2 w² is λ w, without the half.": (plain.w + l2 / 2 * w, plain.b),
            "that adds the penalty itself. Add its derivative.": (plain.w + l2 / 2 * w**2, plain.b),
        }
        return _pair(_SLOPES, (plain.w + l2 * w, plain.b), wrong)

    return Exercise(takes="X, y, w, b, l2", parts=parts, trials=_trials(0.3, other=(2.0,)))


def _fit_penalised() -> Exercise:
    def parts(X: Array, y: Array, l2: float, learning_rate: float, n_steps: int) -> tuple[Part, ...]:
        def rule(pull: Array) -> Rule:
            def slopes(w: Array, b: float) -> tuple[Array, float]:
                plain = log_loss_gradient(X, y, w, b)
                return plain.w + pull[0] * w, plain.b + pull[1] * b

            return slopes

        pulls = {"the penalty is missing.": (0.0, 0.0), "the intercept costs nothing.": (l2, l2)}
        wrong = {hint: _walk(X, y, learning_rate, n_steps, rule(np.array(pull)))[:2] for hint, pull in pulls.items()}
        fit = fit_gradient_descent(X, y, learning_rate=learning_rate, n_steps=n_steps, l2=l2)
        return _pair(_ENDS, (fit.w, fit.b), wrong)

    trials = (
        Trial(label="ten steps", arguments=(*_FEW, 0.3, 0.5, 10)),
        Trial(label="fifty steps", arguments=(*_MORE, 0.1, 0.5, 50)),
    )
    return Exercise(takes="X, y, l2, learning_rate, n_steps", parts=parts, trials=trials)


def _descend_until() -> Exercise:
    def parts(X: Array, y: Array, learning_rate: float, tolerance: float) -> tuple[Part, ...]:
        def steps(length: Callable[[Array, float], float]) -> int:
            w, b, step = np.zeros(X.shape[1]), 0.0, 0
            while length(*(slopes := log_loss_gradient(X, y, w, b))) > tolerance:
                w, b, step = w - learning_rate * slopes.w, b - learning_rate * slopes.b, step + 1
            return step

        n_steps = steps(lambda w, b: float(np.hypot(np.linalg.norm(w), b)))
        end = _walk(X, y, learning_rate, n_steps)
        mistakes = {
            "the slope in b belongs to the length, too.": steps(lambda w, _: float(np.linalg.norm(w))),
            "the slope in w belongs to the length, too.": steps(lambda _, b: abs(b)),
        }
        near = 2 * learning_rate * tolerance  # to stop one step earlier or later is right as well
        return (
            *(Part(name=name, value=end[k], atol=near) for k, name in enumerate(_ENDS)),
            Part(name="the number of steps", value=n_steps, mistakes=mistakes, atol=1),
        )

    skewed = _FEW[0] * [1.0, 0.2] + [0.0, 1.0]
    trials = (
        Trial(label="seven rows", arguments=(skewed, _FEW[1], 0.5, 1e-2)),
        Trial(label="a smaller tolerance", arguments=(*_MORE, 0.5, 1e-5)),
    )
    return Exercise(takes="X, y, learning_rate, tolerance", parts=parts, trials=trials)


def _descend_in_batches() -> Exercise:
    # One batch of all rows, or rows that are all alike: there the order, which is drawn, does not matter.
    def parts(
        X: Array, y: Array, learning_rate: float, n_epochs: int, batch_size: int, _: np.random.Generator
    ) -> tuple[Part, ...]:
        def end(rate: Callable[[int], float], steps_each: int) -> tuple[Array, float]:
            w, b = np.zeros(X.shape[1]), 0.0
            for step in range(n_epochs * steps_each):
                slope_w, slope_b = log_loss_gradient(X, y, w, b)
                w, b = w - rate(step // steps_each) * slope_w, b - rate(step // steps_each) * slope_b
            return w, b

        def shrunk(epoch: int) -> float:
            return learning_rate / float(np.sqrt(1 + epoch))

        each = -(-y.size // batch_size)
        wrong = {
            "the learning rate does not shrink.": end(lambda _: learning_rate, each),
            "divide the rate by the root of 1 + epoch.": end(lambda epoch: learning_rate / (1 + epoch), each),
            "that is the sum over the rows of a batch. Take their mean.": end(lambda e: shrunk(e) * y.size, each),
            "the last, shorter batch is missing.": end(shrunk, y.size // batch_size),
            "each epoch made one step. Make one after every batch.": end(shrunk, 1),
        }
        return _pair(_ENDS, end(shrunk, each), wrong)

    alike = np.repeat([[1.5, -0.5]], 5, axis=0), np.ones(5)
    trials = (
        Trial(label="five rows that are alike, two a batch", arguments=(*alike, 0.5, 3, 2, np.random.default_rng(0))),
        Trial(label="all rows in one batch", arguments=(*_FEW, 0.5, 4, 7, np.random.default_rng(0))),
    )
    return Exercise(takes="X, y, learning_rate, n_epochs, batch_size, rng", parts=parts, trials=trials)


def _training_rows() -> tuple[Array, Array]:
    """Return the scaled training rows and the labels of the lab on PyTorch."""
    X, y = make_classification(n_samples=1000, n_features=10, random_state=42)
    X_train, _, y_train, _ = train_test_split(X, y, test_size=0.2, random_state=42)
    return standardise(X_train).X, y_train


def _two_halves() -> Exercise:
    Z, y = _training_rows()
    each = Z * (0.5 - y)[:, None]
    first, second = (half.mean(axis=0, keepdims=True) for half in np.split(each, 2))
    right = (first + second) / 2
    mistakes = {
        "two means were added. By what must each loss be divided?": 2 * right,
        "that is divided once too often.": right / 2,
        "that is the second half alone. Keep the gradient of the first.": second,
        "that is a part of the second half alone. Keep the gradient of the first.": second / 2,
        _SUM: right * y.size,
    }
    return Exercise(parts=lambda: (Part(name="the gradient", value=right, mistakes=mistakes, atol=1e-6),))


def _rate_for_sum() -> Exercise:
    m = len(_training_rows()[1])
    mistakes = {
        "the slope of the sum is m times as large, so the rate must be smaller.": 0.5 * m,
        "that is the rate for the mean.": 0.5,
        "that is 1/m, for a rate of 1.": 1 / m,
    }
    return Exercise(parts=lambda: (Part(name="the rate", value=0.5 / m, mistakes=mistakes),))


def _groups_hint(answer: Any, n_weights: int) -> str:
    """Return what is wrong with the groups of parameters of an optimiser."""
    if isinstance(answer, GeneratorType):
        return "those are all parameters in one group, the bias among them. Make a list of two dictionaries."
    if not isinstance(answer, list | tuple) or not all(isinstance(each, dict) and "params" in each for each in answer):
        return f'{described(answer)} came, a list of dictionaries with the key "params" is asked for.'
    decays: dict[int, float] = {}
    for group in answer:
        inside = group["params"]
        for parameter in inside if isinstance(inside, list | tuple | GeneratorType) else [inside]:
            decays[int(np.prod(parameter.shape))] = group.get("weight_decay", 0.0)
    known = (
        (decays.keys() != {1, n_weights}, "the weight and the bias of `ridge` belong into them, each once."),
        (decays.get(1) != 0, "the bias is penalised, too. Give its group a weight_decay of 0."),
        (decays.get(n_weights) == 0, "the weight is not penalised. Give its group a weight_decay."),
        (decays.get(n_weights) != _L2, "SGD adds weight_decay times the weight. Which factor has the derivative?"),
    )
    return next((hint for wrong, hint in known if wrong), "")


def _groups() -> Exercise:
    n_weights = _training_rows()[0].shape[1]
    part = Part(name="the groups", value=0.0, property=lambda answer: _groups_hint(answer, n_weights))
    return Exercise(parts=lambda: (part,))


EXERCISES: dict[str, Callable[[], Exercise]] = {
    "logits": _logits,
    "sigmoid": _sigmoid,
    "log_loss": _log_loss,
    "gradient": _gradient,
    "measured_gradient": _measured_gradient,
    "gradient_descent": _gradient_descent,
    "learn_scale": _learn_scale,
    "apply_scale": _apply_scale,
    "in hours": _in_hours,
    "split": _split,
    "predict": _predict,
    "boundary": _boundary,
    "count_outcomes": _count_outcomes,
    "penalised_gradient": _penalised_gradient,
    "fit_penalised": _fit_penalised,
    "descend_until": _descend_until,
    "descend_in_batches": _descend_in_batches,
    "two halves": _two_halves,
    "rate for the sum": _rate_for_sum,
    "groups": _groups,
}
"""Exercises of the labs by name."""

check = checker(EXERCISES)
"""Check an answer to an exercise of the labs."""
