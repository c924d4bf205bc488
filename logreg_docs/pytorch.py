"""Logistic regression in PyTorch: raw tensors with autograd, then a module with an optimiser and a data loader.

Shapes: `x` (n_samples, n_features), `y_true` (n_samples, 1), `w` (1, n_features), `b` (1,) as tensors. Results come
back as NumPy arrays of float64, `w` as (n_features,). Every random number comes from a generator seeded by the caller.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own name for it
from torch import Tensor, nn, optim
from torch.utils.data import DataLoader, TensorDataset

from logreg_docs._validation import (
    as_labels,
    as_matrix,
    check_rows,
    count,
    fraction,
    freeze,
    instance,
    non_negative,
    positive,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from torch.autograd.graph import Node

__all__ = [
    "GraphNode",
    "LogisticRegression",
    "TensorFit",
    "as_tensors",
    "autograd_graph",
    "draw_parameters",
    "fit_module",
    "fit_tensors",
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TensorFit:
    """Result of training with PyTorch; arrays are read-only NumPy arrays of float64.

    Args:
        w: Weights, shape (n_features,).
        b: Bias.
        losses: Mean log loss over all rows in nats, before the first step (or epoch) and after each one,
            shape (n_steps + 1,).
    """

    w: NDArray[np.float64]
    b: float
    losses: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """One node of the graph that autograd recorded.

    Args:
        name: PyTorch's name of the operation, such as `MmBackward0`, or the name of a leaf tensor.
        shape: Shape of a leaf tensor, None for an operation.
        depth: Longest way from the loss, in edges.
        inputs: Positions of the nodes that this one hands gradients to.
    """

    name: str
    shape: tuple[int, ...] | None
    depth: int
    inputs: tuple[int, ...]


def as_tensors(X: ArrayLike, y: ArrayLike, *, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    """Turn checked arrays into the tensors a training loop needs, both of one floating dtype.

    The labels become a column, because `torch.mm(x, w.T)` is a column too.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).
        dtype: `torch.float32` or `torch.float64`.

    Returns:
        `x` of shape (n_samples, n_features) and `y_true` of shape (n_samples, 1), copies of the data.

    Raises:
        TypeError: If an array does not hold real numbers.
        ValueError: If a shape is wrong, a value is nan, infinite or too large for `dtype`, the labels are not 0 and 1,
            only one class is there, or `dtype` is another one.

    Examples:
        >>> x, y_true = as_tensors([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [0, 1, 1])
        >>> x.shape, y_true.shape, y_true.dtype
        (torch.Size([3, 2]), torch.Size([3, 1]), torch.float32)
    """
    _check_dtype(dtype)
    features, labels = as_matrix(X), as_labels(y, both_classes=True)
    check_rows(features, labels)
    largest = float(np.abs(features).max())
    if largest > torch.finfo(dtype).max:
        raise ValueError(
            f"X must fit {dtype}, got the value {largest:g}. Scale the column or pass dtype=torch.float64."
        )
    return torch.tensor(features, dtype=dtype), torch.tensor(labels, dtype=dtype).reshape(-1, 1)


def draw_parameters(n_features: int, *, seed: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    r"""Draw a random start and ask autograd to record what is done with it.

    $$w_j \sim \mathcal N(0, 1), \qquad b \sim \mathcal N(0, 1)$$

    Args:
        n_features: Columns of the data.
        seed: Seed of a generator used here alone; PyTorch's global one is left as it was.
        dtype: `torch.float32` or `torch.float64`.

    Returns:
        `w` of shape (1, n_features) and `b` of shape (1,), both with `requires_grad=True`.

    Raises:
        TypeError: If `n_features` or `seed` is not a whole number.
        ValueError: If `n_features` is below 1, `seed` is negative or `dtype` is another one.

    Examples:
        >>> w, b = draw_parameters(3, seed=0)
        >>> w.shape, b.shape, w.requires_grad
        (torch.Size([1, 3]), torch.Size([1]), True)
    """
    _check_dtype(dtype)
    generator = _generator(seed)
    w = torch.randn(1, count(n_features, "n_features"), generator=generator, dtype=dtype, requires_grad=True)
    b = torch.randn(1, generator=generator, dtype=dtype, requires_grad=True)
    return w, b


def fit_tensors(
    X: ArrayLike,
    y: ArrayLike,
    *,
    learning_rate: float = 0.1,
    n_steps: int = 1000,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
) -> TensorFit:
    r"""Fit by gradient descent on raw tensors, with the gradient from autograd.

    $$z = x w^\top + b, \quad \hat y = \sigma(z), \quad
    J = -\frac1m \sum_i \bigl[y_i \log \hat y_i + (1 - y_i) \log(1 - \hat y_i)\bigr], \quad
    w \leftarrow w - \eta\,\frac{\partial J}{\partial w}, \quad b \leftarrow b - \eta\,\frac{\partial J}{\partial b}$$

    The loss is `binary_cross_entropy`, which clamps each logarithm at -100. The number of steps is fixed: on
    separable data the weights grow with `n_steps` until rounding swallows the updates, and with dependent columns they
    depend on the start.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).
        learning_rate: Step size η.
        n_steps: Number of updates.
        seed: Seed of the start, see [`draw_parameters`][logreg_docs.pytorch.draw_parameters].
        dtype: `torch.float32` or `torch.float64`.

    Returns:
        The fit; `losses` has n_steps + 1 entries.

    Raises:
        TypeError: If an argument is not of the stated kind.
        ValueError: If a shape or value is wrong, or the logits stop being finite.

    Examples:
        >>> fit = fit_tensors([[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1], learning_rate=0.5, n_steps=100)
        >>> fit.w.shape, bool(fit.losses[-1] < fit.losses[0])
        ((1,), True)
    """
    x, y_true = as_tensors(X, y, dtype=dtype)
    rate, steps = positive(learning_rate, "learning_rate"), count(n_steps, "n_steps")
    w, b = draw_parameters(x.shape[1], seed=seed, dtype=dtype)
    losses = []
    for _ in range(steps):
        loss = _loss(x, y_true, w, b)
        loss.backward()
        for parameter in (w, b):
            _update(parameter, rate)
        losses.append(loss.item())
    losses.append(_loss(x, y_true, w, b).item())
    return TensorFit(w=freeze(w.detach().ravel().numpy()), b=b.item(), losses=freeze(losses))


class LogisticRegression(nn.Module):
    r"""Logistic regression as a module: one linear layer that returns logits.

    $$z = x w^\top + b$$

    The sigmoid belongs to the loss (`BCEWithLogitsLoss`), which keeps loss and slope of a wrong row where its
    probability would round to 0 or 1.
    Parameters start at zero: the log loss is convex, so no start is a trap, and no random number is needed.

    Args:
        n_features: Columns of the data.
        dtype: Dtype of the parameters, `torch.float32` or `torch.float64`.

    Raises:
        TypeError: If `n_features` is not a whole number, or a batch is no tensor of the parameters' dtype.
        ValueError: If `n_features` is below 1, `dtype` is another one, or a batch does not have shape
            (n_samples, n_features).

    Examples:
        >>> model = LogisticRegression(2)
        >>> model(torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])).shape
        torch.Size([3])
        >>> list(model.state_dict())
        ['linear.weight', 'linear.bias']
    """

    def __init__(self, n_features: int, *, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        _check_dtype(dtype)
        # on the meta device first, because the default start would draw from PyTorch's global generator
        self.linear = nn.Linear(count(n_features, "n_features"), 1, dtype=dtype, device="meta").to_empty(device="cpu")
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        r"""Logit of every row.

        $$z_i = w^\top x_i + b$$

        Args:
            x: Features, shape (n_samples, n_features), in the module's dtype.

        Returns:
            Logits in nats, shape (n_samples,), also for one row.

        Raises:
            TypeError: If `x` is no tensor of the module's dtype.
            ValueError: If `x` has another shape.

        Examples:
            >>> LogisticRegression(2)(torch.tensor([[1.0, 2.0]])).detach()
            tensor([0.])
        """
        instance(x, Tensor, "x", "a tensor")
        dtype = self.linear.weight.dtype
        if x.dtype != dtype:
            raise TypeError(f"x must have the module's {dtype}, got {x.dtype}. Convert it with x.to({dtype}).")
        if x.ndim != 2 or x.shape[1] != self.linear.in_features:  # noqa: PLR2004 - a matrix
            expected = f"(n_samples, {self.linear.in_features})"
            raise ValueError(f"x must have shape {expected}, got {tuple(x.shape)}. Pass one row with x[None, :].")
        return cast("Tensor", self.linear(x)).squeeze(-1)


def fit_module(
    model: LogisticRegression,
    X: ArrayLike,
    y: ArrayLike,
    *,
    learning_rate: float = 0.1,
    n_epochs: int = 20,
    batch_size: int | None = 32,
    l2: float = 0.0,
    momentum: float = 0.0,
    seed: int = 0,
) -> TensorFit:
    r"""Train a module in place with `DataLoader`, `BCEWithLogitsLoss` and `optim.SGD`.

    $$J = \frac1m \sum_i \bigl[\log(1 + e^{z_i}) - y_i z_i\bigr] + \frac{\lambda}{2} \lVert w \rVert^2$$

    The penalty is the optimiser's `weight_decay`, given to the weights alone and not to the bias.

    Args:
        model: The module; its parameters are changed, and its dtype and device are used.
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).
        learning_rate: Step size η.
        n_epochs: Passes over the data.
        batch_size: Rows per step, shuffled anew each epoch; None takes all rows at once.
        l2: Strength λ of the penalty.
        momentum: Share of the last step that is kept, in [0, 1).
        seed: Seed of the order of the rows.

    Returns:
        The fit; `losses` has n_epochs + 1 entries, over all rows and without the penalty.

    Raises:
        TypeError: If an argument is not of the stated kind.
        ValueError: If a shape or value is wrong, every parameter of the module is frozen, `X` has other columns than
            the module, or the loss stops being finite; the module then holds the last step.

    Examples:
        >>> model = LogisticRegression(1)
        >>> fit = fit_module(model, [[0.0], [1.0], [2.0], [3.0]], [0, 1, 0, 1], n_epochs=50)
        >>> bool(fit.losses[-1] < fit.losses[0])
        True

    Source:
        PyTorch, `torch.nn.BCEWithLogitsLoss` and `torch.optim.SGD`.
    """
    instance(model, LogisticRegression, "model", "a LogisticRegression of this module")
    _refuse_frozen(model)
    place = model.linear.weight
    x, y_true = (t.to(place.device) for t in as_tensors(X, y, dtype=place.dtype))
    if x.shape[1] != model.linear.in_features:
        raise ValueError(f"X must have the {model.linear.in_features} columns of the module, got {x.shape[1]}.")
    target = y_true.squeeze(-1)
    optimiser = _optimiser(model, learning_rate, l2, momentum)
    rows = len(x) if batch_size is None else count(batch_size, "batch_size")
    loader = DataLoader(TensorDataset(x, target), batch_size=rows, shuffle=True, generator=_generator(seed))
    loss_function = nn.BCEWithLogitsLoss()
    losses = [_mean_loss(model, x, target)]
    for _ in range(count(n_epochs, "n_epochs")):
        for rows_x, rows_y in loader:
            optimiser.zero_grad()
            loss_function(model(rows_x), rows_y).backward()
            optimiser.step()
        losses.append(_mean_loss(model, x, target))
    w, b = (parameter.detach().cpu().ravel().numpy() for parameter in (place, model.linear.bias))
    return TensorFit(w=freeze(w), b=float(b[0]), losses=freeze(losses))


def autograd_graph(output: Tensor, *, names: Mapping[str, Tensor]) -> tuple[GraphNode, ...]:
    """Walk the graph that autograd recorded on the way to `output`.

    `output.grad_fn` is the last operation; each operation's `next_functions` are the ones it hands gradients to.
    Inputs that need no gradient, such as data, are not in the graph.

    Args:
        output: A tensor computed from tensors with `requires_grad=True`.
        names: Names of the leaf tensors; a leaf without a name is called "leaf".

    Returns:
        The nodes, the operation nearest to `output` first, every node before those it hands gradients to.

    Raises:
        TypeError: If `output` is no tensor or `names` is no mapping.
        ValueError: If nothing was recorded for `output`.

    Examples:
        >>> w = torch.ones(3, requires_grad=True)
        >>> [(node.name, node.inputs) for node in autograd_graph((2 * w).sum(), names={"w": w})]
        [('SumBackward0', (1,)), ('MulBackward0', (2,)), ('w', ())]
    """
    instance(output, Tensor, "output", "a tensor")
    instance(names, Mapping, "names", "a mapping of names to tensors")
    if output.grad_fn is None:
        raise ValueError(
            "output must come from tensors with requires_grad=True, got a tensor without grad_fn. "
            "Compute it outside torch.no_grad() and do not detach it."
        )
    order = _topological_order(output.grad_fn)
    position = {node: i for i, node in enumerate(order)}
    depths = [0] * len(order)
    for i, node in enumerate(order):
        for child in _inputs(node):
            depths[position[child]] = max(depths[position[child]], depths[i] + 1)
    return tuple(_describe(node, depths[i], position, names) for i, node in enumerate(order))


def _check_dtype(dtype: torch.dtype) -> None:
    if dtype not in (torch.float32, torch.float64):
        raise ValueError(f"dtype must be torch.float32 or torch.float64, got {dtype!r}.")


def _refuse_frozen(model: LogisticRegression) -> None:
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise ValueError(
            "model must have a parameter that can be trained, got only frozen ones. Call model.requires_grad_() first."
        )


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(count(seed, "seed", lowest=0, highest=2**63 - 1))


def _loss(x: Tensor, y_true: Tensor, w: Tensor, b: Tensor) -> Tensor:
    z = torch.mm(x, w.T) + b
    if not bool(torch.isfinite(z).all()):
        raise ValueError("the logits must stay finite, got inf or nan. Lower learning_rate or standardise X.")
    y_hat = torch.sigmoid(z)
    return F.binary_cross_entropy(y_hat, y_true)


def _update(parameter: Tensor, learning_rate: float) -> None:
    gradient = cast("Tensor", parameter.grad)  # backward has just filled it
    with torch.no_grad():
        parameter -= learning_rate * gradient
    gradient.zero_()


def _optimiser(model: LogisticRegression, learning_rate: float, l2: float, momentum: float) -> optim.SGD:
    rate, decay = positive(learning_rate, "learning_rate"), non_negative(l2, "l2")
    dtype = model.linear.weight.dtype
    for name, value in (("learning_rate", rate), ("l2", decay)):
        if value > torch.finfo(dtype).max:
            raise ValueError(f"{name} must fit the module's {dtype}, got {value:g}. Lower it.")
    groups = [
        {"params": [model.linear.weight], "weight_decay": decay},
        {"params": [model.linear.bias], "weight_decay": 0.0},
    ]
    return optim.SGD(groups, lr=rate, momentum=fraction(momentum, "momentum"))


@torch.no_grad()
def _mean_loss(model: LogisticRegression, x: Tensor, target: Tensor) -> float:
    loss = F.binary_cross_entropy_with_logits(model(x), target).item()
    if not math.isfinite(loss):
        raise ValueError(f"the loss must stay finite, got {loss}. Lower learning_rate or standardise X.")
    return loss


def _inputs(node: Node) -> list[Node]:
    return [child for child, _ in node.next_functions if child is not None]


def _topological_order(root: Node) -> list[Node]:
    """Order by depth-first search, with a stack of its own because a long loop nests deeper than Python's."""
    done: list[Node] = []
    seen, stack = {root}, [(root, iter(_inputs(root)))]
    while stack:
        node, children = stack[-1]
        child = next((child for child in children if child not in seen), None)
        if child is None:
            done.append(node)
            stack.pop()
        else:
            seen.add(child)
            stack.append((child, iter(_inputs(child))))
    return done[::-1]


def _describe(node: Node, depth: int, position: Mapping[Node, int], names: Mapping[str, Tensor]) -> GraphNode:
    inputs = tuple(position[child] for child in _inputs(node))
    leaf: Tensor | None = getattr(node, "variable", None)
    if leaf is None:
        return GraphNode(name=node.name(), shape=None, depth=depth, inputs=inputs)
    name = next((name for name, tensor in names.items() if tensor is leaf), "leaf")
    return GraphNode(name=name, shape=tuple(leaf.shape), depth=depth, inputs=inputs)
