r"""Logistic regression as a scikit-learn estimator, for pipelines, cross-validation and grid search."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from logreg_docs._validation import count
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.newton import fit_newton
from logreg_docs.sigmoid import linear_logits, sigmoid

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["LogisticClassifier"]


class _Fit(NamedTuple):
    w: NDArray[np.float64]
    b: float
    n_steps: int
    converged: bool
    diverged: bool
    separated: bool | None


class LogisticClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    r"""Binary logistic regression with the interface of scikit-learn.

    $$P(y = \texttt{classes\_[1]} \mid x) = \sigma(w^\top x + b), \qquad
    \min_{w, b}\; J(w, b) + \tfrac\lambda2 \lVert w \rVert^2$$

    Unlike `sklearn.linear_model.LogisticRegression` it does not penalise unless asked, and its default solver is the
    plain gradient descent of this site, which wants standardised features. Data that no finite weights fit best,
    because a plane separates the classes, come back with a `ConvergenceWarning` from either solver.

    Args:
        solver: `"gradient_descent"` or `"newton"`.
        learning_rate: Rate $\eta$ of gradient descent; Newton's method has none.
        n_steps: Most steps to take.
        l2: Strength $\lambda$ of the penalty; $1 / (m C)$ in scikit-learn's terms.
        tolerance: Gradient descent stops when the norm of the gradient is at most this, and Newton's method when the
            next step promises to lower the objective by at most this. 0 lets gradient descent take all its steps
            and warn only if it diverges.

    Attributes:
        classes_: The two labels in sorted order, shape (2,).
        coef_: Weights, shape (1, n_features).
        intercept_: Intercept, shape (1,).
        n_iter_: Steps taken.
        n_features_in_: Number of columns seen in `fit`.
        feature_names_in_: Names of those columns, where `X` had names.

    Examples:
        >>> model = LogisticClassifier(solver="newton").fit([[1.0], [2.0], [3.0], [4.0]], ["no", "yes", "no", "yes"])
        >>> model.predict([[0.0], [5.0]]).tolist()
        ['no', 'yes']
        >>> model.predict_proba([[2.5]]).round(6)
        array([[0.5, 0.5]])
    """

    def __init__(
        self,
        *,
        solver: Literal["gradient_descent", "newton"] = "gradient_descent",
        learning_rate: float = 0.1,
        n_steps: int = 1000,
        l2: float = 0.0,
        tolerance: float = 1e-6,
    ) -> None:
        self.solver = solver
        self.learning_rate = learning_rate
        self.n_steps = n_steps
        self.l2 = l2
        self.tolerance = tolerance

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Estimate the weights and the intercept.

        Args:
            X: Features, shape (n_samples, n_features).
            y: Labels of any kind with exactly two different values, shape (n_samples,).

        Returns:
            The estimator itself, with `coef_` and `intercept_` in nats.

        Raises:
            ValueError: If the data are not what scikit-learn accepts, if there are not exactly two classes, or if a
                parameter is out of range.
            TypeError: If `X` is sparse or holds objects, or a parameter is no number.
            RuntimeError: If separation could not be decided.

        Examples:
            >>> LogisticClassifier(solver="newton").fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1]).coef_.round(4)
            array([[0.9082]])
        """
        matrix, labels = validate_data(self, X, y, dtype=np.float64)
        self.classes_, encoded = _encode(labels)
        fit = self._solve(matrix, encoded)
        every_step_wanted = self.solver == "gradient_descent" and self.tolerance == 0
        if fit.diverged or not (fit.converged or every_step_wanted):
            warnings.warn(self._why_not_converged(fit), ConvergenceWarning, stacklevel=2)
        self.coef_ = fit.w.reshape(1, -1)
        self.intercept_ = np.array([fit.b])
        self.n_iter_ = fit.n_steps
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        r"""Logit of every row.

        $$z_i = w^\top x_i + b$$

        Args:
            X: Features, shape (n_samples, n_features).

        Returns:
            Logits in nats, shape (n_samples,); above 0 for `classes_[1]`.

        Raises:
            NotFittedError: If `fit` was not called.
            TypeError: If `X` is sparse or holds objects.
            ValueError: If `X` is not what was fitted, holds text, nan or inf, or a logit is too large for float64.

        Examples:
            >>> model = LogisticClassifier(solver="newton").fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
            >>> model.decision_function([[3.5]]).round(4)
            array([0.9082])
        """
        check_is_fitted(self)
        matrix = validate_data(self, X, dtype=np.float64, reset=False)
        return linear_logits(matrix, self.coef_[0], self.intercept_[0])

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        r"""Probability of both classes for every row.

        $$\bigl(\sigma(-z_i),\ \sigma(z_i)\bigr), \qquad z_i = w^\top x_i + b$$

        Args:
            X: Features, shape (n_samples, n_features).

        Returns:
            Probabilities of `classes_[0]` and `classes_[1]`, shape (n_samples, 2).

        Raises:
            NotFittedError: If `fit` was not called.
            TypeError: If `X` is sparse or holds objects.
            ValueError: If `X` is not what was fitted, holds text, nan or inf, or a logit is too large for float64.

        Examples:
            >>> model = LogisticClassifier(solver="newton").fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
            >>> model.predict_proba([[3.5]]).round(4)
            array([[0.2874, 0.7126]])
        """
        logits = self.decision_function(X)
        return np.column_stack([sigmoid(-logits), sigmoid(logits)])

    def predict(self, X: ArrayLike) -> NDArray[np.generic]:
        r"""Class that is the more probable one, for every row.

        $$\texttt{classes\_[1]} \text{ where } w^\top x_i + b > 0, \text{ else } \texttt{classes\_[0]}$$

        Args:
            X: Features, shape (n_samples, n_features).

        Returns:
            Labels from `classes_`, shape (n_samples,); `classes_[0]` where the logit is exactly 0.

        Raises:
            NotFittedError: If `fit` was not called.
            TypeError: If `X` is sparse or holds objects.
            ValueError: If `X` is not what was fitted, holds text, nan or inf, or a logit is too large for float64.

        Examples:
            >>> model = LogisticClassifier(solver="newton").fit([[1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1])
            >>> model.predict([[2.0], [3.5]])
            array([0, 1])
        """
        logits = self.decision_function(X)
        return np.asarray(self.classes_[(logits > 0).astype(np.intp)])

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204 - scikit-learn ships no types
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _solve(self, X: NDArray[np.float64], y: NDArray[np.float64]) -> _Fit:
        if self.solver == "newton":
            steps = count(self.n_steps, "n_steps")  # fit_newton would name its own max_steps
            newton = fit_newton(X, y, l2=self.l2, max_steps=steps, tolerance=self.tolerance, strict=False)
            return _Fit(
                newton.w, newton.b, newton.n_steps, newton.converged, diverged=False, separated=newton.separated
            )
        if self.solver == "gradient_descent":
            descent = fit_gradient_descent(
                X, y, learning_rate=self.learning_rate, n_steps=self.n_steps, l2=self.l2, tolerance=self.tolerance
            )
            return _Fit(descent.w, descent.b, descent.n_steps, descent.converged, descent.diverged, descent.separated)
        raise ValueError(f"solver must be 'gradient_descent' or 'newton', got {self.solver!r}.")

    def _why_not_converged(self, fit: _Fit) -> str:
        if fit.diverged:
            return (
                f"Gradient descent diverged with learning_rate={self.learning_rate} after {fit.n_steps} steps: "
                "the next one would leave the range of float64. Lower learning_rate, or standardise X."
            )
        if fit.separated:
            return (
                "A plane separates the classes, so no finite weights fit best and these are only where the solver "
                f"stopped after {fit.n_steps} steps. Pass l2 > 0."
            )
        missed = f"The solver {self.solver!r} did not reach tolerance={self.tolerance:g} in {fit.n_steps} steps"
        if self.solver == "gradient_descent":
            return f"{missed}. Standardise X, raise n_steps, or change learning_rate."
        if fit.n_steps >= self.n_steps:
            return f"{missed}. Raise n_steps."
        return f"{missed}, because rounding hid any further fall. Raise tolerance, or pass l2 > 0."


def _encode(labels: NDArray[np.generic]) -> tuple[NDArray[np.generic], NDArray[np.float64]]:
    """Map two labels of any kind to 0 and 1, and refuse any other number of them in scikit-learn's words."""
    check_classification_targets(labels)
    kind = type_of_target(labels)
    if kind != "binary":
        raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
    classes, codes = np.unique(labels, return_inverse=True)
    if classes.size == 1:
        raise ValueError(
            "This solver needs samples of at least 2 classes in the data, "
            f"but the data contains only one class: {classes[0]!r}"
        )
    return classes, codes.astype(np.float64)
