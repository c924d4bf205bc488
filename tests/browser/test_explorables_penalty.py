"""Walks and best fits in a real browser are the package's, and it says and draws what Python predicts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

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

from logreg_docs._objective import row_terms
from logreg_docs.explorables.draw import points
from logreg_docs.explorables.penalty import (
    MARKS,
    PENALTIES,
    PLACES,
    RATE,
    TIMES,
    Walk,
    best_fit,
    caption,
    explore_penalty,
    make_six,
    take_walk,
)
from logreg_docs.sigmoid import sigmoid

if TYPE_CHECKING:
    from browser.visits import Watched
    from explorable_checks import Open
    from numpy.typing import NDArray
    from playwright.sync_api import Locator

STATES = [*itertools.product(PLACES, PENALTIES)]
WALKS = """async ([base, rows, y, rate, times]) => {
  const { take } = await import(base + "penalty.js"), { newton } = await import(base + "core.js");
  return rows.map(([x, l2, exists]) => {
    const walk = take(x, y, l2, rate, times);
    return { ...walk, best: exists ? newton(x, y, walk.w.at(-1), walk.b.at(-1), l2) : null };
  });
}"""


def walks_of_all_states() -> NDArray[np.float64]:
    """Walk in all states at once by the package's terms, shape (3, n_states, n_times): weight, intercept and loss."""
    x = np.array([make_six(hours)[0][:, 0] for hours, _ in STATES])
    y, l2 = make_six(PLACES[0])[1], np.array([l2 for _, l2 in STATES])
    w, b, rows = np.zeros(len(x)), np.zeros(len(x)), []
    for step in range(TIMES[-1] + 1):
        terms = row_terms(w[:, np.newaxis] * x + b[:, np.newaxis], y)
        if step in TIMES:
            rows.append((w, b, terms.losses.mean(axis=1)))
        w = w - RATE * ((terms.residuals * x).mean(axis=1) + l2 * w)
        b = b - RATE * terms.residuals.mean(axis=1)
    return np.array(rows).transpose(1, 2, 0)


@pytest.fixture(scope="module")
def walks() -> NDArray[np.float64]:
    return walks_of_all_states()


def place(hours: float, l2: float) -> dict[str, object]:
    return {"place": PLACES.index(hours), "l2": PENALTIES.index(l2)}


def drawn_at(name: str, value: float) -> float:
    """Return where a value is drawn."""
    low, high, start, stop = explore_penalty().data["axes"][name]
    return float(start + (value - low) / (high - low) * (stop - start))


class TestPenalty(ExplorableChecks):
    name = "penalty"

    def test_walk_of_all_states_is_that_of_the_package(
        self, walks: NDArray[np.float64], pytestconfig: pytest.Config
    ) -> None:
        few = [(4.0, 0.0), (5.5, 0.0001), (8.0, 0.2)]
        for state in STATES if pytestconfig.getoption("deep") else few:
            assert largest_difference(walks[:, STATES.index(state)], take_walk(*state)) <= 1e-12

    def test_every_walk_and_every_best_fit_is_that_of_the_package(
        self, walks: NDArray[np.float64], at_rest: tuple[Watched, Locator], explorables_address: str
    ) -> None:
        best = [best_fit(*state) for state in STATES]
        rows = [
            [make_six(hours)[0][:, 0].tolist(), l2, fit is not None]
            for (hours, l2), fit in zip(STATES, best, strict=True)
        ]
        base = explorables_address + "assets/explorables/"
        got = compute(at_rest[0].page, WALKS, [base, rows, make_six(PLACES[0])[1].tolist(), RATE, TIMES])
        assert len(got) == len(PLACES) * len(PENALTIES)
        assert largest_difference([[row[k] for row in got] for k in ("w", "b", "loss")], walks) <= 1e-12
        for fit, row in zip(best, got, strict=True):
            assert (fit is None) == (row["best"] is None)
            assert fit is None or largest_difference(row["best"], fit[:2]) <= 1e-12

    @pytest.mark.long
    def test_caption_is_the_one_that_python_predicts(
        self, walks: NDArray[np.float64], watched: Open, explorables_address: str, pytestconfig: pytest.Config
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        states = STATES if pytestconfig.getoption("deep") else STATES[2::3]  # every place of each slider, and a tie
        seen = walk(figure, [place(*state) for state in states], "placeOut", "l2Out", "level", "moved")
        for (hours, l2), (state, parts) in zip(states, seen, strict=True):
            best, mine = best_fit(hours, l2), walks[:, STATES.index((hours, l2))].tolist()
            assert state["caption"] == caption(hours, l2, Walk(*(tuple(row) for row in mine)))
            assert (state["best"] is None) == (best is None)
            assert best is None or largest_difference(list(state["best"].values()), best) <= 1e-12
            assert largest_difference(state["free"]["w"], walks[0, STATES.index((hours, 0.0))]) <= 1e-12
            assert (parts["placeOut"]["text"], parts["l2Out"]["text"]) == (f"{hours:.1f}", f"{l2:g}")
            assert parts["level"]["text"] == (f"best {best[0]:.2f}" if best else "no best weight")
            assert parts["moved"]["aria-valuetext"] == f"{hours:.1f} hours"

    def test_every_state_lies_on_its_axes(self, walks: NDArray[np.float64]) -> None:
        axes = explore_penalty().data["axes"]
        w, b, loss = walks
        cut = 5 - b[:, -1] / w[:, -1]
        for name, values in (("weight", w), ("loss", np.log10(loss)), ("hours", cut)):
            assert axes[name][0] < values.min(), name
            assert values.max() < axes[name][1], name
        levels = [best[0] for best in itertools.starmap(best_fit, STATES) if best]
        assert max(levels) < axes["weight"][1]

    def test_what_is_drawn_is_what_python_would_draw(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        hours, l2 = 5.5, 0.0001
        names = ("weight", "weightFree", "weightBest", "weightDots", "loss", "lossBest", "curve1", "cut", "moved")
        ((_, parts),) = walk(figure, [place(hours, l2)], *names)
        held, free, best = take_walk(hours, l2), take_walk(hours, 0.0), best_fit(hours, l2)
        assert best is not None
        xs = [drawn_at("steps", value) for value in np.log10(TIMES)]
        assert parts["weight"]["points"] == points(xs, [drawn_at("weight", w) for w in held.w])
        assert parts["weightFree"]["points"] == points(xs, [drawn_at("weight", w) for w in free.w])
        assert parts["loss"]["points"] == points(xs, [drawn_at("loss", v) for v in np.log10(held.loss)])
        assert parts["weightBest"]["d"].split(",")[1].startswith(f"{drawn_at('weight', best[0]):.1f}H")
        assert parts["lossBest"]["d"].split(",")[1].startswith(f"{drawn_at('loss', np.log10(best[2])):.1f}H")
        at = [TIMES.index(mark) for mark in MARKS]
        dots = points([xs[k] for k in at], [drawn_at("weight", held.w[k]) for k in at])
        assert parts["weightDots"]["d"] == "M" + dots.replace(" ", "h0M") + "h0"
        grid = np.linspace(1, 9, 61)
        chances = sigmoid(held.w[at[1]] * (grid - 5) + held.b[at[1]])
        expected = points([drawn_at("hours", h) for h in grid], [drawn_at("pass", p) for p in chances])
        assert parts["curve1"]["points"] == expected
        assert parts["cut"]["d"].startswith(f"M{drawn_at('hours', 5 - held.b[-1] / held.w[-1]):.1f},")
        assert parts["moved"]["transform"] == f"translate({drawn_at('hours', hours):.1f},{drawn_at('pass', 0):.1f})"

    def test_mouse_finger_and_click_put_the_student_at_the_half_hour_where_they_point(
        self, watched: Open, explorables_address: str
    ) -> None:
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            ring = figure.locator("[data-x=moved]")
            ring.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            size = figure.locator("svg").first.evaluate("node => node.getBoundingClientRect().width / 320")
            way = 2.1 * size * (drawn_at("hours", 2) - drawn_at("hours", 1))
            (swipe(page, middle(ring), way, 30) if settings else drag(page, ring, way, 30))
            assert snapshot(figure)["hours"] == 6.0
            figure.locator("svg").first.click(position={"x": drawn_at("hours", 2.6) * size, "y": 120 * size})
            assert snapshot(figure)["hours"] == 2.5
            (swipe(page, middle(ring), -way, 0) if settings else drag(page, ring, -way, 0))
            assert snapshot(figure)["hours"] == PLACES[0]

    def test_reset_brings_back_the_gap_and_takes_the_penalty_away(
        self, watched: Open, explorables_address: str
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        before = snapshot(figure)
        set_slider(figure, "place", 9)
        set_slider(figure, "l2", 5)
        assert snapshot(figure)["best"] is not None
        figure.get_by_role("button", name="Reset").click()
        assert snapshot(figure) == before
        assert (before["hours"], before["l2"], before["best"]) == (4.0, 0.0, None)

    def test_no_name_leaves_its_panel(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for hours, l2 in itertools.product((PLACES[0], 5.5, 6.0, PLACES[-1]), (0.0, PENALTIES[-1])):
            walk(figure, [place(hours, l2)])
            for k, name in enumerate(("cutName", "level")):
                panel = figure.locator("svg").nth(k).bounding_box()
                box = figure.locator(f"[data-x={name}]").bounding_box()
                assert panel is not None
                assert box is not None
                assert panel["x"] <= box["x"]
                assert box["x"] + box["width"] <= panel["x"] + panel["width"]
