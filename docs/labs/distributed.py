# %% [markdown]
# # When the data outgrow one machine
#
# At the end of this lab you will be able to
#
# - say why the gradient of a log loss can be computed in pieces, and how the
#   pieces meet;
# - write a data-parallel fit with `torch.distributed` and start it with
#   `torchrun`;
# - prove that it found the weights of an ordinary fit, and say why not to the
#   last bit;
# - use `DistributedDataParallel` without weighting rows by accident;
# - count what a step sends, and judge whether more machines can help.
#
# This lab belongs to [chapter 5, PyTorch](../chapters/05-pytorch.md).
# You need [gradient descent](../chapters/04-gradient-descent.md#gradient) and
# [the PyTorch chapter](../chapters/05-pytorch.md#module). Two processes on this
# computer play two machines; no graphics card and no network are needed. Take
# about an hour.

# %% [markdown]
# ## A sum can be cut into pieces
#
# The gradient of the mean log loss is a sum over rows, divided by their number:
#
# $$\nabla J = \frac1m \sum_{i=1}^{m} (p_i - y_i) \begin{pmatrix} x_i \\ 1
# \end{pmatrix}$$
#
# Give each of $N$ processes some of the rows, its *shard* $S_k$. Each adds up
# its own rows. The sums are added across processes, and everybody receives the
# total:
#
# $$\nabla J = \frac1m \sum_{k=1}^{N} g_k, \qquad
# g_k = \sum_{i \in S_k} (p_i - y_i) \begin{pmatrix} x_i \\ 1 \end{pmatrix}$$
#
# Adding up across processes so that all hold the result is called an
# **all-reduce**. Then every process takes the same step from the same weights.
# The rows stay where they are. What is added up in a step is $d + 1$ numbers.

# %%
import json
import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from logreg_docs.datasets import make_outline_data
from logreg_docs.gradient_descent import fit_gradient_descent
from logreg_docs.learning_rate import safe_learning_rate
from logreg_docs.log_loss import log_loss_gradient
from logreg_docs.newton import fit_newton
from logreg_docs.tables import Table
from scipy.special import expit
from torch.utils.data import DataLoader, DistributedSampler

split = make_outline_data()
X = np.delete(split.X_train, [2, 6], axis=1)  # these follow from other columns
y = split.y_train
m, d = X.shape
n_steps, learning_rate = 300, 0.5
assert learning_rate < safe_learning_rate(X)
print(f"{m} rows, {d} columns")

# %% exec="fold"
from logreg_docs.figures.palette import PALETTE
from logreg_docs.figures.style import draw_node, new_figure, styled


@styled
def draw_step():
    figure, (ax,) = new_figure(
        "One step of a data-parallel fit with two processes, from left to "
        "right. The rows are cut into two shards. Process 0 and process 1 "
        "each turn their shard into a sum g. Both sums meet in a node marked "
        "plus, and the total goes back to both processes, which take the "
        "same step.",
        width=5.4,
        height=2.7,
    )
    arrow = {"arrowstyle": "->", "color": PALETTE["muted"].light}
    for k, level in enumerate((1.0, -1.0)):
        ax.text(0, level, f"shard {k}", ha="center", va="center")
        draw_node(ax, 2, level, f"$g_{k}$", size=30)
        side = {"ha": "center", "va": "bottom" if level > 0 else "top"}
        ax.text(2, 1.6 * level, f"process {k}", **side)
        draw_node(ax, 6, level, "$w, b$", size=34, colour="guide")
        ax.text(6, 1.6 * level, "same step", **side)
        for start, end in (
            ((0.6, level), (1.55, level)),
            ((2.4, 0.85 * level), (3.65, 0.2 * level)),
            ((4.35, 0.2 * level), (5.5, 0.85 * level)),
        ):
            ax.annotate("", end, start, arrowprops=arrow)
    draw_node(ax, 4, 0, "+", size=34, colour="mark")
    ax.text(4, 0.62, "all-reduce", ha="center")
    ax.set(xlim=(-0.8, 7), ylim=(-2.2, 2.2))
    ax.axis("off")
    return figure


draw_step()

# %% [markdown]
# Before any process starts, check the claim with plain NumPy. Cut the rows,
# compute two gradients, put them together. A package gradient is a mean, so
# multiply by the rows of the shard to get the sum.

# %%
w_try, b_try = np.linspace(-1, 1, d), 0.3


def gradient_of(rows):
    gradient = log_loss_gradient(X[rows], y[rows], w_try, b_try)
    return np.append(gradient.w, gradient.b)


first, second = np.arange(0, 600), np.arange(600, m)
whole = gradient_of(np.arange(m))
from_sums = (600 * gradient_of(first) + 200 * gradient_of(second)) / m
mean_of_means = (gradient_of(first) + gradient_of(second)) / 2

np.testing.assert_allclose(from_sums, whole, atol=1e-14)
print("sums / m equals the whole gradient within 1e-14")
print(f"mean of means misses it by {np.abs(mean_of_means - whole).max():.4f}")

# %% [markdown]
# Remember the last line. It comes back.
#
# ## The program that each process runs
#
# All processes run the *same* file. A process learns who it is from its
# **rank**, a number from 0 to $N - 1$, and from the **world size** $N$. Read
# it:
#
# - `init_process_group("gloo")` makes the processes find one another. *Gloo* is
#   the messenger for ordinary processors.
# - Each process reads only its own rows. `mmap_mode="r"` leaves the others on
#   the disk.
# - `all_reduce` overwrites the tensor with the total, in every process.
# - The count of rows is all-reduced as well, once. Nobody needs to know how
#   large the other shards are.
# - At the end everyone holds the weights. Rank 0 alone prints.

# %%
BY_HAND = """
import json
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist

folder = Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())
dist.init_process_group("gloo", timeout=timedelta(minutes=3))
rank, size = dist.get_rank(), dist.get_world_size()


def shard(cuts):
    rows = slice(cuts[rank], cuts[rank + 1])
    X = np.array(np.load(folder / "X.npy", mmap_mode="r")[rows])
    y = np.array(np.load(folder / "y.npy", mmap_mode="r")[rows])
    ones = np.ones((len(y), 1))
    return torch.from_numpy(np.hstack([X, ones])), torch.from_numpy(y)


def fit(cuts):
    X, y = shard(cuts)
    m = torch.tensor(float(len(y)), dtype=torch.float64)
    dist.all_reduce(m)
    weights = torch.zeros(X.shape[1], dtype=torch.float64)
    for _ in range(job["n_steps"]):
        gradient = X.T @ (torch.sigmoid(X @ weights) - y)
        dist.all_reduce(gradient)
        weights -= job["learning_rate"] * gradient / m
    return weights, len(y)


for name, cuts in job["cuts"].items():
    weights, n_rows = fit(cuts)
    report = {"rows": n_rows, "weights": weights.tolist()}
    (folder / f"{name}-{rank}.json").write_text(json.dumps(report))
    if rank == 0:
        print(f"{name}: {size} processes, {job['n_steps']} steps")
dist.destroy_process_group()
"""

# %% [markdown]
# ## Start it
#
# `torchrun` starts the processes, tells each its rank, and stops all of them if
# one fails. We call it as `python -m torch.distributed.run`, the same thing by
# its module name. `--standalone` means: one machine, arrange the meeting point
# yourself. The address 127.0.0.1 is this computer: the processes meet there,
# and not under the computer's name. One thread per process keeps two processes
# from fighting over the processor.
#
# The function writes the program and the data to a temporary folder, waits, and
# reads what each process wrote. What the processes print to the error channel
# is shown only if something fails. A launch that hangs is ended, workers
# included.


# %% reads=""
def launch(program, job, *, n_processes=2, patience=240):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "program.py"
        script.write_text(program)
        (folder / "job.json").write_text(json.dumps(job))
        np.save(folder / "X.npy", X)
        np.save(folder / "y.npy", y)
        command = [sys.executable, "-m", "torch.distributed.run"]
        command += ["--standalone", "--local-addr=127.0.0.1"]
        command += [f"--nproc-per-node={n_processes}", script, folder]
        process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            output, errors = process.communicate(timeout=patience)
        finally:
            if process.poll() is None:
                process.terminate()  # torchrun then ends its workers
                process.communicate(timeout=60)
        if process.returncode != 0:
            raise RuntimeError(f"the processes failed:\n{errors[-3000:]}")
        print(output, end="")
        return {
            path.stem: json.loads(path.read_text())
            for path in sorted(folder.glob("*-[0-9].json"))
        }


halves, uneven = [0, 400, m], [0, 600, m]
settings = {"n_steps": n_steps, "learning_rate": learning_rate}
reports = launch(
    BY_HAND, {**settings, "cuts": {"halves": halves, "uneven": uneven}}
)

# %% [markdown]
# ## Is it the same fit?
#
# The judge is the package's gradient descent, in one process on all rows.
#
# **Guess.** Will the weights agree to the last bit? And the weights of process
# 0 with those of process 1?

# %%
alone = fit_gradient_descent(X, y, learning_rate=learning_rate, n_steps=n_steps)
expected = np.append(alone.w, alone.b)

for name in ("halves", "uneven"):
    zero, one = reports[f"{name}-0"], reports[f"{name}-1"]
    assert zero["weights"] == one["weights"]  # every bit
    np.testing.assert_allclose(zero["weights"], expected, rtol=0, atol=1e-12)
    print(f"{name}: {zero['rows']} and {one['rows']} rows")
    print("  process 0 equals process 1, bit for bit")
    print("  both equal the single process within 1e-12")

# %% [markdown]
# The two processes hold the same bits, because both receive the one total that
# was computed. They must: nothing in the program compares the replicas, so
# differences would pile up step by step, unnoticed.
#
# Against the single process the agreement is close, not exact. Floating-point
# addition depends on the order, and cutting the rows changes the order:

# %%
left, right = (0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3)
print(f"{left!r} and {right!r}: equal is {left == right}")

# %% [markdown]
# So compare distributed results with a tolerance, and do not expect that three
# processes repeat the bits of two. The log loss is convex, and a step below
# [the safe rate](../chapters/04-gradient-descent.md#safe) does not blow such
# differences up.
#
# Uneven shards did no harm here. We added *sums* and divided by the *global*
# count.
#
# ## What the usual wrapper does
#
# In practice one wraps a module in `DistributedDataParallel`, DDP for short. It
# copies the parameters of rank 0 to all at the start, and all-reduces the
# gradients while `backward` still runs. It divides by the number of processes
# too: it **averages**. With the usual mean loss, what comes out is
#
# $$\frac1N \sum_{k=1}^{N} \frac{1}{m_k} \, g_k
# \qquad \text{instead of} \qquad \frac1m \sum_{k=1}^{N} g_k$$
#
# where $m_k$ is the number of rows of shard $k$. Both agree if every
# $m_k = m / N$. Otherwise a row of shard $k$ counts $m / (N m_k)$ times. The
# remedy is one factor: let each process scale its *sum* by $N / m$. The average
# over $N$ then gives
#
# $$\frac1N \sum_{k=1}^{N} \frac{N}{m} \, g_k = \frac1m \sum_{k=1}^{N} g_k$$
#
# The program fits three times: with equal shards that `DistributedSampler`
# deals out, with uneven shards and the mean loss, and with uneven shards and
# the remedy. To be short it loads all rows in every process and feeds a shard
# as one batch; with large data each process would read its own.
#
# One import looks idle. DDP imports `torch.distributed.nn` itself, but only
# when it wraps the module. The functions in there take the group of that moment
# for their default. `destroy_process_group` then cannot end it, and its threads
# run on while Python shuts down, which now and then ends in a crash after a fit
# that went well. Imported before there is a group, they keep none.

# %% reads=""
WITH_DDP = """
import json
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.distributed.nn  # before init_process_group: see above
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, Subset
from torch.utils.data import TensorDataset

folder = Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())
dist.init_process_group("gloo", timeout=timedelta(minutes=3))
rank, size = dist.get_rank(), dist.get_world_size()
X, y = (torch.from_numpy(np.load(folder / f"{name}.npy")) for name in "Xy")
data = TensorDataset(X, y)


def loader(cuts):
    if cuts is None:
        dealt = DistributedSampler(data, shuffle=False)
        return DataLoader(data, batch_size=len(dealt), sampler=dealt)
    rows = Subset(data, range(cuts[rank], cuts[rank + 1]))
    return DataLoader(rows, batch_size=len(rows))


def fit(cuts, remedy):
    model = nn.Linear(X.shape[1], 1, dtype=torch.float64)
    if rank == 0:  # DDP copies the start of rank 0 to the others
        nn.init.zeros_(model.weight)
        nn.init.zeros_(model.bias)
    parallel = DistributedDataParallel(model)
    optimiser = torch.optim.SGD(model.parameters(), lr=job["learning_rate"])
    loss_function = nn.BCEWithLogitsLoss(reduction="sum")
    batches = list(loader(cuts))  # one batch, and the same in every epoch
    for _ in range(job["n_steps"]):
        for x_k, y_k in batches:
            optimiser.zero_grad()
            loss = loss_function(parallel(x_k).squeeze(-1), y_k)
            factor = size / len(data) if remedy else 1 / len(y_k)
            (factor * loss).backward()
            optimiser.step()
    return torch.cat([p.detach().ravel() for p in model.parameters()])


for name, (cuts, remedy) in job["fits"].items():
    report = {"weights": fit(cuts, remedy).tolist()}
    (folder / f"{name}-{rank}.json").write_text(json.dumps(report))
    if rank == 0:
        print(f"{name}: {size} processes, {job['n_steps']} steps")
dist.destroy_process_group()
"""

fits = {
    "dealt": (None, False),
    "uneven": (uneven, False),
    "mended": (uneven, True),
}
by_ddp = launch(WITH_DDP, {**settings, "fits": fits})

# %% [markdown]
# The judge is the same walk in one process, 300 steps that have not yet arrived
# at the optimum. To tell whether an error matters, it is also given in standard
# errors of that weight.

# %%
standard_errors = fit_newton(X, y).standard_errors
table_rows = []
for name, label in (
    ("dealt", "equal shards, mean loss"),
    ("uneven", "600 and 200 rows, mean loss"),
    ("mended", "600 and 200 rows, sum times N / m"),
):
    found = np.array(by_ddp[f"{name}-0"]["weights"])
    assert by_ddp[f"{name}-1"]["weights"] == found.tolist()
    gap = np.abs(found - expected)
    same = gap.max() < 1e-12
    assert same == (name != "uneven")
    relative = (gap / standard_errors).max()
    assert same == (relative < 1)
    in_words = "below 1e-12" if same else f"{gap.max():.4f}"
    table_rows.append((label, in_words, f"{relative:.2f}"))
Table(
    columns=("DDP with", "largest error of a weight", "in standard errors"),
    rows=table_rows,
    caption="Against the fit in one process.",
)

# %% [markdown]
# No exception, no warning, and both replicas agree: nothing betrays the middle
# row. It walked down another loss, and followed it exactly. Prove it: in one
# process, weigh each row of shard $k$ by $m / (N m_k)$.

# %%
importance = np.repeat([m / (2 * 600), m / (2 * 200)], [600, 200])
bordered = np.column_stack([X, np.ones(m)])
weighted = np.zeros(d + 1)
for _ in range(n_steps):
    error = expit(bordered @ weighted) - y
    weighted -= learning_rate * bordered.T @ (importance * error) / m

np.testing.assert_allclose(
    by_ddp["uneven-0"]["weights"], weighted, rtol=0, atol=1e-12
)
print("a row of the large shard counted", f"{importance[0]:.3f} times")
print("a row of the small shard counted", f"{importance[-1]:.3f} times")

# %% [markdown]
# The rows of these shards come from one population, so the error is one of
# chance and shrinks with more rows. Yet here it exceeds a standard error. If
# the weights behind the labels differ between shards, say one hospital each, it
# is another compromise between them, and more rows do not cure that.
#
# **Uneven steps.** In mini-batches an uneven shard also means an uneven number
# of steps. With 100 rows a batch, process 0 has six steps an epoch and process
# 1 two. The third step of process 0 then meets the first of the next epoch of
# process 1, and their gradients are averaged without a word. When process 1 is
# through with its last epoch, process 0 finds no partner and ends in an error:
# at once if process 1 has ended, else in a time-out.
# Give all the same number of steps, or run the loop under
# `with parallel.join():`, where a process that is through goes on answering
# until the last one is through.
#
# **The sampler's own way out.** `DistributedSampler` makes shards equal by
# force. Where the rows do not divide, it repeats some, or leaves some out with
# `drop_last=True`. One row more or less of a million is harmless in training.
# In a *test score* a repeated row is a wrong count.

# %%
odd = range(m - 1)
dealt = [
    list(DistributedSampler(odd, num_replicas=2, rank=k, shuffle=False))
    for k in (0, 1)
]
everyone = sorted(dealt[0] + dealt[1])
twice = sorted({row for row in everyone if everyone.count(row) > 1})
print(f"{len(odd)} rows become {len(dealt[0])} + {len(dealt[1])}")
print("counted twice: row", *twice)

# %% [markdown]
# With shuffling, call `sampler.set_epoch(epoch)` before each epoch, or every
# epoch has the same order.
#
# ## What a step costs
#
# In a ring of $N$ processes an all-reduce can be done so that each one sends
# $2 \frac{N - 1}{N}$ times the size of the tensor (P. Patarasuk and X. Yuan,
# 2009, *Journal of Parallel and Distributed Computing* 69, 117–124). However
# large $N$ is, that is less than twice the tensor, and it does not depend on
# the number of rows.
#
# Count bytes, not seconds: bytes are the same on every computer.

# %%
DOUBLE = 8  # bytes of one float64


def sent_per_process(numbers, n_processes):
    return 2 * (n_processes - 1) / n_processes * numbers * DOUBLE


steps_newton = fit_newton(X, y).n_steps
assert steps_newton < n_steps / 10
print(f"the rows themselves: {m * (d + 1) * DOUBLE:,d} bytes")
hessian = (d + 1) * (d + 2) // 2  # symmetric: one half and the diagonal
plans = (
    ("gradient descent", n_steps, d + 1),
    ("Newton's method", steps_newton, d + 1 + hessian),
)
Table(
    columns=("method", "steps", "numbers per step", "bytes per step", "in all"),
    rows=[
        (
            name,
            f"{steps:d}",
            f"{numbers:d}",
            f"{sent_per_process(numbers, 2):.0f}",
            f"{steps * sent_per_process(numbers, 2):,.0f}",
        )
        for name, steps, numbers in plans
    ],
    caption="Sent by each of two processes, in bytes.",
)


# %% [markdown]
# The bytes of a step stay the same for a billion rows. The rows themselves
# would not.
#
# [Newton's method](../chapters/04-gradient-descent.md#newton) can be cut into
# pieces too, because its Hessian is a sum over rows as well. It sends more per
# step and arrives in far fewer steps; the 300 of the descent are a choice, and
# do not arrive. That is often the better bargain when $d$ is
# small, since each message has a fixed price, its *latency*, however short it
# is.
#
# Now the work. A row costs about $4 (d + 1)$ multiplications and additions per
# step: half for the logit, half for the gradient.

# %%
for rows_each in (400, 40_000, 4_000_000):
    operations = 4 * (d + 1) * rows_each
    ratio = operations / sent_per_process(d + 1, 2)
    print(f"{rows_each:>9,d} rows each: {ratio:>12,.0f} operations per byte")

# %% [markdown]
# ## How much faster can it get?
#
# Let $a$ be the number of rows a process could work through while one
# all-reduce takes place. One process needs the time of $m$ rows, $N$ processes
# need that of $m / N + a$:
#
# $$\text{speed-up} = \frac{m}{m / N + a} = \frac{1}{1 / N + a / m}
# \le \frac{m}{a}$$
#
# It is the argument of G. M. Amdahl (1967, *AFIPS Conference Proceedings* 30,
# 483–485): what is not divided sets the limit. The figure *assumes*
# $a = 10{,}000$ and that $a$ does not grow with $N$. Your $a$ depends on your
# machines; exercise 2 measures it.

# %%
ASSUMED = 10_000
processes = np.array([1, 2, 4, 8, 16, 32, 64])


def speed_up(n_rows, n_processes):
    waiting = np.where(np.asarray(n_processes) > 1, ASSUMED / n_rows, 0)
    return 1 / (1 / np.asarray(n_processes) + waiting)


assert speed_up(m, 2) < 1 < speed_up(10**5, 64) < 10


# %% exec="fold"
@styled
def draw_speed_up():
    sizes = {
        f"{m} rows": m,
        "100,000 rows": 10**5,
        "10 million rows": 10**7,
    }
    small, middle, large = (speed_up(n, 64) for n in sizes.values())
    figure, (ax,) = new_figure(
        f"Speed-up of a model over the number of processes, up to 64, for "
        f"three data sizes. With {m} rows more processes make it slower: "
        f"{small:.2f}. With 100,000 rows the curve flattens below 10, at "
        f"{middle:.1f}. With 10 million it nearly follows the ideal "
        f"diagonal and reaches {large:.0f}.",
        width=5.4,
        height=3.2,
    )
    ax.plot(processes, processes, ":", color=PALETTE["muted"].light)
    ax.text(25, 33, "ideal", color=PALETTE["muted"].light, ha="right")
    for (name, n_rows), style in zip(
        sizes.items(), ("o-", "s--", "^-."), strict=True
    ):
        ax.plot(processes, speed_up(n_rows, processes), style, label=name)
    ax.set(xscale="log", yscale="log", xlabel="processes", ylabel="speed-up")
    ax.set_xticks(processes, [str(n) for n in processes])
    ax.set_yticks([0.1, 1, 10, 64], ["0.1", "1", "10", "64"])
    ax.minorticks_off()
    ax.legend(loc="upper left")
    return figure


draw_speed_up()

# %% [markdown]
# So do not distribute because you can. By this count our few hundred rows are
# slower on two processes than on one; they are here because they can be
# checked. Reach for more machines when the rows do not fit into one, or when
# the work between two messages is large. Larger batches mean more work between
# messages. They also change
# [how mini-batches behave](../chapters/04-gradient-descent.md#batches).
#
# ## On a real cluster
#
# The program stays. Run the same command on each machine, here four with eight
# processes each. All name one of them as the meeting point, and a folder with
# the job that each of them can read:
#
# ```bash
# torchrun --nnodes 4 --nproc-per-node 8 --rdzv-id JOB \
#     --rdzv-backend c10d --rdzv-endpoint HOST:29400 program.py FOLDER
# ```
#
# Around the program, this changes:
#
# - **Messenger.** Use `init_process_group("nccl")` with graphics cards, `gloo`
#   without.
# - **Device.** Each process takes one card, number `LOCAL_RANK` from its
#   environment, and `DistributedDataParallel(model, device_ids=[local_rank])`.
# - **Failure.** When one process dies, `torchrun` ends them all. It starts them
#   anew only with `--max-restarts` above its default, 0. The program must then
#   load its last
#   [checkpoint](../chapters/05-pytorch.md#checkpoint), which rank 0 wrote.
# - **Data.** Each process reads its own files. Nobody loads all rows.
# - **Size.** DDP keeps the whole model in every process. When the *model*
#   outgrows one card, `torch.distributed.fsdp.fully_shard` cuts its parameters
#   as well. (It replaces the older wrapper `FullyShardedDataParallel`.)
#
# Source: PyTorch documentation,
# [torchrun](https://docs.pytorch.org/docs/stable/elastic/run.html),
# [torch.distributed](https://docs.pytorch.org/docs/stable/distributed.html),
# [fully_shard](https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html)
# and `torch.nn.parallel.DistributedDataParallel`, whose page says that
# gradients are averaged, and what `join` does. The wrapper itself: S. Li and
# others (2020), *PyTorch Distributed*, Proceedings of the VLDB Endowment 13,
# 3005–3018.
#
# ## Your turn
#
# **1. Three processes.** Of three shards let one be empty. Does the program by
# hand still find the same weights? And the program with DDP? Try
# `launch(BY_HAND, {**settings, "cuts": {"three": cuts}}, n_processes=3)` with
# `cuts = [0, 500, 500, m]`. Folded below is the same with slices as shards:

# %% exec="solution"
cuts = [0, 500, 500, m]
sums = []
for start, stop in pairwise(cuts):
    logits = bordered[start:stop] @ expected
    error = expit(logits) - y[start:stop]
    sums.append(bordered[start:stop].T @ error)
gradient = log_loss_gradient(X, y, expected[:-1], expected[-1])
np.testing.assert_allclose(
    np.sum(sums, axis=0) / m, [*gradient.w, gradient.b], atol=1e-14
)
print("sum of the empty shard:", np.abs(sums[1]).max())
nothing = torch.zeros(0)
print("mean loss of it:", F.binary_cross_entropy_with_logits(nothing, nothing))
try:
    DataLoader(nothing, batch_size=0)
except ValueError as error:
    print("DataLoader:", error)

# %% [markdown]
# An empty sum is 0 and harms nothing. The program with DDP stops before its
# first step: `DataLoader` refuses a batch of 0 rows. Get past that with
# PyTorch's mean loss, and an empty *mean* is 0 / 0, nan. Its gradient is 0, and
# the average takes that 0 in: every step is too short, and nothing warns.
#
# **2. Measure your $a$.** In the program by hand, time the loop with
# `time.perf_counter()` twice, with and without `dist.all_reduce(gradient)`. The
# difference over the number of steps is the price of a message. The time
# without it, over steps times rows of the shard, is the price of a row. Your
# $a$ is their ratio. Is 10,000 the right order for your computer?
#
# **3. The penalty.** Add $\frac{\lambda}{2} \lVert w \rVert^2$ to the
# objective. Where does $\lambda w$ go: before the all-reduce in every process,
# or after it? Check your answer with `fit_gradient_descent(…, l2=0.1)`.
#
# *Answer:* after it, once, added to `gradient / m`, with 0 in the place of $b$.
# Before it, $N$ processes would add it $N$ times to a total that is then
# divided by $m$.
#
# ## Where to go next
#
# - [The PyTorch chapter](../chapters/05-pytorch.md): the same loop in one
#   process, explained line by line.
# - [Mini-batches](../chapters/04-gradient-descent.md#batches): when not even
#   one shard is looked at as a whole.
