"""Every data set of the site: seeded or shipped with its source, never downloaded.

`make_*` draws data from a seed, `load_*` returns data that are shipped. The rows that the chapters share stand in
`students.csv`; what they are called on axes and in legends stands in `SUBJECT`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from sklearn.datasets import load_breast_cancer as _sklearn_breast_cancer
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

from logreg_docs._validation import count, freeze, non_negative

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "SUBJECT",
    "Dataset",
    "Split",
    "Students",
    "Subject",
    "load_breast_cancer",
    "load_challenger",
    "load_students",
    "make_outline_data",
    "make_students",
    "make_xor",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the rows of `students.csv` are called on axes, in legends and on the page of data.

    Args:
        title: What the rows are.
        source: Where they come from.
        columns: The first line of the file: names of the feature, of the score and of the label.
        feature: The feature on an axis.
        unit: Unit of the feature, as in "nats per hour".
        units: The same for several.
        symbol: The same in short.
        score: What the score is.
        score_unit: Its unit.
        outcomes: What label 0 and label 1 mean.
        pass_mark: The smallest score with label 1.
    """

    title: str
    source: str
    columns: tuple[str, str, str]
    feature: str
    unit: str
    units: str
    symbol: str
    score: str
    score_unit: str
    outcomes: tuple[str, str]
    pass_mark: float

    @property
    def score_axis(self) -> str:
        """The score on an axis."""
        return f"{self.columns[1]} ({self.score_unit})"


SUBJECT = Subject(
    title="Forty students",
    source="drawn by `logreg_docs.datasets.make_students()`",
    columns=("hours", "score", "passed"),
    feature="hours of study",
    unit="hour",
    units="hours",
    symbol="h",
    score="exam score, of 100 points",
    score_unit="points",
    outcomes=("failed", "passed"),
    pass_mark=50.0,
)
"""What the chapters' own data are about."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Students:
    """Students who sat one exam; arrays are read-only.

    Args:
        hours: Hours of study, shape (n_samples,).
        scores: Exam scores in points from 0 to 100, shape (n_samples,).
        passed: 1 where the score is at least `pass_mark`, else 0, shape (n_samples,).
        pass_mark: Points needed to pass.
    """

    hours: NDArray[np.float64]
    scores: NDArray[np.float64]
    passed: NDArray[np.float64]
    pass_mark: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dataset:
    """Features and labels with the names and the source a reader needs; arrays are read-only.

    Args:
        X: Features, shape (n_samples, n_features).
        y: Labels in {0, 1}, shape (n_samples,).
        feature_names: One name per column, with its unit.
        target_names: What label 0 and label 1 mean.
        source: Where the data come from.
    """

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    feature_names: tuple[str, ...]
    target_names: tuple[str, str]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Split:
    """Rows to learn from and rows to be judged on; arrays are read-only.

    Args:
        X_train: Features, shape (n_train, n_features).
        X_test: Features, shape (n_test, n_features).
        y_train: Labels in {0, 1}, shape (n_train,).
        y_test: Labels in {0, 1}, shape (n_test,).
    """

    X_train: NDArray[np.float64]
    X_test: NDArray[np.float64]
    y_train: NDArray[np.float64]
    y_test: NDArray[np.float64]


def load_students() -> Students:
    """Return the students of the chapters, who are shipped in `students.csv`.

    Whoever brings another file gets chapters about other rows, as long as their axes can show them.

    Returns:
        Forty students, those of `make_students()`, ordered by hours.

    Raises:
        ValueError: If the file has other columns than `SUBJECT` says, or rows that the chapters cannot show.

    Examples:
        >>> students = load_students()
        >>> students.hours.size, int(students.passed.sum())
        (40, 18)
    """
    return _parse_students(_STUDENTS.read_text(encoding="utf-8"))


_STUDENTS = Path(__file__).with_name("students.csv")


def _parse_students(text: str) -> Students:
    header, *lines = text.splitlines() or [""]
    if header != ",".join(SUBJECT.columns):
        raise _refused(f"opens with {header!r}, and SUBJECT names the columns {','.join(SUBJECT.columns)!r}")
    if not any(lines):
        raise _refused("holds no rows")
    try:
        rows = np.loadtxt(lines, delimiter=",", ndmin=2)
    except ValueError as error:
        raise _refused(f"must hold numbers: {error}") from None
    if rows.shape[1:] != (len(SUBJECT.columns),) or not np.isfinite(rows).all():
        raise _refused("must hold three finite numbers a line: feature, score and label")
    hours, scores, passed = rows[np.argsort(rows[:, 0], kind="stable")].T
    _check_students(hours, scores, passed)
    return Students(hours=freeze(hours), scores=freeze(scores), passed=freeze(passed), pass_mark=SUBJECT.pass_mark)


def _check_students(hours: NDArray[np.float64], scores: NDArray[np.float64], passed: NDArray[np.float64]) -> None:
    """Refuse rows that the chapters cannot show, or of which their argument does not hold."""
    for name, values, end in (("feature", hours, 10), ("score", scores, 100)):
        if values.min() < 0 or values.max() > end:
            came = f"runs from {values.min():g} to {values.max():g}, and axes and sliders from 0 to {end}"
            raise _refused(f"has a {name} that {came}: choose another unit")
    if wrong := np.flatnonzero(passed != (scores >= SUBJECT.pass_mark)).tolist():
        came = f"score {scores[wrong[0]]:g} and label {passed[wrong[0]]:g}"
        raise _refused(
            f"has a row with {came}: the label is 1 from SUBJECT.pass_mark, {SUBJECT.pass_mark:g}, on, else 0"
        )
    if np.unique(passed).size == 1:
        raise _refused(f"has the label {passed[0]:g} alone: a classifier needs both")
    if np.corrcoef(hours, passed)[0, 1] <= 0:
        raise _refused("has less of label 1 where the feature is larger, but the chapters' curves rise: turn it over")
    if hours[passed == 1].min() >= hours[passed == 0].max():
        raise _refused("has classes that a threshold parts, so no finite fit exists, which chapters 2 to 4 draw")


def _refused(problem: str) -> ValueError:
    return ValueError(f"{_STUDENTS.name} {problem}.")


def make_students(n_samples: int = 40, *, seed: int = 7) -> Students:
    r"""Draw students whose score grows with hours of study.

    $$\text{score} = 22 + 5.2\,\text{hours} + \varepsilon, \qquad \varepsilon \sim \mathcal N(0, 9^2)$$

    Hours are uniform on [0.5, 10] and rounded to tenths; scores are rounded to whole points and clipped to 0 ... 100.
    A student passes with 50 points.

    Args:
        n_samples: Number of students.
        seed: Seed of the random generator.

    Returns:
        The students, ordered by hours.

    Raises:
        TypeError: If `n_samples` or `seed` is not a whole number.
        ValueError: If `n_samples` is below 1 or `seed` is negative.

    Examples:
        >>> students = make_students(3, seed=0)
        >>> students.hours
        array([0.9, 3.1, 6.6])
        >>> students.passed
        array([0., 0., 1.])
    """
    n = count(n_samples, "n_samples")
    rng = np.random.default_rng(count(seed, "seed", lowest=0))
    hours = np.sort(np.round(rng.uniform(0.5, 10.0, n), 1))
    scores = np.clip(np.round(22.0 + 5.2 * hours + rng.normal(0.0, 9.0, n)), 0.0, 100.0)
    pass_mark = 50.0
    return Students(hours=freeze(hours), scores=freeze(scores), passed=freeze(scores >= pass_mark), pass_mark=pass_mark)


def make_outline_data(n_samples: int = 1000, *, n_features: int = 10, random_state: int = 42) -> Split:
    """Draw the classification data of the PyTorch chapter and hold a fifth of it back.

    The call is `make_classification(n_samples, n_features=10, random_state=42)`, then
    `train_test_split(test_size=0.2, random_state=42)`. Two of the ten columns are combinations of others by
    scikit-learn's default, so the training matrix has rank 8.

    Args:
        n_samples: Rows before the split, at least 2.
        n_features: Columns, at least 4 for scikit-learn's default of 2 informative and 2 redundant ones.
        random_state: Seed of both calls.

    Returns:
        The four arrays.

    Raises:
        TypeError: If a number is not whole.
        ValueError: If `n_samples` is below 2, `n_features` below 4, or `random_state` not in 0 ... 2**32 - 1.

    Examples:
        >>> split = make_outline_data()
        >>> split.X_train.shape, split.X_test.shape
        ((800, 10), (200, 10))

    Source:
        scikit-learn, `sklearn.datasets.make_classification`, after I. Guyon (2003), Design of experiments for the
        NIPS 2003 variable selection benchmark.
    """
    rows, columns = count(n_samples, "n_samples"), count(n_features, "n_features")
    if rows < 2:  # noqa: PLR2004 - one row to learn from, one to be judged on
        raise ValueError(f"n_samples must be at least 2 to be split, got {rows}.")
    if columns < 4:  # noqa: PLR2004 - 2 informative and 2 redundant
        raise ValueError(f"n_features must be at least 4 (2 informative, 2 redundant), got {columns}.")
    state = count(random_state, "random_state", lowest=0, highest=2**32 - 1)  # None would draw from np.random
    X, y = make_classification(rows, n_features=columns, random_state=state)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=state)
    return Split(X_train=freeze(X_train), X_test=freeze(X_test), y_train=freeze(y_train), y_test=freeze(y_test))


def make_xor(n_per_corner: int = 1, *, spread: float = 0.0, seed: int = 0) -> Dataset:
    r"""Draw the smallest problem that one neuron cannot solve: the exclusive or of two inputs.

    $$y = 1 \text{ where exactly one of } x_1, x_2 \text{ is } 1, \qquad (x_1, x_2) \in \{0, 1\}^2$$

    Args:
        n_per_corner: Rows at each of the four corners of the unit square.
        spread: Standard deviation of a normal scatter around the corner; 0 leaves the rows on it.
        seed: Seed of the scatter.

    Returns:
        `4 * n_per_corner` rows, in the order (0, 0), (0, 1), (1, 0), (1, 1).

    Raises:
        TypeError: If `n_per_corner` or `seed` is not a whole number, or `spread` is no number.
        ValueError: If `n_per_corner` is below 1, or `spread` or `seed` is negative, or the scatter overflows.

    Examples:
        >>> data = make_xor()
        >>> data.X
        array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
        >>> data.y
        array([0., 1., 1., 0.])

    Source:
        M. Minsky and S. Papert (1969), Perceptrons: an introduction to computational geometry, MIT Press.
    """
    rows, deviation = count(n_per_corner, "n_per_corner"), non_negative(spread, "spread")
    rng = np.random.default_rng(count(seed, "seed", lowest=0))
    corners = np.repeat([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], rows, axis=0)
    with np.errstate(over="ignore"):
        X = corners + deviation * rng.normal(size=corners.shape)
    if not np.isfinite(X).all():
        raise ValueError(f"spread must leave the rows finite, got {deviation:g}.")
    return Dataset(
        X=freeze(X),
        y=freeze(corners[:, 0] != corners[:, 1]),
        feature_names=("x1", "x2"),
        target_names=("equal", "different"),
        source="drawn around the truth table of the exclusive or",
    )


def load_breast_cancer() -> Dataset:
    """Return the Wisconsin breast cancer data that ship with scikit-learn.

    Label 1 means benign, as in scikit-learn. Features are in their own units, from hundredths to thousands, and
    are not scaled.

    Returns:
        569 tumours with 30 features.

    Examples:
        >>> data = load_breast_cancer()
        >>> data.X.shape, data.target_names
        ((569, 30), ('malignant', 'benign'))

    Source:
        W. N. Street, W. H. Wolberg and O. L. Mangasarian (1993), Nuclear feature extraction for breast tumor
        diagnosis, SPIE 1905; UCI Machine Learning Repository.
    """
    bunch = _sklearn_breast_cancer()
    zero, one = (str(name) for name in bunch.target_names)
    return Dataset(
        X=freeze(bunch.data),
        y=freeze(bunch.target),
        feature_names=tuple(str(name) for name in bunch.feature_names),
        target_names=(zero, one),
        source="UCI Machine Learning Repository, through sklearn.datasets.load_breast_cancer",
    )


# Joint temperature in °F and whether any primary O-ring of a field joint was in thermal distress, for 23 launches in
# order of date.
_CHALLENGER = (
    (66, 0), (70, 1), (69, 0), (68, 0), (67, 0), (72, 0), (73, 0), (70, 0), (57, 1), (63, 1), (70, 1), (78, 0),
    (67, 0), (53, 1), (67, 0), (75, 0), (70, 0), (81, 0), (76, 0), (79, 0), (75, 1), (76, 0), (58, 1),
)  # fmt: skip


def load_challenger() -> Dataset:
    """Return the 23 space shuttle launches before the Challenger accident whose boosters were recovered.

    The feature is the temperature of the joints at launch in degrees Fahrenheit. Label 1 means that at least one of
    the six primary O-rings of the field joints was eroded or let gas past; the nozzle joints are not counted. The
    accident itself, at about 31 °F, is not in the data.

    Returns:
        23 launches with one feature.

    Examples:
        >>> data = load_challenger()
        >>> data.X.shape, int(data.y.sum())
        ((23, 1), 7)

    Source:
        S. R. Dalal, E. B. Fowlkes and B. Hoadley (1989), Risk analysis of the space shuttle: pre-Challenger
        prediction of failure, JASA 84, 945-957, table 1.
    """
    temperature, distress = np.array(_CHALLENGER).T
    return Dataset(
        X=freeze(temperature.reshape(-1, 1)),
        y=freeze(distress),
        feature_names=("temperature (°F)",),
        target_names=("no distress", "distress"),
        source="Dalal, Fowlkes and Hoadley (1989), JASA 84, table 1",
    )
