# %% [markdown]
# # PyTorch, step by step
#
# In this lab you train one neuron in PyTorch, one line at a time, and look at
# what each line leaves behind. At the end you will be able to
#
# - turn arrays into tensors of the right shape and dtype;
# - say what `backward`, `step` and `zero_grad` read and write;
# - recognise the mistakes that raise no exception;
# - train in mini-batches, evaluate, save and load a model;
# - prove that what you trained is the right answer.
#
# **What you need.** PyTorch, on any processor. NumPy, scikit-learn and
# matplotlib come with the package `logreg_docs`. This lab belongs to
# [chapter 5, PyTorch](../chapters/05-pytorch.md), which
# has the derivations; here you look into the machine.
#
# **How it works.** Run the cells in order. A cell that begins with `# Predict`
# asks for a number: put yours in place of `None`. The answer is printed below,
# so decide before you look.
#
# **Time.** About an hour if you try things out, fifteen minutes if you read.

# %%
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
import torch.nn.functional as F
from logreg_docs.exercises.labs import check
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)  # so small a model gains nothing from more


def compare(guess, truth, *, rtol=0.02):
    """Show the answer to a prediction, and judge the guess if there is one."""
    if guess is not None:
        assert np.isclose(guess, truth, rtol=rtol), f"{guess}: think again"
    print(f"answer: {truth:.4g}")


def attempt(action, *arguments):
    """Run what is expected to fail, and show how it fails."""
    try:
        action(*arguments)
    except (RuntimeError, ValueError) as error:
        print(f"{type(error).__name__}: {str(error).splitlines()[0]}")
    else:
        raise AssertionError("this was expected to fail")


# %% [markdown]
# ## 1. The data
#
# scikit-learn draws rows with ten features and two classes. A fifth is held
# back: the model may not be judged on the rows it learnt from.

# %%
X, y = make_classification(n_samples=1000, n_features=10, random_state=42)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.2, random_state=42
)
print("train", X_train.shape, X_train.dtype, y_train.shape, y_train.dtype)
print("test ", X_test.shape, X_test.dtype, y_test.shape, y_test.dtype)
print("columns:", X.shape[1], " rank:", np.linalg.matrix_rank(X_train))

# %% [markdown]
# Note the rank. By default two of the columns are computed from others, so
# infinitely many weights give the same logits. Remember that for the end, when
# we compare weights.
#
# ## 2. Scale
#
# Gradient descent usually needs fewer steps when all features have similar
# sizes. Learn mean and standard deviation **from the training rows**, then
# apply the same numbers to both parts. The test rows must not influence
# anything that is learnt.

# %%
mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
Z_train = (X_train - mean) / deviation
Z_test = (X_test - mean) / deviation
print("training means     ", Z_train.mean(axis=0).round(3) + 0.0)
print("training deviations", Z_train.std(axis=0).round(3))
print("test means         ", Z_test.mean(axis=0).round(3))

assert np.allclose(Z_train.mean(axis=0), 0), "training means must be 0"
assert not np.allclose(Z_test.mean(axis=0), 0), "the test rows were used"

# %% [markdown]
# ## 3. Tensors
#
# A tensor is an array on which PyTorch can record operations. Two things have
# to be right before anything else:
#
# - **dtype.** Parameters are `float32` unless you say otherwise, so the
#   features have to be `float32` too. The labels have to be floats as well.
# - **shape.** The model returns a column, shape $(m, 1)$, so the labels must be
#   a column too.

# %%
x = torch.tensor(Z_train, dtype=torch.float32)
target = torch.tensor(y_train, dtype=torch.float32).reshape(-1, 1)
x_test = torch.tensor(Z_test, dtype=torch.float32)
m, d = x.shape

print("x     ", tuple(x.shape), x.dtype)
print("target", tuple(target.shape), target.dtype)
assert x.dtype == target.dtype == torch.float32
assert target.shape == (m, 1)

# %% [markdown]
# ## 4. The model and the loss
#
# `nn.Linear(d, 1)` computes one logit per row, $z = x w^\top + b$. It makes its
# own parameters, `weight` of shape $(1, d)$ and `bias` of shape $(1,)$, and
# fills them with small random numbers. `manual_seed` makes them repeatable.

# %%
torch.manual_seed(0)
model = nn.Linear(d, 1)
for name, parameter in model.named_parameters():
    print(
        name, tuple(parameter.shape), "requires_grad", parameter.requires_grad
    )
print("logits", tuple(model(x).shape))

# %% [markdown]
# There is no sigmoid in the model. The loss, `BCEWithLogitsLoss`, takes logits
# and does the sigmoid and the logarithm together,
#
# $$J = \frac1m \sum_{i=1}^m \bigl[\log(1 + e^{z_i}) - y_i z_i\bigr]$$
#
# in a form that cannot overflow. Here is why that matters. One row of class 0
# with logit 20: the model is sure, and wrong.

# %%
sure = torch.tensor([20.0], requires_grad=True)
wrong_way = F.binary_cross_entropy(torch.sigmoid(sure), torch.zeros(1))
wrong_way.backward()
print(f"via probabilities: loss {wrong_way.item():.2f}, slope {sure.grad[0]}")

sure = torch.tensor([20.0], requires_grad=True)
right_way = F.binary_cross_entropy_with_logits(sure, torch.zeros(1))
right_way.backward()
print(f"via logits:        loss {right_way.item():.2f}, slope {sure.grad[0]}")

# %% [markdown]
# Via probabilities, the row that is most wrong has slope 0: it has no say in
# the next step. In `float32` the sigmoid of 20 is exactly 1, and adding a small
# $\varepsilon$ inside the logarithm does not bring the lost digits back.
#
# Predict: all logits are 0. What is the loss, whatever the labels?

# %%
# Predict
guess = None
loss_function = nn.BCEWithLogitsLoss()
compare(guess, loss_function(torch.zeros(m, 1), target).item())

# %% [markdown]
# ### Three ways to get the input wrong
#
# **Labels as a flat vector.** The loss refuses, and says why:

# %%
flat = target.squeeze(1)
print("logits", tuple(model(x).shape), " flat labels", tuple(flat.shape))
attempt(loss_function, model(x), flat)

# %% [markdown]
# **Integers as labels, or doubles as features.** Both are refused too. The
# labels from scikit-learn are `int64`, and its features `float64`:

# %%
attempt(loss_function, model(x), torch.tensor(y_train).reshape(-1, 1))
attempt(model, torch.tensor(Z_train))

# %% [markdown]
# **A loss of your own** has no such guard. A column of $m$ against a vector of
# $m$ is stretched to a square of $m \times m$: every prediction is compared
# with every label. No exception, no warning, and a number that looks like a
# loss.


# %%
def handwritten_loss(z, y):
    """Mean log loss without a check of the shapes."""
    return (F.softplus(z) - y * z).mean()


with torch.no_grad():
    print("shape of the product:", tuple((flat * model(x)).shape))
    print(f"with the column {handwritten_loss(model(x), target).item():.4f}")
    print(f"with the vector {handwritten_loss(model(x), flat).item():.4f}")

# %% [markdown]
# So in code of your own, write the expectation down:
# `assert z.shape == y.shape`.
#
# ## 5. One step, slowly
#
# A training step has four lines. We stop after each of them.
#
# **Forward.** Compute logits and loss. PyTorch records the operations as a
# graph; `grad_fn` is its last node. Nothing has a gradient yet.

# %%
z = model(x)
loss = loss_function(z, target)
print(f"loss {loss.item():.4f}, shape {tuple(loss.shape)}")
print("last operation:", loss.grad_fn.name())
print("gradients:", model.weight.grad, model.bias.grad)

# %% [markdown]
# **Backward.** One call walks this graph from the loss back, and puts the slope
# of the loss into the `.grad` of every parameter. The parameters themselves do
# not move.

# %%
before = model.weight.detach().clone()
loss.backward()
print("weight.grad", tuple(model.weight.grad.shape))
print("bias.grad  ", tuple(model.bias.grad.shape))
assert torch.equal(model.weight, before), "backward moves nothing"

# %% [markdown]
# Is it the gradient of the
# [derivation](../chapters/04-gradient-descent.md), predicted minus true,
# weighted by the feature?
#
# $$\frac{\partial J}{\partial w} = \frac1m (\hat y - y)^\top x, \qquad
# \frac{\partial J}{\partial b} = \frac1m \sum_{i=1}^m (\hat y_i - y_i)$$
#
# Mind the order, $\hat y - y$. With $y - \hat y$ you would walk uphill.

# %%
with torch.no_grad():
    error = torch.sigmoid(z) - target
    by_hand_w = error.T @ x / m
    by_hand_b = error.mean(dim=0)
print("autograd", model.weight.grad[0, :4])
print("formula ", by_hand_w[0, :4])
assert torch.allclose(model.weight.grad, by_hand_w, atol=1e-6)
assert torch.allclose(model.bias.grad, by_hand_b, atol=1e-6)

# %% [markdown]
# **Step.** The optimiser reads `.grad` and moves the parameters against it. The
# gradient points to where the loss *rises* fastest, hence the minus:
#
# $$w \leftarrow w - \eta\, \frac{\partial J}{\partial w}$$

# %%
learning_rate = 0.5
optimiser = optim.SGD(model.parameters(), lr=learning_rate)
optimiser.step()

expected = before - learning_rate * by_hand_w
assert torch.allclose(model.weight, expected), "old minus rate times slope"
with torch.no_grad():
    after = loss_function(model(x), target).item()
print(f"loss before {loss.item():.4f}, after one step {after:.4f}")
print("the gradient is still there:", model.weight.grad is not None)

# %% [markdown]
# **Zero.** The last output is the trap. `step` leaves `.grad` as it is, and the
# next `backward` *adds* to it. Predict: the derivative of $3v$ is 3. What is in
# `v.grad` after two backward passes?

# %%
# Predict
guess = None
v = torch.tensor(1.0, requires_grad=True)
(3 * v).backward()
(3 * v).backward()
compare(guess, v.grad.item())

# %% [markdown]
# `optimiser.zero_grad()` throws the old gradients away. It may stand anywhere
# after `step` and before the next `backward`. At the head of the loop it is
# hardest to forget.

# %%
optimiser.zero_grad()
print("after zero_grad:", model.weight.grad)

# %% [markdown]
# ## 6. The loop
#
# The four lines, again and again. The switch `zero` lets us forget one of them.


# %%
def train(n_steps, *, learning_rate, zero=True):
    """Train a new model on all rows at once; return it and its losses."""
    torch.manual_seed(0)
    model = nn.Linear(d, 1)
    optimiser = optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(n_steps):
        if zero:
            optimiser.zero_grad()
        loss = loss_function(model(x), target)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return model, losses


# %% [markdown]
# `loss.item()` takes the plain number out of the tensor. Append `loss` itself,
# and you keep the graph of every step in memory.
#
# What do you expect without `zero_grad`? Slower, faster, or something else?

# %%
_, good = train(150, learning_rate=0.1)
_, forgotten = train(150, learning_rate=0.1, zero=False)
assert all(np.diff(good) < 0), "with zero_grad every step goes down"
assert max(np.diff(forgotten)) > 0, "without it the loss also rises"
print(f"with    zero_grad: last {good[-1]:.4f}, highest {max(good):.4f}")
print(
    f"without zero_grad: last {forgotten[-1]:.4f}, highest {max(forgotten):.4f}"
)

# %% exec="fold"
from logreg_docs.figures.pytorch import plot_loss_curves

plot_loss_curves({"with zero_grad": good, "without": forgotten})

# %% [markdown]
# Without `zero_grad`, every step uses the sum of all gradients so far. The walk
# behaves like a ball without friction: it races through the valley and up the
# other side. There is no exception. The curve tells you, so draw it.
#
# ### The learning rate
#
# Now the loop is right, and one number is left to choose.

# %% varies="rate 30: rounding decides the digits of a chaotic walk"
rates = (0.003, 0.1, 3.0, 30.0)
runs = {f"rate {rate:g}": train(100, learning_rate=rate)[1] for rate in rates}
for name, losses in runs.items():
    print(f"{name:10s} first {losses[0]:.3f}, last {losses[-1]:.3f}")
assert max(runs["rate 30"][-20:]) > 2 * min(runs["rate 3"])

# %% exec="fold" varies="rate 3: rounding decides when a walk is lowest"
from logreg_docs.figures.gradient_descent import plot_per_step

plot_per_step(
    {name: (np.arange(100), np.array(run)) for name, run in runs.items()}
)

# %% [markdown]
# Too small, and the loss hardly moves. Too large, and the run *diverges*: it
# stays away from the lowest point. Far out this loss rises in straight lines,
# so it jumps about and does not run off to infinity.
# [Gradient descent](../chapters/04-gradient-descent.md#learning-rate) computes
# how large the rate may be. Now train for good:

# %%
model, losses = train(1000, learning_rate=1.0)
print(f"training loss {losses[-1]:.6f}")

# %% exec="fold"
from logreg_docs.figures.pytorch import plot_neuron

plot_neuron(model.weight.detach().numpy().ravel(), model.bias.item())

# %% [markdown]
# ## 7. Evaluate
#
# Two habits. `torch.no_grad()` stops the recording, which costs memory and time
# and is of no use here. (`torch.inference_mode()` is the stricter and cheaper
# form, for results that no later recording uses.) `model.eval()` tells layers
# such as dropout, which act differently during training, that training is over.
# Our model has none, but the next one may.
#
# Where to cut? The sigmoid of 0 is one half, so $\hat y \ge \frac12$ is the
# same as $z \ge 0$, but for rounding. No sigmoid is needed for the decision.

# %%
model.eval()
with torch.no_grad():
    z_test = model(x_test)
    p_test = torch.sigmoid(z_test)
print("recording:", z_test.requires_grad)
assert torch.equal(p_test >= 0.5, z_test >= 0)

y_column = torch.tensor(y_test).reshape(-1, 1)  # a column, as the logits
right = (z_test >= 0) == y_column
assert right.shape == (len(y_test), 1)
accuracy = right.float().mean().item()
common = max(y_test.mean(), 1 - y_test.mean())
error = np.sqrt(accuracy * (1 - accuracy) / len(y_test))
print(f"accuracy {accuracy:.3f}, standard error {error:.3f}")
print(f"always the more common class {common:.3f}")
assert accuracy - 2 * error > common

# %% [markdown]
# Two slips that run without a complaint. The first cuts the *logits* at one
# half, and so cuts the probabilities somewhere else. The second forgets the
# column once more:

# %%
cut = torch.sigmoid(torch.tensor(0.5)).item()
print(f"logits cut at 0.5: probabilities cut at {cut:.4f}")
square = (z_test >= 0) == torch.tensor(y_test)
print("shape", tuple(square.shape), f"accuracy {square.float().mean():.3f}")

# %% [markdown]
# ## 8. Mini-batches
#
# With very many rows, one gradient over all of them is expensive. A
# `DataLoader` hands out a few rows at a time, in a new random order in every
# *epoch*. The four lines stay the same.

# %%
loader = DataLoader(
    TensorDataset(x, target),
    batch_size=32,
    shuffle=True,
    generator=torch.Generator().manual_seed(0),
)
batch_x, batch_target = next(iter(loader))
print("a batch:", tuple(batch_x.shape), tuple(batch_target.shape))

# %% [markdown]
# Predict: how many steps does one epoch take?

# %%
# Predict
guess = None
compare(guess, len(loader))


# %%
def train_in_batches(n_epochs, *, learning_rate):
    """Train a new model batch by batch; return it and its losses."""
    torch.manual_seed(0)
    model = nn.Linear(d, 1)
    optimiser = optim.SGD(model.parameters(), lr=learning_rate)
    of_batches, of_all_rows = [], []
    for _ in range(n_epochs):
        for batch_x, batch_target in loader:
            with torch.no_grad():
                of_all_rows.append(loss_function(model(x), target).item())
            optimiser.zero_grad()
            loss = loss_function(model(batch_x), batch_target)
            loss.backward()
            optimiser.step()
            of_batches.append(loss.item())
    return model, of_batches, of_all_rows


batch_model, of_batches, of_all_rows = train_in_batches(4, learning_rate=0.1)
print(f"batch losses from {min(of_batches):.3f} to {max(of_batches):.3f}")
with torch.no_grad():
    at_end = loss_function(batch_model(x), target).item()
print(f"loss over all rows at the end {at_end:.4f}")
assert np.std(np.diff(of_batches)) > 10 * np.std(np.diff(of_all_rows))

# %% exec="fold"
plot_loss_curves({"of the batch": of_batches, "of all rows": of_all_rows})

# %% [markdown]
# The loss of a batch jumps mostly because the batches differ: over the same
# steps the loss over all rows is almost smooth. To see whether training makes
# progress, measure it over all rows, or over rows that were held back for this.
#
# ## 9. Save and load
#
# The parameters are in the `state_dict`, a dictionary of tensors. Save that and
# not the module: it can be loaded into any module whose `state_dict` has the
# same names and shapes.
# `weights_only=True`, the default since PyTorch 2.6, takes tensors, plain
# values and plain containers and refuses the rest, a whole module too, unless
# you allow it. It keeps the usual attack out, code hidden in a file; a file
# from a stranger stays a risk. To go on training tomorrow, save
# [the optimiser too](../chapters/05-pytorch.md#checkpoint).
#
# A model alone is not enough, though. It was trained on *scaled* rows, so mean
# and deviation belong into the same file.

# %%
with TemporaryDirectory() as folder:
    path = Path(folder) / "neuron.pt"
    torch.save(
        {
            "model": model.state_dict(),
            "mean": torch.tensor(mean),
            "deviation": torch.tensor(deviation),
        },
        path,
    )
    stored = torch.load(path, weights_only=True)

loaded = nn.Linear(d, 1)
loaded.load_state_dict(stored["model"])
raw = torch.tensor(X_test)
new_rows = ((raw - stored["mean"]) / stored["deviation"]).float()
with torch.no_grad():
    assert torch.allclose(loaded(new_rows), z_test, atol=1e-6)
print({name: tuple(value.shape) for name, value in stored["model"].items()})
print("the loaded model gives the same logits")

# %% [markdown]
# ## 10. The same without `nn` and `optim`
#
# What do `nn.Linear` and `SGD` do? Little. Here is the program again with bare
# tensors. Two lines are easy to get wrong: the update has to stand under
# `no_grad`, because it is no part of the model, and it has to be `-=`, because
# `w = w - …` would make a new tensor, which gets no gradient.

# %%
generator = torch.Generator().manual_seed(0)
w = torch.randn(1, d, generator=generator, requires_grad=True)
b = torch.randn(1, generator=generator, requires_grad=True)
for _ in range(1000):
    z = torch.mm(x, w.T) + b
    loss = F.binary_cross_entropy_with_logits(z, target)
    loss.backward()
    with torch.no_grad():
        w -= 1.0 * w.grad
        b -= 1.0 * b.grad
    w.grad.zero_()
    b.grad.zero_()

# %%
with torch.no_grad():
    difference_z = (torch.mm(x, w.T) + b - model(x)).abs().max().item()
    difference_w = (w - model.weight).abs().max().item()
print(f"loss of bare tensors {loss.item():.6f}, of the module {losses[-1]:.6f}")
print(f"largest difference of the logits  {difference_z:.4f}")
print(f"largest difference of the weights {difference_w:.4f}")
assert difference_z < 0.01 < difference_w

# %% [markdown]
# Same loss, same logits, and different weights. Nothing is wrong: this is the
# rank from section 1. Two columns follow from others, so the data cannot tell
# these weights apart, and each start ends at its own.
#
# ## 11. Is it the right answer?
#
# A loss that stops falling is no proof. Other people's programs are better
# judges: scikit-learn with its penalty switched off, and Newton's method, which
# finds the lowest point up to rounding. Newton's method wants columns that do
# not depend on each other, and otherwise refuses:

# %%
from logreg_docs.log_loss import log_loss
from logreg_docs.newton import fit_newton
from sklearn.linear_model import LogisticRegression

attempt(fit_newton, Z_train, y_train)

# %% [markdown]
# Which columns it names is not unique: of four columns that hang together, any
# two may go. Scaling changes the order in which the method goes through them,
# so [the PyTorch chapter](../chapters/05-pytorch.md#five-ways) reads other
# names for the same rows.
#
# Keep only the columns that add to the rank, counted from the left. That is one
# more choice of the two to drop. The logits lose nothing by it.

# %%
independent = [
    j
    for j in range(d)
    if np.linalg.matrix_rank(Z_train[:, : j + 1])
    > np.linalg.matrix_rank(Z_train[:, :j])
]
print("columns dropped:", sorted(set(range(d)) - set(independent)))
newton = fit_newton(Z_train[:, independent], y_train)
judge = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000)
judge.fit(Z_train, y_train)

ours = model(x).detach().numpy().ravel()
logits = {
    "PyTorch": ours,
    "scikit-learn": judge.decision_function(Z_train),
    "Newton": Z_train[:, independent] @ newton.w + newton.b,
}
for name, values in logits.items():
    off = np.abs(values - ours).max()
    loss_64 = log_loss(values, y_train)
    print(f"{name:12s} loss {loss_64:.6f}, logits off by {off:.4f}")
    assert off < 0.01, f"{name} disagrees"

# %% [markdown]
# ## 12. Try it
#
# Three tasks. Write in place of the three dots: `check` says whether it is
# right, or what may be wrong. A solution stands folded below each.
#
# **A batch in two halves.** Your graphics card has room for half of the rows.
# Get the gradient of all rows with two backward passes. Accumulation, a trap
# above, is the tool here. By what must each loss be divided?

# %% exec="answer"
# Your turn: two backward passes of the neuron `halves`, which starts at zero.
halves = nn.Linear(d, 1)
nn.init.zeros_(halves.weight)
nn.init.zeros_(halves.bias)
slopes = ...  # halves.weight.grad after both, shape (1, d)
check("two halves", slopes)

# %% exec="solution"
for parameter in halves.parameters():
    parameter.grad = None  # nothing is left of an earlier try
for rows in (slice(0, m // 2), slice(m // 2, m)):
    (loss_function(halves(x[rows]), target[rows]) / 2).backward()
slopes = halves.weight.grad
check("two halves", slopes)

# %% [markdown]
# **Sum instead of mean.** `BCEWithLogitsLoss(reduction="sum")` does not divide
# by $m$. Which learning rate makes the same step as rate 0.5 with the mean?

# %% exec="answer"
# Your turn
rate_for_sum = ...  # one number
check("rate for the sum", rate_for_sum)

# %% exec="solution"
rate_for_sum = 0.5 / m
check("rate for the sum", rate_for_sum)

# %%
means, sums = nn.Linear(d, 1), nn.Linear(d, 1)
sums.load_state_dict(means.state_dict())
for net, reduction, rate in (
    (means, "mean", 0.5),
    (sums, "sum", rate_for_sum),
):
    optimiser = optim.SGD(net.parameters(), lr=rate)
    nn.BCEWithLogitsLoss(reduction=reduction)(net(x), target).backward()
    optimiser.step()
assert torch.allclose(means.weight, sums.weight, atol=1e-6)
print("ok: the same step")

# %% [markdown]
# **A penalty.** `optim.SGD(..., weight_decay=l2)` adds `l2` times the parameter
# to each gradient. Penalise the weights, but not the bias: give `SGD` two
# groups of parameters. scikit-learn's `C` is $1 / (m \lambda)$, and all its
# solvers but `liblinear` leave the intercept free.

# %% exec="answer"
# Your turn
l2 = 0.05
ridge = nn.Linear(d, 1)
groups = ...  # a list of two dictionaries
check("groups", groups)

# %% exec="solution"
groups = [
    {"params": [ridge.weight], "weight_decay": l2},
    {"params": [ridge.bias], "weight_decay": 0.0},
]
check("groups", groups)

# %%
optimiser = optim.SGD(groups, lr=1.0)
for _ in range(500):
    optimiser.zero_grad()
    loss_function(ridge(x), target).backward()
    optimiser.step()

judge = LogisticRegression(C=1 / (m * l2), tol=1e-10, max_iter=1000)
judge.fit(Z_train, y_train)
yours = np.append(ridge.weight.detach().numpy(), ridge.bias.item())
theirs = np.append(judge.coef_, judge.intercept_)
np.testing.assert_allclose(yours, theirs, atol=1e-4)
print("yours ", yours.round(4))
print("theirs", theirs.round(4))

# %% [markdown]
# This time even the weights agree: among all weights that fit equally well, the
# penalty has a favourite, the shortest.
#
# ## Where to go next
#
# - The derivations behind each step, and the graph that autograd records:
#   [PyTorch](../chapters/05-pytorch.md).
# - The same program with every function written by hand:
#   [from scratch](from_scratch.py).
# - What you see when something goes wrong, and what it means:
#   [pitfalls](../pitfalls.md).
# - More neurons: [from one neuron to a network](../chapters/08-network.md).
