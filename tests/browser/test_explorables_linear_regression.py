"""Least squares in a real browser: every sum is the package's, and the line, its squares and its place move as one."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browser.visits import PHONE
from explorable_checks import (
    ExplorableChecks,
    compute,
    drag,
    largest_difference,
    middle,
    set_slider,
    snapshot,
    swipe,
    walk,
)

from logreg_docs.datasets import make_students
from logreg_docs.explorables.linear_regression import INTERCEPTS, SLOPES, START, bar, caption, map_axes, squares
from logreg_docs.linear_regression import fit_simple, residual_sum_of_squares, residual_sum_of_squares_gradient

if TYPE_CHECKING:
    from explorable_checks import Open
    from playwright.sync_api import Locator, Page

STUDENTS = make_students()
X = STUDENTS.hours.reshape(-1, 1)
FIT = fit_simple(STUDENTS.hours, STUDENTS.scores)
GRID = list(itertools.product(INTERCEPTS, SLOPES))
SUMS = """async ([module, x, y, lines]) => {
  const { residuals, sumOfSquares, sumOfSquaresGradient } = await import(module);
  return lines.map(([b0, b1]) => {
    const errors = residuals(x, y, b0, b1);
    return [sumOfSquares(errors), ...sumOfSquaresGradient(x, errors)];
  });
}"""


def predicted_caption(state: dict[str, Any]) -> str:
    b0, b1 = state["line"]
    return caption((b0, b1), rss=state["rss"], gradient=tuple(state["gradient"]), students=STUDENTS)


def size(figure: Locator) -> float:
    """Return the CSS pixels of one unit of the panels."""
    return float(figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320"))


def move(page: Page, node: Locator, dx: float, dy: float, *, finger: bool) -> None:
    node.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
    (swipe(page, middle(node), dx, dy) if finger else drag(page, node, dx, dy))


class TestLinearRegression(ExplorableChecks):
    name = "linear_regression"

    def test_every_sum_on_the_whole_grid_is_that_of_the_package(self, watched: Open, explorables_address: str) -> None:
        page = self.figure(watched().page, explorables_address).page
        base = page.url.replace("linear_regression/", "assets/explorables/core.js")
        lines = [*GRID, (FIT.intercept, FIT.slope)]
        got = np.array(compute(page, SUMS, [base, STUDENTS.hours.tolist(), STUDENTS.scores.tolist(), lines]))
        assert len(got) == 161 * 101 + 1
        rss = np.array([residual_sum_of_squares(X, STUDENTS.scores, line) for line in lines])
        slopes = np.array([residual_sum_of_squares_gradient(X, STUDENTS.scores, line) for line in lines])
        assert largest_difference(got[:, 0], rss) <= 1e-12
        # A derivative is a sum in which terms cancel; its error is measured by their size, at least sqrt(rss).
        assert np.max(np.abs(got[:, 1:] - slopes) / np.maximum(np.abs(slopes), np.sqrt(rss)[:, None])) <= 1e-12

    def test_the_caption_is_the_one_that_python_predicts(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        seen = set()
        places = [*itertools.product(range(0, len(INTERCEPTS), 25), range(0, len(SLOPES), 12))]
        steps = [{"intercept": first, "slope": second} for first, second in places]
        for (first, second), (state, _) in zip(places, walk(figure, steps), strict=True):
            assert state["line"] == [INTERCEPTS[first], SLOPES[second]]
            assert state["caption"] == predicted_caption(state)
            seen |= {word for word in state["caption"].split() if word in {"lower", "higher", "flatter", "steeper"}}
        assert seen == {"lower", "higher", "flatter", "steeper"}

    @pytest.mark.parametrize("line", [(20.0, 6.0), (60.0, 10.0), (10.5, 0.0)])
    def test_what_is_drawn_is_what_python_would_draw(
        self, line: tuple[float, float], watched: Open, explorables_address: str
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        set_slider(figure, "intercept", INTERCEPTS.index(line[0]))
        set_slider(figure, "slope", SLOPES.index(line[1]))
        drawn = figure.locator("[data-x=squares] path").evaluate_all("all => all.map(one => one.getAttribute('d'))")
        assert drawn == squares(line, STUDENTS)
        assert figure.locator("[data-x=bar]").get_attribute("d") == bar(line, STUDENTS)
        rss = residual_sum_of_squares(X, STUDENTS.scores, line)
        assert figure.locator("[data-x=sum]").text_content() == f"sum of squares {rss:.0f}"
        assert figure.locator("[data-x=more]").is_visible() is (rss > 12_000)

    def test_the_ellipse_through_the_line_has_its_sum_everywhere(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        across, up = map_axes()
        for first, second in ((60, 25), (30, 80), (100, 20)):
            set_slider(figure, "intercept", first)
            set_slider(figure, "slope", second)
            places = figure.locator("[data-x=level]").evaluate(
                """node => { const svg = node.ownerSVGElement;
                const turned = svg.getScreenCTM().inverse().multiply(node.getScreenCTM());
                return [...Array(24).keys()].map(k => node.getPointAtLength(node.getTotalLength() * k / 24))
                .map(at => new DOMPoint(at.x, at.y).matrixTransform(turned)).map(at => [at.x, at.y]); }"""
            )
            rss = snapshot(figure)["rss"]
            for x, y in places:
                intercept = (x - across.start) / (across.stop - across.start) * 80
                slope = (y - up.start) / (up.stop - up.start) * 10
                assert abs(residual_sum_of_squares(X, STUDENTS.scores, [intercept, slope]) / rss - 1) < 0.02

    @pytest.mark.parametrize("finger", [False, True], ids=["mouse", "finger"])
    def test_dragged_ends_and_middle_take_the_line_along(
        self, *, finger: bool, watched: Open, explorables_address: str
    ) -> None:
        page = watched(**(PHONE if finger else {})).page
        figure = self.figure(page, explorables_address)
        point = size(figure) * 1.8  # CSS pixels of a point of the score
        reset = figure.get_by_role("button", name="Reset")
        right = START[0] + 10 * START[1]
        for name, expected in (
            ("left", lambda rise: (START[0] - rise, (right - START[0] + rise) / 10)),
            ("middle", lambda rise: (START[0] - rise, START[1])),
            ("right", lambda rise: (START[0], START[1] - rise / 10)),
        ):
            reset.click()
            move(page, figure.locator(f"[data-x={name}]"), 0, 50, finger=finger)
            np.testing.assert_allclose(snapshot(figure)["line"], expected(50 / point), atol=0.15)
            assert figure.locator("figcaption").inner_text() == predicted_caption(snapshot(figure))

    @pytest.mark.parametrize("finger", [False, True], ids=["mouse", "finger"])
    def test_a_dragged_or_chosen_place_on_the_map_moves_the_line(
        self, *, finger: bool, watched: Open, explorables_address: str
    ) -> None:
        page = watched(**(PHONE if finger else {})).page
        figure = self.figure(page, explorables_address)
        across, up = map_axes()
        move(page, figure.locator("[data-x=point]"), -60, 40, finger=finger)
        b0, b1 = snapshot(figure)["line"]
        assert abs(across(b0) - across(START[0]) + 60 / size(figure)) < 1
        assert abs(up(b1) - up(START[1]) - 40 / size(figure)) < 1
        chart = figure.locator("svg").last
        chart.click(position={"x": across(20) * size(figure), "y": up(6) * size(figure)})
        np.testing.assert_allclose(snapshot(figure)["line"], [20, 6], atol=0.3)
        ends = figure.locator("[data-x=line]").get_attribute("points")
        b0, b1 = snapshot(figure)["line"]
        assert ends == f"44,{188 - 1.8 * b0:.1f} 304,{188 - 1.8 * (b0 + 10 * b1):.1f}".replace(".0", "")

    def test_an_end_off_the_paper_waits_at_its_edge_and_comes_back(
        self, watched: Open, explorables_address: str
    ) -> None:
        page = watched().page
        figure = self.figure(page, explorables_address)
        set_slider(figure, "slope", 100)
        right = figure.locator("[data-x=right]")
        assert right.get_attribute("transform") == f"translate({44 + 260 * 0.6:g},8)"
        assert right.get_attribute("aria-valuetext") == "140.00 points at 10 hours"
        move(page, right, 26 * size(figure), 36 * size(figure), finger=False)
        np.testing.assert_allclose(snapshot(figure)["line"], [40, 40 / 7], atol=0.02)

    def test_button_finds_the_least_and_reset_the_start(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        before = snapshot(figure)
        figure.get_by_role("button", name="To the least").click()
        state = snapshot(figure)
        assert state["line"] == [FIT.intercept, FIT.slope]
        assert state["caption"] == predicted_caption(state)
        assert "1.00 times the least" in state["caption"]
        assert [figure.locator(f"[data-x={name}Out]").inner_text() for name in ("intercept", "slope")] == [
            f"{FIT.intercept:.1f}",
            f"{FIT.slope:.2f}",
        ]
        figure.get_by_role("button", name="Reset").click()
        assert snapshot(figure) == before
