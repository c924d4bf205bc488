"""One dictionary of names: the symbol in formulas, the name in code, the meaning, the shape.

Every public parameter of the package is listed here, either as a symbol or as an option.
"""

from __future__ import annotations

from dataclasses import dataclass

from logreg_docs.tables import Table

__all__ = ["CHAPTERS", "OPTIONS", "SYMBOLS", "Option", "Symbol", "notation_table", "option_table"]

CHAPTERS: dict[int, str] = {
    0: "00-foundations",
    1: "01-linear-regression",
    2: "02-sigmoid",
    3: "03-likelihood",
    4: "04-gradient-descent",
    5: "05-pytorch",
    6: "06-evaluation",
    7: "07-separation",
    8: "08-network",
}
"""File name of every chapter by its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A letter of the formulas and its name in code.

    Args:
        tex: The symbol in TeX, without dollar signs.
        code: The name in code, or the expression that gives the value.
        meaning: What it stands for, with its unit.
        shape: Shape of the array in the letters m and d, or `number`.
        chapter: Number of the chapter that introduces it.
    """

    tex: str
    code: str
    meaning: str
    shape: str
    chapter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A parameter that steers a computation and has no letter that all chapters share.

    Args:
        code: The name in code.
        meaning: What it does.
        values: The values it takes, with their unit.
        chapter: Number of the chapter that introduces it.
    """

    code: str
    meaning: str
    values: str
    chapter: int


_ROWS = "(m,)"
_COLUMNS = "(d,)"
_BORDERED = "(d + 1, d + 1)"

# tex, code, meaning, shape, chapter
SYMBOLS: tuple[Symbol, ...] = tuple(
    Symbol(tex=tex, code=code, meaning=meaning, shape=shape, chapter=chapter)
    for tex, code, meaning, shape, chapter in (
        ("m", "n_samples", "number of rows", "number", 1),
        ("d", "n_features", "number of columns, the intercept not counted", "number", 1),
        ("i,\\ j", "i, j", "index of a row, index of a column", "number", 1),
        ("x", "x", "one feature, in its own unit, such as hours", _ROWS, 1),
        ("X", "X", "features, one row per sample, each column in its own unit", "(m, d)", 1),
        ("x_i", "X[i]", "features of sample $i$", _COLUMNS, 1),
        (r"\tilde X", "design_matrix", "features with a column of ones", "(m, d + 1)", 1),
        (
            "y",
            "y",
            "targets: numbers where a line is fitted, else labels 0 or 1, or with $K$ classes the class, from 0",
            _ROWS,
            1,
        ),
        (r"\bar x,\ \bar y", "x.mean(), y.mean()", "means, in the unit of what is averaged", "number", 1),
        (r"\varepsilon_i", "noise", "what a straight line cannot explain, in units of $y$", _ROWS, 1),
        (r"\beta_0", "intercept", "height of the line at $x = 0$, in units of $y$", "number", 1),
        (r"\beta_1", "slope", "rise of the line, in units of $y$ per unit of $x$", "number", 1),
        (r"\beta_1, \dots, \beta_d", "coef", "slopes, in units of $y$ per unit of each column", _COLUMNS, 1),
        (r"\beta", "beta", "intercept and slopes in one vector, intercept first", "(d + 1,)", 1),
        (r"\hat y_i", "fitted", "value of the line at row $i$, in units of $y$", _ROWS, 1),
        (r"y_i - \hat y_i", "residuals", "measured minus fitted, in units of $y$", _ROWS, 1),
        (r"\operatorname{RSS}", "rss", "sum of squared residuals, in squared units of $y$", "number", 1),
        ("R^2", "r_squared", "share of the variance of $y$ that the line explains, 1 at best", "number", 1),
        (r"\kappa(X)", "condition_number", "largest singular value over the smallest, at least 1", "number", 1),
        ("w", "w", "weights, in nats per unit of each column", _COLUMNS, 2),
        ("b", "b", "intercept of the logits, in nats", "number", 2),
        ("z", "z", "logits, from any source, in nats of log-odds", "any", 2),
        (
            r"z_i = w^\top x_i + b",
            "logits",
            "logits of the model, in nats of log-odds; with $K$ classes one column each",
            _ROWS,
            2,
        ),
        (r"\sigma(z)", "sigmoid", "sigmoid, a probability in $(0, 1)$", "shape of z", 2),
        (r"p_i = \sigma(z_i)", "probabilities", "probability that row $i$ is of class 1", _ROWS, 2),
        (r"p / (1 - p)", "odds", "odds: 4 means four to one", "shape of p", 2),
        (r"\theta", "theta", "probability that a coin shows 1, or any parameter being estimated", "number", 3),
        (
            r"L(\theta)",
            "bernoulli_likelihood",
            "likelihood: probability of the data, read as a function of $\\theta$",
            "number",
            3,
        ),
        (r"\log L(\theta)", "bernoulli_log_likelihood", "log-likelihood, in nats", "number", 3),
        (r"J(w, b)", "log_loss", "mean log loss, in nats per row", "number", 3),
        (
            r"\varepsilon",
            "epsilon",
            "small number that keeps what stands in a logarithm away from 0, a probability",
            "number",
            3,
        ),
        (
            r"\lambda",
            "l2",
            "strength of the penalty $\\tfrac{\\lambda}{2} w^\\top w$, in nats per squared weight",
            "number",
            3,
        ),
        (
            r"\nabla J",
            "gradient",
            "derivatives of $J$, in nats per unit of the parameter; $w$ first, $b$ last",
            "w (d,), b number",
            3,
        ),
        ("H", "log_loss_hessian", "second derivatives of $J$; $w$ first, $b$ last", _BORDERED, 3),
        (r"\eta", "learning_rate", "step taken per unit of gradient, greater than 0", "number", 4),
        ("t", "step", "number of the step, from 0", "number", 4),
        (
            r"\lambda_{\max}",
            "eigvalsh(H)[-1]",
            "largest eigenvalue of the Hessian, the strongest curvature",
            "number",
            4,
        ),
        (
            r"L",
            "2 / safe_learning_rate(X)",
            "bound of the curvature of $J$ everywhere; written without an argument",
            "number",
            4,
        ),
        (r"\mu", "momentum", "share of the last velocity that is kept, in $[0, 1)$", "number", 4),
        (
            r"\operatorname{Cov}(\hat w, \hat b)",
            "covariance",
            "estimated covariance of the estimates, the inverse of $mH$; with a penalty in $H$, about the posterior's",
            _BORDERED,
            4,
        ),
        (
            r"\operatorname{SE}",
            "standard_errors",
            "standard errors, the roots of the diagonal of the covariance",
            "(d + 1,)",
            4,
        ),
        (r"\tau", "threshold", "probability from which on class 1 is predicted", "number", 6),
        ("s_i", "scores", "any numbers that are higher where class 1 is more likely", _ROWS, 6),
        (r"c_{\mathrm{FP}}", "cost_false_positive", "what a false alarm costs, in any unit", "number", 6),
        (r"c_{\mathrm{FN}}", "cost_false_negative", "what a miss costs, in the same unit", "number", 6),
        ("B", "n_bins", "number of calibration bins of equal width, at least 1", "number", 6),
        (r"\mu_i", "separation_margins", "margin of row $i$: its logit, the sign turned for class 0", _ROWS, 7),
        (r"\rho", "prior_sd", "standard deviation of a normal prior, in the unit of a weight", "number", 7),
        ("C", "C", "scikit-learn's name for $1 / (m \\lambda)$, the variance of that prior", "number", 7),
        (
            r"V_{kj}",
            "V",
            "weight from input $j$ to hidden node $k$; $w$ then holds the output weights",
            "(n_hidden, d)",
            8,
        ),
        ("c_k", "c", "bias of hidden node $k$", "(n_hidden,)", 8),
        (
            "h_k = g(a_k)",
            "hidden",
            "output of hidden node $k$, the activation $g$ of its sum $a_k$",
            "(m, n_hidden)",
            8,
        ),
        ("K", "n_classes", "number of classes", "number", 8),
        ("W_k", "W", "weights of softmax regression, one row for each class; $b$ then has one bias each", "(K, d)", 8),
        (r"\delta", "delta", "slope of $J$ in the sum at a node, nats per nat", "one a row and node", 8),
    )
)
"""Every letter of the formulas, in the order in which the chapters need them."""

# code, meaning, values, chapter
OPTIONS: tuple[Option, ...] = tuple(
    Option(code=code, meaning=meaning, values=values, chapter=chapter)
    for code, meaning, values, chapter in (
        ("seed", "start of the random generator that draws data, weights or the order of the rows", "whole number", 1),
        ("solver", "algorithm that finds the fit", "name, listed in the API entry", 1),
        ("exercise", "exercise that is answered", "chapter, point, number, as text", 1),
        ("answer", "your answer to an exercise", "what the exercise asks for", 1),
        ("fit", "result of a `fit_*` function", "its result class", 1),
        ("n_tosses", "tosses of the coin in one data set", "whole number ≥ 1; ≥ 2 where all sequences are listed", 3),
        ("heads", "how many of the tosses show 1", "whole number from 0 to n_tosses", 3),
        ("random_state", "seed of scikit-learn's functions", "whole number", 4),
        ("n_steps", "number of steps to take", "whole number ≥ 1", 4),
        ("max_steps", "number of steps after which Newton's method gives up", "whole number ≥ 1", 4),
        (
            "tolerance",
            "where to stop: a descent at this gradient, nats per unit; Newton's method at this fall to come, nats",
            "number ≥ 0",
            4,
        ),
        ("strict", "whether data without a unique finite optimum are refused", "`True` or `False`", 4),
        ("direction", "plane between the classes; weights first, intercept last", "(d + 1,)", 4),
        ("batch_size", "rows used per step; all rows where it is `None`", "whole number ≥ 1, or `None`", 4),
        ("rng", "generator that draws the order of the rows, or parameters at the start", "`np.random.Generator`", 4),
        ("w_start", "weights before the first step", "(d,), zeros where it is `None`", 4),
        ("b_start", "intercept before the first step", "number, in nats", 4),
        ("factor", "what a step decay multiplies the learning rate by", "number in (0, 1)", 4),
        ("every", "steps between two such multiplications", "whole number ≥ 1", 4),
        ("rate", "speed of a decay, per step", "number ≥ 0", 4),
        ("final", "learning rate at the end of a cosine decay", "number from 0 to learning_rate", 4),
        ("function", "function to differentiate", "takes a vector, gives a number", 4),
        ("point", "where to differentiate", "vector", 4),
        ("relative_step", "how far a finite difference steps, relative to the coordinate", "number > 0", 4),
        ("start", "where a descent begins", "vector", 4),
        ("dtype", "precision of the tensors", "`torch.float32` or `torch.float64`", 5),
        ("model", "module whose parameters are trained", "`logreg_docs.pytorch.LogisticRegression`", 5),
        ("n_epochs", "passes over all rows", "whole number ≥ 1", 5),
        ("output", "tensor whose computation is drawn", "`torch.Tensor` that requires a gradient", 5),
        ("names", "names of the leaf tensors in a graph", "tensor by name", 5),
        ("n_per_corner", "rows at each corner of the exclusive or", "whole number ≥ 1", 8),
        ("spread", "standard deviation of the scatter around a corner", "number ≥ 0", 8),
        ("n_hidden", "hidden nodes", "whole number ≥ 1", 8),
        ("activation", "function that a hidden node applies to its sum", "`tanh` or `sigmoid`", 8),
        ("scale", "standard deviation of the parameters at the start", "number > 0", 8),
        ("network", "parameters of a network with one hidden layer", "its result class", 8),
    )
)
"""Every other parameter of a public function."""


def _link(chapter: int) -> str:
    return f"[{chapter}](chapters/{CHAPTERS[chapter]}.md)"


def notation_table() -> Table:
    """Return the symbols as a table: formula, code, meaning, shape, chapter.

    Returns:
        One row for each entry of `SYMBOLS`.

    Examples:
        >>> notation_table().rows[0]
        ('$m$', '`n_samples`', 'number of rows', 'number', '[1](chapters/01-linear-regression.md)')
    """
    return Table(
        columns=("Formula", "Code", "Meaning and unit", "Shape", "Chapter"),
        rows=[(f"${s.tex}$", f"`{s.code}`", s.meaning, s.shape, _link(s.chapter)) for s in SYMBOLS],
    )


def option_table() -> Table:
    """Return the options as a table: code, meaning, values, chapter.

    Returns:
        One row for each entry of `OPTIONS`.

    Examples:
        >>> option_table().columns
        ('Option', 'What it does', 'Values', 'Chapter')
    """
    return Table(
        columns=("Option", "What it does", "Values", "Chapter"),
        rows=[(f"`{o.code}`", o.meaning, o.values, _link(o.chapter)) for o in OPTIONS],
    )
