"""Every public function against every kind of bad input: one table, and no function or parameter may be missing."""

from __future__ import annotations

import dataclasses
import inspect
import math
import re
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import torch

from logreg_docs import (
    benchmarks,
    classifier,
    datasets,
    evaluation,
    finite_differences,
    gradient_descent,
    learning_rate,
    likelihood,
    linear_regression,
    log_loss,
    network,
    newton,
    scaling,
    schedules,
    separation,
    sigmoid,
    softmax,
)
from logreg_docs import pytorch as with_torch
from logreg_docs.exercises import checking, comparing
from logreg_docs.exercises import sigmoid as exercises
from logreg_docs.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = sorted(path.stem for path in (Path(__file__).parent.parent / "logreg_docs").glob("[!_]*.py"))
MODULES += ["exercises.checking", "exercises.comparing"]
Bad = dict[str, tuple[Any, type[Exception]]]
T, V = TypeError, ValueError

# What is handed over, and which error must come. The message must name the parameter.
NOT_REAL: Bad = {
    "text": ("text", T),
    "None": (None, T),
    "complex": (np.array([[1 + 2j]]), T),
    "objects": (np.array([[object()]]), T),
    "dict": ({"a": 1.0}, T),
    "function": (len, T),
    "dates": (np.array([["2020"]], "datetime64[Y]"), T),
    "numbers as text": ([["1"], ["2"]], T),
    "frame of text": (pd.DataFrame({"a": ["1", "2"]}), T),
    "series with None": (pd.Series([1, None], dtype=object), T),
    "tensor that autograd follows": (torch.ones(2, requires_grad=True), T),
}
BAD_ARRAY: Bad = NOT_REAL | {
    "empty": ([], V),
    "no rows": (np.empty((0, 2)), V),
    "no columns": (np.empty((3, 0)), V),
    "ragged": ([[1.0], [1.0, 2.0]], V),
    "nan": ([[0.0], [math.nan]], V),
    "inf": ([[0.0], [math.inf]], V),
    "minus inf": ([[0.0], [-math.inf]], V),
    "missing value of pandas": (pd.Series([1, None], dtype="Float64"), V),
    "masked": (np.ma.masked_array([0.0, 1.0], [False, True]), V),
}
BAD_VECTOR: Bad = BAD_ARRAY | {
    "number": (1.0, V),
    "one column": ([[0.0], [1.0], [0.0], [1.0]], V),
    "one row": ([[0.0, 1.0, 0.0, 1.0]], V),
    "three axes": (np.zeros((4, 1, 1)), V),
}
BAD_MATRIX: Bad = BAD_ARRAY | {
    "number": (1.0, V),
    "vector": ([0.0, 1.0, 2.0, 3.0], V),
    "three axes": (np.zeros((4, 1, 1)), V),
}
THIRD_LABEL: Bad = {
    "labels -1 and 1": ([-1, 1, -1, 1], V),
    "third label": ([0, 1, 2, 1], V),
    "half a label": ([0, 1, 0.5, 1], V),
}
BAD_LABELS: Bad = BAD_VECTOR | THIRD_LABEL
ONE_CLASS: Bad = {"only zeros": ([0, 0, 0, 0], V), "only ones": ([1, 1, 1, 1], V)}
OUTSIDE: Bad = {"below 0": ([-0.1, 0.5, 0.5, 0.5], V), "above 1": ([0.5, 0.5, 0.5, 1.1], V)}
BAD_NUMBER: Bad = NOT_REAL | {
    "bool": (True, T),
    "bool of NumPy": (np.True_, T),
    "array of one bool": (np.asarray(np.True_), T),
    "list of one": ([0.5], V),
    "array of two": (np.array([0.5, 0.5]), V),
    "empty": ([], V),
    "nan": (math.nan, V),
    "inf": (math.inf, V),
    "minus inf": (-math.inf, V),
    "whole number beyond float64": (10**400, T),
}
NEGATIVE: Bad = {"negative": (-0.1, V), "least negative": (-5e-324, V)}
ZERO: Bad = {"zero": (0.0, V)}
BAD_POSITIVE, BAD_NON_NEGATIVE = BAD_NUMBER | NEGATIVE | ZERO, BAD_NUMBER | NEGATIVE
BAD_FRACTION: Bad = BAD_NON_NEGATIVE | {"one": (1.0, V), "above one": (1.5, V)}
BAD_WHOLE: Bad = {
    "text": ("7", T),
    "None": (None, T),
    "bool": (True, T),
    "half": (2.5, T),
    "whole float": (2.0, T),
    "nan": (math.nan, T),
    "inf": (math.inf, T),
    "list": ([2], T),
    "complex": (2j, T),
    "negative": (-1, V),
}
BAD_COUNT: Bad = BAD_WHOLE | {"zero": (0, V)}
BAD_FUNCTION: Bad = {"number": (3.0, T), "None": (None, T), "text": ("sigmoid", T)}
BAD_INSTANCE: Bad = {"None": (None, T), "number": (1.0, T), "text": ("x", T), "array": (np.ones((4, 1)), T)}
BAD_DTYPE: Bad = {
    "text": ("float32", V),
    "None": (None, V),
    "whole numbers": (torch.int64, V),
    "half": (torch.float16, V),
    "complex": (torch.complex64, V),
    "NumPy's": (np.float64, V),
}
BAD_CHOICE: Bad = {"unknown": ("lbfgs", V), "None": (None, V), "number": (3, V), "list": (["newton"], V)}
ANY: Bad = {}  # for a parameter that takes everything; each use says why
# In scikit-learn's words, which do not always name the parameter.
BAD_X_OF_ESTIMATOR: Bad = {
    "text": ("text", V),
    "None": (None, V),
    "complex": ([[1j], [2], [3], [4]], T),
    "ragged": ([[1.0], [1.0, 2.0]], V),
    "vector": ([1.0, 2.0, 3.0, 4.0], V),
    "three axes": (np.zeros((4, 1, 1)), V),
    "nan": ([[math.nan]] * 4, V),
    "inf": ([[math.inf]] * 4, V),
    "no rows": (np.empty((0, 1)), V),
    "no columns": (np.empty((4, 0)), V),
}
BAD_Y_OF_ESTIMATOR: Bad = {
    "None": (None, V),
    "number": (1.0, V),
    "complex": ([1j, 0, 1, 0], V),
    "three labels": ([0, 1, 2, 1], V),
    "fractions": ([0, 1, 0.5, 1], V),
    "nan": ([0, math.nan, 1, 1], V),
    "other rows": ([0, 1], V),
    "matrix": (np.eye(4), V),
} | ONE_CLASS
SKLEARN_WORDS = r"array|sample|feature|class|label|Input|convert|float\(\)|Complex|sequence|y "


@dataclass(frozen=True)
class Case:
    """A call that works, and what is bad for each of its parameters."""

    call: Callable[..., Any]
    good: dict[str, Any]
    bad: dict[str, Bad]
    words: dict[str, str] = field(default_factory=dict)


X = np.array([[0.0], [1.0], [2.0], [3.0]])
Y = np.array([0.0, 1.0, 0.0, 1.0])
MORE_ROWS: Bad = {"other rows": ([0, 1, 0, 1, 1], V)}
MORE_COLUMNS: Bad = {"other columns": (np.ones((4, 2)) * [[0], [1], [2], [3]], V)}
MORE_WEIGHTS: Bad = {"other columns": ([0.5, 0.5, 0.5], V)}
LABELS, BOTH = BAD_LABELS | MORE_ROWS, BAD_LABELS | MORE_ROWS | ONE_CLASS
WEIGHTS = BAD_VECTOR | MORE_WEIGHTS
THETA = BAD_ARRAY | OUTSIDE
NOT_TOSSES: Bad = {"number": (1.0, V), "one column": ([[0], [1]], V), "three axes": (np.zeros((2, 2, 2)), V)}
TOSSES = BAD_ARRAY | THIRD_LABEL | NOT_TOSSES
PROBABILITIES = BAD_VECTOR | OUTSIDE | MORE_ROWS
DATA = {"X": X, "y": Y}
POINT = {"X": X, "w": np.array([0.5]), "b": 0.25}
L2 = {"l2": 0.1}
ON_LOGITS = ({"logits": np.array([0.5, -1.0, 2.0, 0.0]), "y": Y}, {"logits": BAD_VECTOR | MORE_ROWS, "y": LABELS})
ON_PROBABILITIES = (
    {"probabilities": np.array([0.5, 0.2, 0.9, 1.0]), "y": Y, "epsilon": 1e-5},
    {"probabilities": PROBABILITIES, "y": LABELS, "epsilon": BAD_NON_NEGATIVE},
)
ON_SCORES = ({"scores": np.array([0.5, -1.0, 2.0, 0.0]), "y": Y}, {"scores": BAD_VECTOR | MORE_ROWS, "y": BOTH})
DECIDED = {"probabilities": np.array([0.5, 0.2, 0.9, 1.0]), "y": Y}
BAD_DECIDED = {"probabilities": PROBABILITIES, "y": LABELS}
BAD_UNIT: Bad = BAD_NON_NEGATIVE | {"above one": (1.5, V)}
BAD_POINT = {"X": BAD_MATRIX, "w": WEIGHTS, "b": BAD_NUMBER}
LINE = linear_regression.fit_simple([0.0, 1.0, 2.0], [1.0, 3.0, 4.0])
BETA = {"X": BAD_MATRIX, "y": BAD_VECTOR | MORE_ROWS, "beta": WEIGHTS}
MODEL = classifier.LogisticClassifier(solver="newton").fit(X, Y)
RATE: dict[str, Bad] = {"learning_rate": BAD_POSITIVE}
FITTED_X = {"X": BAD_X_OF_ESTIMATOR | MORE_COLUMNS}


def fit_classifier(**parameters: Any) -> object:
    return classifier.LogisticClassifier(**{"n_steps": 2, "tolerance": 0.0} | parameters).fit(X, Y)


PART = comparing.Part(name="a share", value=0.5)
NET = network.Network(V=np.array([[1.0], [-1.0]]), c=np.array([0.0, 0.5]), w=np.array([1.0, 2.0]), b=0.0)
NOT_CLASSES: Bad = {"labels -1 and 1": ([-1, 1, -1, 1], V), "half a label": ([0, 1, 0.5, 1], V)}
CLASSES = BAD_VECTOR | MORE_ROWS | NOT_CLASSES
MEASURED = benchmarks.Benchmark(topic="t", machine={"cores": "2"}, results=[{"case": {"n": 1}, "seconds": {"a": 1.0}}])
BAD_RNG: Bad = BAD_INSTANCE | {"seed": (0, T), "older generator": (np.random.RandomState(0), T)}
ON_NETWORK = ({"network": NET} | DATA, {"network": BAD_INSTANCE, "X": BAD_MATRIX | MORE_COLUMNS, "y": LABELS})
ON_CLASS_LOGITS = (
    {"logits": np.eye(4), "y": np.arange(4.0)},
    {
        "logits": BAD_MATRIX | {"one class": (X, V), "other rows": (np.eye(5, 4), V)},
        "y": CLASSES | {"fifth": ([4] * 4, V)},
    },
)

CASES: dict[str, Case] = {
    "datasets.make_students": Case(
        datasets.make_students, {"n_samples": 3, "seed": 1}, {"n_samples": BAD_COUNT, "seed": BAD_WHOLE}
    ),
    "datasets.make_outline_data": Case(
        datasets.make_outline_data,
        {"n_samples": 20, "n_features": 5, "random_state": 1},
        {
            "n_samples": BAD_COUNT | {"one": (1, V)},
            "n_features": BAD_COUNT | {"three": (3, V)},
            "random_state": BAD_WHOLE | {"beyond 32 bits": (2**32, V)},
        },
    ),
    "datasets.make_xor": Case(
        datasets.make_xor,
        {"n_per_corner": 2, "spread": 0.1, "seed": 1},
        {"n_per_corner": BAD_COUNT, "spread": BAD_NON_NEGATIVE | {"beyond float64": (1.7e308, V)}, "seed": BAD_WHOLE},
    ),
    "linear_regression.fit_simple": Case(
        linear_regression.fit_simple,
        {"x": X[:, 0], "y": Y},
        {"x": BAD_VECTOR | MORE_ROWS | {"constant": ([2.0, 2.0, 2.0, 2.0], V)}, "y": BAD_VECTOR | MORE_ROWS},
    ),
    "linear_regression.design_matrix": Case(linear_regression.design_matrix, {"X": X}, {"X": BAD_MATRIX}),
    "linear_regression.hat_matrix": Case(linear_regression.hat_matrix, {"X": X}, {"X": BAD_MATRIX}),
    "linear_regression.fit_least_squares": Case(
        linear_regression.fit_least_squares,
        DATA | L2 | {"solver": "qr"},
        {
            "X": BAD_MATRIX,
            "y": BAD_VECTOR | MORE_ROWS,
            "l2": BAD_NON_NEGATIVE,
            "solver": BAD_CHOICE,
        },
        {"solver": "^solver must be one of qr, svd, normal_equation, got"},
    ),
    "linear_regression.predict": Case(
        linear_regression.predict,
        {"fit": LINE, "X": X[:, 0]},
        {"fit": BAD_INSTANCE, "X": BAD_VECTOR},
        {"fit": "^fit must be what fit_simple or fit_least_squares returned"},
    ),
    "linear_regression.residual_sum_of_squares": Case(
        linear_regression.residual_sum_of_squares, DATA | {"beta": np.ones(2)}, BETA
    ),
    "linear_regression.residual_sum_of_squares_gradient": Case(
        linear_regression.residual_sum_of_squares_gradient, DATA | {"beta": np.ones(2)}, BETA
    ),
    "sigmoid.sigmoid": Case(sigmoid.sigmoid, {"z": X}, {"z": BAD_ARRAY}),
    "sigmoid.naive_sigmoid": Case(sigmoid.naive_sigmoid, {"z": X}, {"z": BAD_ARRAY}),
    "sigmoid.sigmoid_derivative": Case(sigmoid.sigmoid_derivative, {"z": X}, {"z": BAD_ARRAY}),
    "sigmoid.log_sigmoid": Case(sigmoid.log_sigmoid, {"z": X}, {"z": BAD_ARRAY}),
    "sigmoid.odds": Case(
        sigmoid.odds, {"probabilities": X / 4}, {"probabilities": BAD_ARRAY | OUTSIDE | {"one": ([1.0], V)}}
    ),
    "sigmoid.logit": Case(
        sigmoid.logit,
        {"probabilities": X / 4 + 0.1},
        {"probabilities": BAD_ARRAY | OUTSIDE | {"one": ([1.0], V), "zero": ([0.0], V)}},
    ),
    "sigmoid.linear_logits": Case(sigmoid.linear_logits, POINT, BAD_POINT),
    "sigmoid.predict_probabilities": Case(sigmoid.predict_probabilities, POINT, BAD_POINT),
    "likelihood.all_sequences": Case(
        likelihood.all_sequences,
        {"n_tosses": 3},
        {"n_tosses": BAD_COUNT | {"one": (1, V), "too many": (17, V)}},
    ),
    "likelihood.bernoulli_likelihood": Case(
        likelihood.bernoulli_likelihood, {"theta": 0.3, "y": Y}, {"theta": THETA, "y": TOSSES}
    ),
    "likelihood.bernoulli_log_likelihood": Case(
        likelihood.bernoulli_log_likelihood, {"theta": 0.3, "y": Y}, {"theta": THETA, "y": TOSSES}
    ),
    "likelihood.bernoulli_mle": Case(likelihood.bernoulli_mle, {"y": Y}, {"y": BAD_LABELS}),
    "likelihood.binomial_likelihood": Case(
        likelihood.binomial_likelihood,
        {"theta": 0.3, "heads": [0, 1], "n_tosses": 3},
        {
            "theta": THETA,
            "heads": BAD_ARRAY | {"negative": (-1, V), "half": (0.5, V), "too many": (4, V)},
            "n_tosses": BAD_COUNT,
        },
    ),
    **{
        f"log_loss.{name}": Case(getattr(log_loss, name), *ON_LOGITS)
        for name in (
            "pointwise_log_loss",
            "log_loss",
            "log_loss_logit_gradient",
            "squared_error",
            "squared_error_gradient",
            "squared_error_curvature",
        )
    },
    **{
        f"log_loss.{name}": Case(getattr(log_loss, name), *ON_PROBABILITIES)
        for name in ("log_loss_from_probabilities", "gradient_from_probabilities")
    },
    "log_loss.objective": Case(
        log_loss.objective, POINT | L2 | {"y": Y}, BAD_POINT | {"y": LABELS, "l2": BAD_NON_NEGATIVE}
    ),
    "log_loss.log_loss_gradient": Case(
        log_loss.log_loss_gradient, POINT | L2 | {"y": Y}, BAD_POINT | {"y": LABELS, "l2": BAD_NON_NEGATIVE}
    ),
    "log_loss.log_loss_hessian": Case(log_loss.log_loss_hessian, POINT | L2, BAD_POINT | {"l2": BAD_NON_NEGATIVE}),
    "schedules.constant": Case(schedules.constant, {"learning_rate": 0.1}, RATE),
    "schedules.step_decay": Case(
        schedules.step_decay,
        {"learning_rate": 0.1, "factor": 0.5, "every": 2},
        RATE | {"factor": BAD_FRACTION | ZERO, "every": BAD_COUNT},
    ),
    "schedules.exponential_decay": Case(
        schedules.exponential_decay, {"learning_rate": 0.1, "rate": 0.5}, RATE | {"rate": BAD_NON_NEGATIVE}
    ),
    "schedules.inverse_time_decay": Case(
        schedules.inverse_time_decay, {"learning_rate": 0.1, "rate": 0.5}, RATE | {"rate": BAD_NON_NEGATIVE}
    ),
    "schedules.cosine_decay": Case(
        schedules.cosine_decay,
        {"learning_rate": 0.1, "n_steps": 3, "final": 0.01},
        RATE | {"n_steps": BAD_COUNT, "final": BAD_NON_NEGATIVE | {"above the first": (0.2, V)}},
    ),
    **{
        f"schedules.{name}, called": Case(schedule, {"step": 2}, {"step": BAD_WHOLE}, {"step": "^step must be"})
        for name, schedule in {
            "constant": schedules.constant(0.1),
            "step_decay": schedules.step_decay(0.1, factor=0.5, every=2),
            "exponential_decay": schedules.exponential_decay(0.1, rate=0.5),
            "inverse_time_decay": schedules.inverse_time_decay(0.1, rate=0.5),
            "cosine_decay": schedules.cosine_decay(0.1, n_steps=3),
        }.items()
    },
    "gradient_descent.fit_gradient_descent": Case(
        gradient_descent.fit_gradient_descent,
        DATA
        | L2
        | {"learning_rate": 0.1, "n_steps": 2, "momentum": 0.5, "batch_size": 2, "rng": np.random.default_rng(0)}
        | {"w_start": np.ones(1), "b_start": 1.0, "tolerance": 1e-3},
        {
            "X": BAD_MATRIX,
            "y": BOTH,
            "l2": BAD_NON_NEGATIVE,
            "n_steps": BAD_COUNT,
            "momentum": BAD_FRACTION,
            "b_start": BAD_NUMBER,
            "tolerance": BAD_NON_NEGATIVE,
            "rng": BAD_INSTANCE | {"seed": (0, T), "older generator": (np.random.RandomState(0), T)},
            # None means zeros and all rows; a function is a schedule, and one of nothing must fail too.
            "w_start": {kind: bad for kind, bad in WEIGHTS.items() if kind != "None"},
            "batch_size": {kind: bad for kind, bad in BAD_COUNT.items() if kind != "None"} | {"too many": (5, V)},
            "learning_rate": {kind: bad for kind, bad in BAD_POSITIVE.items() if kind != "function"}
            | {"schedule of nan": (lambda _: math.nan, V), "schedule of text": (lambda _: "0.1", T)}
            | {"schedule of None": (lambda _: None, T), "schedule of negatives": (lambda _: -0.1, V)},
        },
        {"rng": r"(?s)^rng must be .* np\.random\.default_rng\(0\)"},
    ),
    "gradient_descent.descend": Case(
        gradient_descent.descend,
        {"gradient": lambda point: 2 * point, "start": np.ones(2), "learning_rate": 0.1, "n_steps": 2},
        {
            "gradient": BAD_FUNCTION
            | {"of text": (lambda _: ["1", "2"], T), "of nothing": (lambda _: None, T)}
            | {"of complex numbers": (lambda _: np.ones(2) * 1j, T)}
            | {"nan": (lambda _: [math.nan, 0.0], V), "other shape": (lambda _: 1.0, V)},
            "start": BAD_VECTOR,
            "learning_rate": {kind: bad for kind, bad in BAD_POSITIVE.items() if kind != "function"},
            "n_steps": BAD_COUNT,
        },
        {"gradient": r"^gradient (at step 0 )?must"},
    ),
    "finite_differences.finite_difference_gradient": Case(
        finite_differences.finite_difference_gradient,
        {"function": lambda point: float(point @ point), "point": np.ones(2), "relative_step": 1e-5},
        {
            "function": BAD_FUNCTION
            | {"nan": (lambda _: math.nan, V), "vector": (lambda point: point, V), "text value": (lambda _: "1", T)}
            | {"slope beyond float64": (lambda point: math.copysign(1.7e308, point[0] - 1), V)},
            "point": BAD_VECTOR | {"end of float64": ([1.7976931348623157e308], V)},
            "relative_step": BAD_POSITIVE | {"lost to rounding": (1e-20, V)},
        },
        {"function": "^function must"},
    ),
    "learning_rate.learning_rate_limit": Case(
        learning_rate.learning_rate_limit, POINT | L2, BAD_POINT | {"l2": BAD_NON_NEGATIVE}
    ),
    "learning_rate.safe_learning_rate": Case(
        learning_rate.safe_learning_rate, {"X": X} | L2, {"X": BAD_MATRIX, "l2": BAD_NON_NEGATIVE}
    ),
    "scaling.standardise": Case(
        scaling.standardise,
        {"X": X},
        {
            "X": BAD_MATRIX
            | {"constant": ([[1.0], [1.0]], V), "spread below float64": ([[0.0], [5e-324]], V)}
            | {"spread of rounding": ([[0.3], [0.1 + 0.2]], V)},
        },
    ),
    "scaling.Standardised.transform": Case(
        scaling.standardise(X).transform,
        {"X_new": X},
        {"X_new": BAD_MATRIX | MORE_COLUMNS},
    ),
    "scaling.scale_columns": Case(scaling.scale_columns, {"X": X}, {"X": BAD_MATRIX}),
    "separation.find_separation": Case(separation.find_separation, DATA, {"X": BAD_MATRIX, "y": LABELS}),
    "separation.separation_margins": Case(
        separation.separation_margins,
        DATA | {"direction": np.ones(2)},
        {"X": BAD_MATRIX, "y": LABELS, "direction": WEIGHTS},
    ),
    "newton.fit_newton": Case(
        newton.fit_newton,
        DATA | {"l2": 0.0, "max_steps": 5, "tolerance": 1e-6, "strict": True},
        {
            "X": BAD_MATRIX
            | {"constant": (np.ones((4, 1)), V), "duplicate": (np.hstack([X, X]), V)}
            | {"more columns than rows": (np.random.default_rng(0).normal(size=(4, 6)), V)},
            "y": BOTH | {"separable": ([0, 0, 1, 1], V)},
            "l2": BAD_NON_NEGATIVE,
            "max_steps": BAD_COUNT,
            "tolerance": BAD_NON_NEGATIVE,
            "strict": ANY,  # only asked whether it is true
        },
    ),
    "classifier.LogisticClassifier": Case(
        fit_classifier,
        {"solver": "gradient_descent", "learning_rate": 0.1, "n_steps": 2, "l2": 0.0, "tolerance": 0.0},
        {
            "solver": BAD_CHOICE,
            "learning_rate": {kind: bad for kind, bad in BAD_POSITIVE.items() if kind != "function"},
            "n_steps": BAD_COUNT,
            "l2": BAD_NON_NEGATIVE,
            "tolerance": BAD_NON_NEGATIVE,
        },
        {"solver": "^solver must be 'gradient_descent' or 'newton', got"},
    ),
    "classifier.LogisticClassifier, by Newton": Case(
        fit_classifier,
        {"solver": "newton", "n_steps": 20, "l2": 0.0, "tolerance": 1e-9},
        {"n_steps": BAD_COUNT, "l2": BAD_NON_NEGATIVE, "tolerance": BAD_NON_NEGATIVE},
    ),
    "classifier.LogisticClassifier.fit": Case(
        classifier.LogisticClassifier(solver="newton").fit,
        DATA,
        {"X": BAD_X_OF_ESTIMATOR, "y": BAD_Y_OF_ESTIMATOR},
        {"X": SKLEARN_WORDS, "y": SKLEARN_WORDS},
    ),
    **{
        f"classifier.LogisticClassifier.{name}": Case(getattr(MODEL, name), {"X": X}, FITTED_X, {"X": SKLEARN_WORDS})
        for name in ("decision_function", "predict_proba", "predict")
    },
    "pytorch.as_tensors": Case(
        with_torch.as_tensors,
        DATA | {"dtype": torch.float32},
        {"X": BAD_MATRIX | {"beyond float32": (X * 1e300, V)}, "y": BOTH, "dtype": BAD_DTYPE},
    ),
    "pytorch.draw_parameters": Case(
        with_torch.draw_parameters,
        {"n_features": 2, "seed": 0, "dtype": torch.float32},
        {"n_features": BAD_COUNT, "seed": BAD_WHOLE | {"beyond 63 bits": (2**63, V)}, "dtype": BAD_DTYPE},
    ),
    "pytorch.fit_tensors": Case(
        with_torch.fit_tensors,
        DATA | {"learning_rate": 0.1, "n_steps": 2, "seed": 0, "dtype": torch.float32},
        {
            "X": BAD_MATRIX,
            "y": BOTH,
            "learning_rate": BAD_POSITIVE | {"too large": (1e300, V)},
            "n_steps": BAD_COUNT,
            "seed": BAD_WHOLE,
            "dtype": BAD_DTYPE,
        },
    ),
    "pytorch.LogisticRegression": Case(
        with_torch.LogisticRegression,
        {"n_features": 1, "dtype": torch.float32},
        {"n_features": BAD_COUNT, "dtype": BAD_DTYPE},
    ),
    "pytorch.LogisticRegression.forward": Case(
        with_torch.LogisticRegression(1).forward,
        {"x": torch.ones(3, 1)},
        {
            "x": BAD_INSTANCE
            | {"vector": (torch.ones(1), V), "other columns": (torch.ones(3, 2), V)}
            | {"three axes": (torch.ones(3, 1, 1), V), "other dtype": (torch.ones(3, 1, dtype=torch.float64), T)},
        },
    ),
    "pytorch.fit_module": Case(
        with_torch.fit_module,
        DATA
        | {"model": with_torch.LogisticRegression(1), "learning_rate": 0.1, "n_epochs": 2, "batch_size": 2}
        | {"l2": 0.1, "momentum": 0.5, "seed": 0},
        {
            "model": BAD_INSTANCE
            | {"another module": (torch.nn.Linear(1, 1), T)}
            | {"frozen": (with_torch.LogisticRegression(1).requires_grad_(False), V)},  # noqa: FBT003 - PyTorch's own
            "X": BAD_MATRIX | MORE_COLUMNS,
            "y": BOTH,
            "learning_rate": BAD_POSITIVE | {"beyond float32": (1e300, V)},
            "n_epochs": BAD_COUNT,
            "batch_size": {kind: bad for kind, bad in BAD_COUNT.items() if kind != "None"},  # None: all rows
            "l2": BAD_NON_NEGATIVE | {"beyond float32": (1e300, V)},
            "momentum": BAD_FRACTION,
            "seed": BAD_WHOLE,
        },
    ),
    "pytorch.autograd_graph": Case(
        with_torch.autograd_graph,
        {"output": torch.ones(1, requires_grad=True) * 2, "names": {}},
        {"output": BAD_INSTANCE | {"no graph": (torch.ones(1), V)}, "names": BAD_INSTANCE},
    ),
    **{
        f"evaluation.{name}": Case(getattr(evaluation, name), *ON_SCORES)
        for name in ("roc_curve", "roc_auc", "rank_probability", "precision_recall_curve", "average_precision")
    },
    **{
        f"evaluation.{name}": Case(
            getattr(evaluation, name), DECIDED | {"n_bins": 5}, BAD_DECIDED | {"n_bins": BAD_COUNT}
        )
        for name in ("calibration_bins", "expected_calibration_error")
    },
    "evaluation.confusion": Case(
        evaluation.confusion, DECIDED | {"threshold": 0.5}, BAD_DECIDED | {"threshold": BAD_UNIT}
    ),
    "evaluation.brier_score": Case(evaluation.brier_score, DECIDED, BAD_DECIDED),
    "evaluation.optimal_threshold": Case(
        evaluation.optimal_threshold,
        {"cost_false_positive": 1.0, "cost_false_negative": 9.0},
        {"cost_false_positive": BAD_POSITIVE, "cost_false_negative": BAD_POSITIVE},
    ),
    "evaluation.expected_cost": Case(
        evaluation.expected_cost,
        DECIDED | {"threshold": 0.5, "cost_false_positive": 1.0, "cost_false_negative": 9.0},
        BAD_DECIDED
        | {"threshold": BAD_UNIT, "cost_false_positive": BAD_NON_NEGATIVE, "cost_false_negative": BAD_NON_NEGATIVE},
    ),
    "network.Network": Case(
        network.Network,
        {"V": np.ones((2, 1)), "c": np.ones(2), "w": np.ones(2), "b": 0.5, "activation": "tanh"},
        {
            "V": BAD_MATRIX | {"other nodes": (np.ones((3, 1)), V)},
            "c": BAD_VECTOR | MORE_WEIGHTS,
            "w": BAD_VECTOR | MORE_WEIGHTS,
            "b": BAD_NUMBER,
            "activation": BAD_CHOICE,
        },
    ),
    "network.draw_network": Case(
        network.draw_network,
        {"n_features": 2, "n_hidden": 3, "rng": np.random.default_rng(0), "activation": "tanh", "scale": 0.5},
        {
            "n_features": BAD_COUNT,
            "n_hidden": BAD_COUNT,
            "rng": BAD_RNG,
            "activation": BAD_CHOICE,
            "scale": BAD_POSITIVE | {"beyond float64": (1.7e308, V)},
        },
        {"rng": r"^rng must be a NumPy generator, as np\.random\.default_rng\(0\) gives, got"},
    ),
    "network.forward": Case(
        network.forward,
        {"network": NET, "X": X},
        {"network": BAD_INSTANCE, "X": BAD_MATRIX | MORE_COLUMNS},
        {"network": "^network must be a Network, got"},
    ),
    **{f"network.{name}": Case(getattr(network, name), *ON_NETWORK) for name in ("network_log_loss", "backpropagate")},
    "network.fit_network": Case(
        network.fit_network,
        DATA
        | {"n_hidden": 2, "rng": np.random.default_rng(0), "activation": "sigmoid", "learning_rate": 0.1}
        | {"n_steps": 2, "scale": 0.5},
        {
            "X": BAD_MATRIX,
            "y": BOTH,
            "n_hidden": BAD_COUNT,
            "rng": BAD_RNG,
            "activation": BAD_CHOICE,
            "learning_rate": BAD_POSITIVE,
            "n_steps": BAD_COUNT,
            "scale": BAD_POSITIVE | {"beyond float64": (1.7e308, V)},
        },
    ),
    **{
        f"softmax.{name}": Case(
            getattr(softmax, name), {"logits": np.eye(3)}, {"logits": BAD_ARRAY | {"one": (1.0, V)}}
        )
        for name in ("softmax", "log_softmax")
    },
    "softmax.one_hot": Case(
        softmax.one_hot,
        {"y": [0, 2, 1], "n_classes": 3},
        {"y": BAD_VECTOR | NOT_CLASSES | {"fourth": ([3], V)}, "n_classes": BAD_COUNT | {"one": (1, V)}},
    ),
    **{
        f"softmax.{name}": Case(getattr(softmax, name), *ON_CLASS_LOGITS)
        for name in ("multiclass_log_loss", "multiclass_logit_gradient")
    },
    "softmax.softmax_logits": Case(
        softmax.softmax_logits,
        {"X": X, "W": np.ones((3, 1)), "b": np.ones(3)},
        {
            "X": BAD_MATRIX | MORE_COLUMNS,
            "W": BAD_MATRIX | {"other columns": (np.ones((3, 2)), V), "other classes": (np.ones((2, 1)), V)},
            "b": BAD_VECTOR | {"other classes": ([1.0, 2.0], V)},
        },
    ),
    "softmax.fit_softmax": Case(
        softmax.fit_softmax,
        DATA | L2 | {"max_steps": 5, "tolerance": 1e-6},
        {
            "X": BAD_MATRIX,
            "y": CLASSES | ONE_CLASS | {"a gap": ([0, 0, 2, 2], V)},
            "l2": BAD_NON_NEGATIVE,
            "max_steps": BAD_COUNT,
            "tolerance": BAD_NON_NEGATIVE,
        },
    ),
    "benchmarks.read_benchmark": Case(
        benchmarks.read_benchmark,
        {"path": "docs/benchmarks/newton.json"},
        {"path": {"None": (None, T), "number": (1, T), "absent": ("absent.json", V), "folder": ("docs", V)}},
    ),
    "benchmarks.machine_table": Case(
        benchmarks.machine_table,
        {"benchmarks": [MEASURED]},
        {"benchmarks": BAD_INSTANCE | {"one topic": (MEASURED, T), "dicts": ([{}], T), "empty": ([], V)}},
    ),
    "benchmarks.comparison_table": Case(
        benchmarks.comparison_table,
        {"benchmark": MEASURED, "measure": "seconds", "caption": "Seconds."},
        {
            "benchmark": BAD_INSTANCE | {"dict": ({}, T)},
            "measure": {"another": ("hours", V), "None": (None, V)},
            "caption": {"None": (None, T), "number": (1, T)},
        },
    ),
    "tables.Table": Case(
        Table,
        {"columns": ("z", "p"), "rows": [("0", "0.5")], "caption": "Half."},
        {
            "columns": {"text": ("zp", T), "None": (None, T), "number": (2, T), "none at all": ([], V)}
            | {"dict": ({"z": 1, "p": 2}, T), "set": ({"z", "p"}, T)},
            "rows": {"text": ("01", T), "None": (None, T), "row of text": (["01"], T), "generator": (iter([]), T)}
            | {"dict": ({0: ("0", "0.5")}, T), "row of a dict": ([{"0": 1, "0.5": 2}], T), "bytes": (b"01", T)},
            "caption": {"None": (None, T), "number": (1, T)},
        },
    ),
    # An answer may be anything; what is wrong with it is the result.
    "exercises.checking.by_hand": Case(
        checking.by_hand, {"task": exercises.EXERCISES["2.2"]()}, {"task": BAD_INSTANCE}
    ),
    "exercises.checking.checker": Case(checking.checker, {"exercises": {}}, {"exercises": BAD_INSTANCE}),
    "exercises.checking.judge": Case(
        checking.judge,
        {"exercises": exercises.EXERCISES, "exercise": "2.2", "answer": 1.0},
        {
            "exercises": BAD_INSTANCE,
            "exercise": {"None": (None, T), "number": (2.2, T), "unknown": ("9.9", V)},
            "answer": ANY,
        },
    ),
    "exercises.comparing.fault": Case(
        comparing.fault, {"part": PART, "answer": 1.0}, {"part": BAD_INSTANCE, "answer": ANY}
    ),
    "exercises.comparing.is_right": Case(
        comparing.is_right, {"part": PART, "answer": 1.0}, {"part": BAD_INSTANCE, "answer": ANY}
    ),
    "exercises.comparing.sentence": Case(
        comparing.sentence, {"text": "the loss"}, {"text": {"None": (None, T), "number": (1.0, T)}}
    ),
    "exercises.comparing.described": Case(comparing.described, {"answer": 1.0}, {"answer": ANY}),
}


def public_callables(module_name: str) -> dict[str, Callable[..., object]]:
    """Functions, classes that are called for more than to hold results, and public methods."""
    module = import_module(f"logreg_docs.{module_name}")
    found: dict[str, Callable[..., object]] = {}
    for name in module.__all__:
        item = getattr(module, name)
        if inspect.isfunction(item):
            found[f"{module_name}.{name}"] = item
        elif inspect.isclass(item):
            if not (dataclasses.is_dataclass(item) or issubclass(item, tuple)) or hasattr(item, "__post_init__"):
                found[f"{module_name}.{name}"] = item
            found |= {
                f"{module_name}.{name}.{method}": function
                for method, function in vars(item).items()
                if inspect.isfunction(function) and not method.startswith("_")
            }
    return found


PUBLIC = {name: item for module in MODULES for name, item in public_callables(module).items()}
PARAMETERS = [(name, parameter) for name, case in CASES.items() for parameter in case.bad]


def test_every_public_function_that_takes_something_is_in_the_table() -> None:
    takers = {name for name, item in PUBLIC.items() if set(inspect.signature(item).parameters) - {"self"}}
    assert len(takers) > 40
    assert takers == {name for name in CASES if "," not in name}


@pytest.mark.parametrize("name", sorted(name for name in CASES if name in PUBLIC))
def test_every_parameter_is_in_the_table(name: str) -> None:
    parameters = set(inspect.signature(PUBLIC[name]).parameters) - {"self"}
    assert parameters == set(CASES[name].bad) == set(CASES[name].good)


def global_state() -> np.ndarray:
    return np.array(np.random.get_state(legacy=False)["state"]["key"])  # noqa: NPY002 - it must stay


@pytest.mark.parametrize("name", CASES)
def test_the_good_call_of_the_table_works_and_changes_neither_inputs_nor_global_state(name: str) -> None:
    case = CASES[name]
    arrays = {key: value.copy() for key, value in case.good.items() if isinstance(value, np.ndarray)}
    drawn, drawn_by_torch = global_state(), torch.get_rng_state()
    errors = np.geterr()
    case.call(**case.good)
    for key, before in arrays.items():
        np.testing.assert_array_equal(case.good[key], before)
    np.testing.assert_array_equal(global_state(), drawn)
    assert torch.equal(torch.get_rng_state(), drawn_by_torch)
    assert np.geterr() == errors


def refusal(case: Case, parameter: str, value: object) -> Exception | None:
    try:
        case.call(**case.good | {parameter: value})
    except (TypeError, ValueError) as error:
        return error
    return None


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_bad_input_is_refused_in_words_that_name_it(name: str, parameter: str) -> None:
    case = CASES[name]
    words = case.words.get(parameter, rf"(?<!\w){re.escape(parameter)}(?!\w)")
    for kind, (value, expected) in case.bad[parameter].items():
        error = refusal(case, parameter, value)
        assert isinstance(error, expected), f"{kind}: {error!r}"
        # Rows that do not pair are called as the caller calls them, not as what was computed of them.
        pairs = kind == "other rows" and "X" in case.good and parameter not in case.words
        expected_words = "^X and y must have the same number of rows" if pairs else words
        assert re.search(expected_words, str(error)), f"{kind}: {error!r}"
