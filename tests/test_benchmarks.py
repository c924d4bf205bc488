"""What `make bench` wrote is complete, and the tables show it as it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from benchmarks import build, lighthouse, mutation
from browser.visits import REQUESTS, limit
from sites import ROOT

from logreg_docs.benchmarks import Benchmark, comparison_table, machine_table, read_benchmark
from logreg_docs.publish.run.wheel import Project

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted((ROOT / "docs/benchmarks").glob("*.json"))
FOUND = Benchmark(
    topic="t",
    machine={"cores": "2"},
    results=[
        {"case": {"rows": 1000, "kind": "easy"}, "ms": {"ours": 1.234, "theirs": 0.5}},
        {"case": {"rows": 2000, "kind": "hard"}, "ms": {"ours": 12345.6}},
        {"case": {"rows": 3000, "kind": "hard"}, "other": {"ours": 1.0}},
    ],
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_results_names_its_topic_machine_and_versions(path: Path) -> None:
    benchmark = read_benchmark(path)
    assert benchmark.topic == path.stem
    assert {"processor", "cores", "Python", "numpy", "scikit-learn", "BLAS"} <= set(benchmark.machine)
    assert benchmark.results
    assert path.stat().st_size < 20_000
    for result in benchmark.results:
        measures = [name for name, value in result.items() if isinstance(value, dict) and name != "case"]
        numbers = [number for name in measures for number in result[name].values()]
        assert all(number >= 0 if isinstance(number, int) else number > 0 for number in numbers)  # a count may be 0


def test_the_solvers_were_measured_and_met_the_same_slope() -> None:
    newton = read_benchmark(ROOT / "docs/benchmarks/newton.json")
    sizes = {(result["case"]["rows"], result["case"]["columns"]) for result in newton.results}
    assert {(1_000, 5), (1_000_000, 5), (100_000, 100)} <= sizes
    for result in newton.results:
        assert {"fit_newton", "newton-cholesky", "lbfgs"} <= set(result["milliseconds"])
        assert max(result["largest_slope"].values()) <= 1e-6


def test_the_tests_of_every_module_of_mathematics_were_measured() -> None:
    found = read_benchmark(ROOT / "docs/benchmarks/mutation.json")
    rows = {result["case"]["module"]: result["mutants"] for result in found.results}
    assert set(rows) == {*mutation.MODULES, "all"}
    for row in rows.values():
        assert row["mutants"] == row["killed"] + row["survived"] + row["equivalent"]
        assert row["score in %"] == round(100 * row["killed"] / (row["killed"] + row["survived"]), 1)
        assert row["score in %"] >= 95
    for name, count in rows["all"].items():
        if name != "score in %":
            assert count == sum(row[name] for module, row in rows.items() if module != "all")


def test_lighthouse_names_what_lacks_points_and_what_is_heavier_than_a_first_visit_may_be() -> None:
    def report(score: float, weight: int, requests: int) -> dict[str, object]:
        sent = {"details": {"items": [{"url": "https://x.org/"}] * requests + [{"url": "data:,"}]}}
        audits = {"total-byte-weight": {"numericValue": weight}, "network-requests": sent, "contrast": {"score": score}}
        whole = {"score": score, "auditRefs": [{"id": "contrast"}]}
        return {"categories": dict.fromkeys(lighthouse.WHOLE, whole), "audits": audits}

    for page in lighthouse.PAGES:
        most = 1024 * limit(page)
        assert lighthouse.faults(page, "mobile", report(1, most, REQUESTS)) == []
        assert len(lighthouse.faults(page, "mobile", report(1, most + 1024, REQUESTS + 1))) == 2
    assert lighthouse.faults("", "desktop", report(0.9, 0, 0))[0].startswith("home (desktop): accessibility has 90")


def test_builds_are_measured_on_a_copy_that_holds_its_pages_and_what_its_wheel_is_made_from(tmp_path: Path) -> None:
    project = build.copy(tmp_path).project
    assert (project / f"docs/{build.CHAPTER}.md").is_file()
    assert Project(project).package("", tmp_path / "wheels")[1]


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"topic": "t", "machine": FOUND.machine, "results": FOUND.results}))
    assert read_benchmark(path) == FOUND


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"topic": "t"}'])
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(ValueError, match="path must name a results file of `make bench`"):
        read_benchmark(tmp_path / "t.json")


def test_contestants_stand_side_by_side_with_a_dash_where_one_is_absent() -> None:
    table = comparison_table(FOUND, "ms", caption="Times.")
    assert table.columns == ("rows", "kind", "ours", "theirs")
    assert table.rows == (("1,000", "easy", "1.23", "0.5"), ("2,000", "hard", "12,346", "–"))
    assert table.caption == "Times."


def test_the_machine_is_listed_by_name_and_says_where_topics_differ() -> None:
    assert machine_table([FOUND]).rows == (("cores", "2"),)
    newer = Benchmark(topic="u", machine={"cores": "2", "numpy": "3"}, results=[])
    other = Benchmark(topic="v", machine={"cores": "8", "numpy": "3"}, results=[])
    assert machine_table([FOUND, newer, other]).rows == (("cores", "2 (t, u), 8 (v)"), ("numpy", "– (t), 3 (u, v)"))


@pytest.mark.parametrize("case", [{"columns": 5}, {"rows": 5, "columns": 5}, {}, None])
def test_results_whose_cases_differ_in_their_names_are_refused_in_words(case: dict[str, int] | None) -> None:
    other = {"ms": {"ours": 1.0}} if case is None else {"case": case, "ms": {"ours": 1.0}}
    found = Benchmark(topic="t", machine={}, results=[{"case": {"rows": 1}, "ms": {"ours": 1.0}}, other])
    with pytest.raises(ValueError, match=r"benchmark must hold results of one kind of case, got .*rows"):
        comparison_table(found, "ms")
    with pytest.raises(ValueError, match="benchmark must hold results of one kind of case"):
        comparison_table(Benchmark(topic="t", machine={}, results=found.results[::-1]), "ms")


def test_numbers_keep_one_notation_where_three_digits_round_up_to_a_thousand() -> None:
    values = {"999.4": 999.4, "999.5": 999.5, "999.6": 999.6, "1000.2": 1000.2, "-999.7": -999.7, "9.996": 9.996}
    found = Benchmark(topic="t", machine={}, results=[{"case": {"n": 1}, "ms": values}])
    assert comparison_table(found, "ms").rows == (("1", "999", "1,000", "1,000", "1,000", "-1,000", "10"),)
