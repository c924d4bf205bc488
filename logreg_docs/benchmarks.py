"""Read what `make bench` measured, and lay it out as tables.

Every topic is one JSON file: `topic`, `machine` (names of the processor, Python and the libraries) and `results`. A
result holds a `case`, the size or kind that was measured, and one mapping per measure from a contestant to a number.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logreg_docs._validation import instance
from logreg_docs.tables import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Benchmark", "comparison_table", "machine_table", "read_benchmark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One topic's results.

    Args:
        topic: What was measured.
        machine: The processor, Python and the libraries, by name.
        results: One mapping per case.
    """

    topic: str
    machine: Mapping[str, str]
    results: Sequence[Mapping[str, Any]]


def read_benchmark(path: str | Path) -> Benchmark:
    """Read one topic's file.

    Args:
        path: The file that `make bench` wrote.

    Returns:
        Its contents.

    Raises:
        TypeError: If `path` is no path.
        ValueError: If there is no such file, or it holds something else.

    Examples:
        >>> read_benchmark("docs/benchmarks/newton.json").topic
        'newton'
    """
    instance(path, (str, Path), "path", "the path of a results file")
    try:
        held = json.loads(Path(path).read_text(encoding="utf-8"))
        return Benchmark(topic=held["topic"], machine=held["machine"], results=held["results"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"path must name a results file of `make bench`, got {path}: {error!r}.") from error


def machine_table(benchmarks: Sequence[Benchmark]) -> Table:
    """List the machine and the versions that topics were measured with, and which topics where they differ.

    Args:
        benchmarks: The topics, in a list or tuple.

    Returns:
        One row per name.

    Raises:
        TypeError: If `benchmarks` is no list or tuple, or holds something other than a Benchmark.
        ValueError: If `benchmarks` is empty.

    Examples:
        >>> one = Benchmark(topic="one", machine={"cores": "2", "numpy": "2.4"}, results=[])
        >>> two = Benchmark(topic="two", machine={"cores": "8", "numpy": "2.4"}, results=[])
        >>> print(machine_table([one, two]))
        what  | used
        ------+-----------------
        cores | 2 (one), 8 (two)
        numpy | 2.4
    """
    instance(benchmarks, (list, tuple), "benchmarks", "a list or tuple of what read_benchmark returned")
    for benchmark in benchmarks:
        instance(benchmark, Benchmark, "an entry of benchmarks", "what read_benchmark returned")
    if not benchmarks:
        raise ValueError("benchmarks must hold at least one topic, got none.")
    names = dict.fromkeys(name for benchmark in benchmarks for name in benchmark.machine)
    return Table(columns=("what", "used"), rows=[(name, _used(name, benchmarks)) for name in names])


def _used(name: str, benchmarks: Sequence[Benchmark]) -> str:
    """Return the one value, or each value with the topics it belongs to."""
    topics: dict[str, list[str]] = {}
    for benchmark in benchmarks:
        topics.setdefault(str(benchmark.machine.get(name, "–")), []).append(benchmark.topic)
    if len(topics) == 1:
        return next(iter(topics))
    return ", ".join(f"{value} ({', '.join(found)})" for value, found in topics.items())


def comparison_table(benchmark: Benchmark, measure: str, *, caption: str = "") -> Table:
    """Set one measure of all contestants side by side, a row per case.

    Args:
        benchmark: The topic.
        measure: Name of the measure in the file.
        caption: One sentence below the table.

    Returns:
        The case first, then the contestants, each number with three digits; a dash where one was not measured.

    Raises:
        TypeError: If `benchmark` is no Benchmark.
        ValueError: If no result has the measure, or the cases of those that have it do not share their names.

    Examples:
        >>> found = [{"case": {"rows": 1000}, "milliseconds": {"ours": 1.25, "theirs": 2.0}}]
        >>> print(comparison_table(Benchmark(topic="t", machine={}, results=found), "milliseconds"))
        rows  | ours | theirs
        ------+------+-------
        1,000 | 1.25 | 2
    """
    instance(benchmark, Benchmark, "benchmark", "what read_benchmark returned")
    results = [result for result in benchmark.results if measure in result]
    if not results:
        raise ValueError(f"measure must be one that {benchmark.topic!r} holds, got {measure!r}.")
    cases = _case_names(results)
    names = list(dict.fromkeys(name for result in results for name in result[measure]))
    rows = [
        [*(_cell(result["case"][name]) for name in cases), *(_cell(result[measure].get(name)) for name in names)]
        for result in results
    ]
    return Table(columns=[*cases, *names], rows=rows, caption=caption)


def _case_names(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what every case is described by, and refuse results that could not share a table."""
    names = [list(result.get("case", ())) for result in results]
    other = next((found for found in names if set(found) != set(names[0]) or not found), None)
    if other is not None:
        raise ValueError(f"benchmark must hold results of one kind of case, got {names[0]} and {other}.")
    return names[0]


def _cell(value: str | float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}"
    digits = f"{value:.3g}"
    return f"{value:,.0f}" if abs(float(digits)) >= 1000 else digits  # noqa: PLR2004 - three digits, once rounded
