r"""Compute the objective of a fit: log loss with its first two derivatives, by rows and summed over all of them.

Nothing is checked here. The public functions of `log_loss` and the fits check what they are
given once, at the door, and are built on this module.

Shapes: `y` (n_samples,) in {0, 1}, `logits` (n_samples,), `point` (n_features + 1,), weights first and intercept last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from logreg_docs._chunks import chunks, longest_chunk, map_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from logreg_docs._chunks import RowRange

__all__ = ["Objective", "RowTerms", "Terms", "row_terms"]

_SHORT = 16  # numbers in a row, below which a loop over each row takes longer than copying it into columns


class RowTerms(NamedTuple):
    r"""Log loss of every row and its first two derivatives in the logit.

    Attributes:
        losses: $\log(1 + e^{z_i}) - y_i z_i$ in nats, shape (n_samples,).
        residuals: Slopes $p_i - y_i$, shape (n_samples,).
        curvatures: $p_i (1 - p_i)$, shape (n_samples,).
    """

    losses: NDArray[np.float64]
    residuals: NDArray[np.float64]
    curvatures: NDArray[np.float64]


def row_terms(logits: NDArray[np.float64], y: NDArray[Any]) -> RowTerms:
    r"""Compute loss, slope and curvature of every row from one exponential, which cannot overflow.

    Let $u_i$ be $z_i$ for a label of 0 and $-z_i$ for a label of 1: how far the logit lies on the wrong side. Then

    $$\ell_i = \log(1 + e^{u_i}) = \max(u_i, 0) + \log\bigl(1 + e^{-|u_i|}\bigr), \qquad
    p_i - y_i = \pm\sigma(u_i), \qquad p_i (1 - p_i) = \frac{e^{-|u_i|}}{(1 + e^{-|u_i|})^2}$$

    No probability is rounded to 0 or 1 and no difference of nearly equal numbers is taken on the way.

    Args:
        logits: $z$, finite, shape (n_samples,).
        y: Labels in {0, 1}, shape (n_samples,).

    Returns:
        The three terms of every row.

    Examples:
        >>> terms = row_terms(np.array([0.0, 1000.0]), np.array([1, 0]))
        >>> terms.losses.round(4), terms.residuals, terms.curvatures
        (array([6.931e-01, 1.000e+03]), array([-0.5,  1. ]), array([0.25, 0.  ]))
    """
    sign = 1.0 - 2.0 * y
    wrong = sign * logits
    decay = np.exp(-np.abs(wrong))
    grown = 1.0 + decay
    return RowTerms(
        losses=np.maximum(wrong, 0.0) + np.log1p(decay),
        residuals=sign * np.where(wrong > 0, 1.0, decay) / grown,
        curvatures=decay / grown / grown,
    )


class Terms(NamedTuple):
    r"""An objective at one point.

    Attributes:
        point: All parameters, shape (n_parameters,).
        log_loss: The loss in nats, without the penalty.
        objective: The same with the penalty.
        gradient: Slopes of the objective, shape (n_parameters,).
        hessian: Second derivatives as the objective defines them, shape (n_parameters, n_parameters); empty where they
            were not asked for.
    """

    point: NDArray[np.float64]
    log_loss: float
    objective: float
    gradient: NDArray[np.float64]
    hessian: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    r"""Mean log loss of some rows plus a penalty, as a function of weights and intercept: what a fit minimises.

    $$F(w, b) = \frac1m \sum_{i=1}^m \ell_i + \tfrac12 \sum_j \rho_j^2 w_j^2$$

    It reads the rows chunk by chunk and keeps none of them, so the memory it needs beside them does not grow with their
    number. A fit checks its input once and hands this object on; nothing is checked here.

    Args:
        read: Function that writes the features of some rows, given as a slice or by their numbers, into a block of
            shape (n_rows, n_features + 1), before its last column, which holds ones.
        y: Labels in {0, 1}, shape (n_samples,).
        root_penalty: $\rho$, for each weight the root of its penalty, and 0 last for the intercept; shape
            (n_features + 1,). Penalties of badly scaled columns exceed float64; their roots do not.

    Examples:
        >>> X, y = np.array([[0.0], [2.0]]), np.array([0, 1])
        >>> terms = Objective(lambda rows, block: np.copyto(block[:, :-1], X[rows]), y, np.zeros(2)).at(np.zeros(2))
        >>> round(terms.objective, 4), terms.gradient
        (0.6931, array([-0.5,  0. ]))
    """

    read: Callable[[slice | NDArray[np.intp], NDArray[np.float64]], None]
    y: NDArray[Any]
    root_penalty: NDArray[np.float64]

    def at(self, point: NDArray[np.float64], *, hessian: bool = False) -> Terms:
        r"""Evaluate value, gradient and, if wanted, Hessian in one reading of the rows.

        $$\nabla F = \frac1m \tilde X^\top (p - y) + \rho^2 \theta, \qquad
        \nabla^2 J = \frac1m \tilde X^\top \operatorname{diag}\bigl(p_i (1 - p_i)\bigr) \tilde X$$

        Args:
            point: $\theta$: weights first and intercept last, shape (n_features + 1,).
            hessian: Whether to compute the Hessian, which takes most of the time.

        Returns:
            The terms. The loss is the mean, $J$, and nan where a logit exceeds float64. The Hessian is that of $J$.
        """
        shape = (self.y.size, point.size)
        shares = map_rows(
            lambda rows: self._sums(point, rows, hessian=hessian), shape, products=point.size if hessian else 0
        )
        loss, slopes, curvatures = (sum(parts[1:], parts[0]) / self.y.size for parts in zip(*shares, strict=True))
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = self.root_penalty * point
            penalty = 0.5 * float(scaled @ scaled)
            return Terms(point, loss, loss + penalty, slopes + self.root_penalty * scaled, curvatures)

    def of_rows(self, index: NDArray[np.intp]) -> Objective:
        """Return the same objective of some of the rows, as one step of stochastic gradient descent sees it.

        Args:
            index: Numbers of the rows, shape (n_batch,).
        """
        batch = np.ones((index.size, self.root_penalty.size))
        self.read(index, batch)
        return Objective(lambda rows, block: np.copyto(block, batch[rows]), self.y[index], self.root_penalty)

    def blocks(self, rows: RowRange) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield every chunk of a range of rows with its features and a last column of ones; the next one overwrites it.

        Args:
            rows: The range.
        """
        n_parameters = self.root_penalty.size
        # NumPy loops along memory: where rows are short, each column lies in one piece.
        order: Literal["C", "F"] = "F" if n_parameters < _SHORT else "C"
        room = np.empty((longest_chunk(rows, n_parameters), n_parameters), order=order)
        for chunk in chunks(rows, n_parameters):
            block = room[: chunk.stop - chunk.start]
            block[:, -1] = 1.0
            self.read(chunk, block)
            yield chunk, block

    def _sums(
        self, point: NDArray[np.float64], rows: RowRange, *, hessian: bool
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
        """Sum loss, gradient and Hessian of a range of rows."""
        loss, slopes = 0.0, np.zeros(point.size)
        curvatures = np.zeros((point.size, point.size) if hessian else (0, 0))
        with np.errstate(over="ignore", invalid="ignore"):
            for chunk, block in self.blocks(rows):
                logits = block @ point
                if not np.isfinite(logits).all():
                    return math.nan, np.full_like(slopes, math.nan), curvatures
                terms = row_terms(logits, self.y[chunk])
                loss += float(terms.losses.sum())
                slopes += terms.residuals @ block
                if hessian:
                    weighted = np.multiply(block, np.sqrt(terms.curvatures)[:, np.newaxis], out=block)
                    curvatures += weighted.T @ weighted
        return loss, slopes, curvatures
