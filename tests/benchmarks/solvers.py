"""How long the solvers take and how much memory they need, beside those of other libraries on the same data.

Run it with `make bench`. The solvers take turns, so that whatever else the machine does meets them all. The fastest
turn is written, because other programs can only add time, and the median beside it. Nothing here is asserted: times
belong to a machine, and only their ratios mean anything.
"""

from __future__ import annotations

import functools
import statistics
import time
import tracemalloc
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import statsmodels.api as sm
import torch
from benchmarks import report
from sklearn.linear_model import LogisticRegression

from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.newton import fit_newton

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TARGET = 1e-6  # largest slope at which every solver may stop
SIZES = [
    (1_000, 5, 0.0),
    (10_000, 5, 0.0),
    (100_000, 5, 0.0),
    (1_000_000, 5, 0.0),
    (1_000, 50, 0.0),
    (10_000, 50, 0.0),
    (100_000, 50, 0.0),
    (1_000, 100, 0.0),
    (10_000, 100, 0.0),
    (100_000, 100, 0.0),
    (100_000, 50, 0.9),
    (1_000_000, 50, 0.0),
    (1_000_000, 100, 0.0),
]
SPINNING = 0.1  # seconds, more than idle threads of OpenBLAS spin
STATSMODELS_LIMIT = 20_000_000  # numbers in X above which its copies would take gigabytes
STEPS = 20  # of gradient descent
RATE = 0.5
# Each solver's own rule, from loose to tight; the first that meets TARGET is timed.
RULES = {
    "fit_newton": (1e-4, 1e-6, 1e-8, 1e-10),
    "newton-cholesky": (1e-3, 1e-4, 1e-5, 3e-6, 1e-6, 1e-7),
    "lbfgs": (1e-3, 1e-4, 1e-5, 3e-6, 1e-6, 1e-7),
    "statsmodels": (1e-2, 1e-3, 1e-4, 1e-6),
}


class Data(NamedTuple):
    """Features and labels."""

    X: NDArray[np.float64]
    y: NDArray[np.float64]


def draw(rows: int, columns: int, correlation: float) -> Data:
    """Draw normal columns, of which any two have the same correlation, and overlapping classes."""
    rng = np.random.default_rng(0)
    X = np.sqrt(1 - correlation) * rng.normal(size=(rows, columns))
    X += np.sqrt(correlation) * rng.normal(size=(rows, 1))
    logits = X @ rng.normal(size=columns) * 1.5 / np.sqrt(columns) - 0.5
    return Data(X, (logits + rng.logistic(size=rows) > 0).astype(float))


def solve(name: str, data: Data, rule: float) -> NDArray[np.float64]:
    """Fit by the solver of that name and return weights and intercept."""
    X, y = data
    if name == "fit_newton":
        fit = fit_newton(X, y, tolerance=rule)
        return np.append(fit.w, fit.b)
    if name == "statsmodels":
        design = np.column_stack([X, np.ones(len(y))])
        return np.asarray(sm.Logit(y, design).fit(method="newton", tol=rule, maxiter=100, disp=0).params)
    model = LogisticRegression(C=np.inf, solver=name, tol=rule, max_iter=1000).fit(X, y)
    return np.append(model.coef_, model.intercept_)


def largest_slope(data: Data, point: NDArray[np.float64]) -> float:
    """Return the largest entry of the gradient of the mean log loss, the stopping rule of them all."""
    residuals = 1 / (1 + np.exp(-(data.X @ point[:-1] + point[-1]))) - data.y
    return float(np.abs(np.append(residuals @ data.X, residuals.sum())).max()) / data.y.size


def calibrate(name: str, data: Data) -> tuple[float, float, float]:
    """Return the loosest rule that meets the target, the slope it leaves and the most extra memory in MB."""
    for rule in RULES[name]:
        tracemalloc.start()
        point = solve(name, data, rule)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
        slope = largest_slope(data, point)
        if slope <= TARGET:
            return rule, slope, peak
    raise RuntimeError(f"{name} did not reach a slope of {TARGET:g}, only {slope:g}.")


def take_turns(runs: dict[str, Callable[[], object]], repeats: int, steps: int = 1) -> dict[str, dict[str, float]]:
    """Return the fastest and the median milliseconds of one step of each run, the runs alternating.

    Threads of linear algebra go on spinning for a while after their work. So a run is repeated until those of the one
    before have come to rest, and then timed once: what it meets, it has left itself.
    """
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            alone = time.perf_counter() + SPINNING
            while time.perf_counter() < alone:
                run()
            start = time.perf_counter()
            run()
            times[name].append(1e3 * (time.perf_counter() - start) / steps)
    return {
        "milliseconds": {name: report.rounded(min(found)) for name, found in times.items()},
        "median_milliseconds": {name: report.rounded(statistics.median(found)) for name, found in times.items()},
    }


def repeats(data: Data) -> int:
    """Return how many turns to take: many where one is short."""
    return min(60, max(2, 40_000_000 // data.X.size))


def newton_case(data: Data, case: dict[str, float]) -> dict[str, Any]:
    """Measure the solvers that run until they are done."""
    names = [name for name in RULES if name != "statsmodels" or data.X.size <= STATSMODELS_LIMIT]
    found = {name: calibrate(name, data) for name in names}
    runs: dict[str, Callable[[], object]] = {
        name: functools.partial(solve, name, data, rule) for name, (rule, _, _) in found.items()
    }
    return {
        "case": case,
        **take_turns(runs, repeats(data)),
        "extra_megabytes": {name: report.rounded(peak) for name, (_, _, peak) in found.items()},
        "largest_slope": {name: report.rounded(slope, 2) for name, (_, slope, _) in found.items()},
        "X_megabytes": report.rounded(data.X.nbytes / 1e6),
    }


def torch_loop(features: torch.Tensor, labels: torch.Tensor) -> list[float]:
    """Descend as a PyTorch program is usually written, keeping the losses."""
    w = torch.zeros(features.shape[1], dtype=torch.float64, requires_grad=True)
    b = torch.zeros((), dtype=torch.float64, requires_grad=True)
    losses = []
    for _ in range(STEPS):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(features @ w + b, labels)
        loss.backward()
        with torch.no_grad():
            for parameter in (w, b):
                assert parameter.grad is not None
                parameter.sub_(RATE * parameter.grad)
                parameter.grad = None
        losses.append(loss.item())
    return losses


def descent_case(data: Data, case: dict[str, float]) -> dict[str, Any]:
    """Measure one step of gradient descent beside the least that a step can cost, reading X once."""
    features, labels = torch.from_numpy(data.X), torch.from_numpy(data.y)
    times = take_turns(
        {
            "fit_gradient_descent": lambda: fit_gradient_descent(*data, learning_rate=RATE, n_steps=STEPS),
            "PyTorch loop": lambda: torch_loop(features, labels),
            "reading X": lambda: [data.X.sum() for _ in range(STEPS)],
        },
        min(repeats(data), 5),
        STEPS,
    )
    return {"case": case, **times}


def main() -> None:
    """Measure every size and write both topics."""
    newton, descent = [], []
    for rows, columns, correlation in SIZES:
        data = draw(rows, columns, correlation)
        case = {"rows": rows, "columns": columns, "correlation": correlation}
        newton.append(newton_case(data, case))
        print(newton[-1], flush=True)  # noqa: T201 - this is the program's output
        if correlation == 0:
            descent.append(descent_case(data, case))
            print(descent[-1], flush=True)  # noqa: T201 - this is the program's output
            report.write("gradient_descent", descent)
        report.write("newton", newton)  # after every size, so that a run cut short leaves what it measured


if __name__ == "__main__":
    main()
