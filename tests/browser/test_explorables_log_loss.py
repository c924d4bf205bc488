"""Log loss in a real browser costs what the package says, and is said and drawn as Python predicts."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
from browser.visits import PHONE
from explorable_checks import ExplorableChecks, compute, differently_drawn, drag, middle, snapshot, swipe, walk

from logreg_docs.datasets import make_students
from logreg_docs.explorables.draw import Scale, points
from logreg_docs.explorables.log_loss import (
    BOUNDARIES,
    LOGITS,
    WEIGHTS,
    State,
    caption,
    cost_point,
    draw_panels,
    explore_log_loss,
)
from logreg_docs.log_loss import log_loss, pointwise_log_loss

if TYPE_CHECKING:
    from explorable_checks import Open
    from playwright.sync_api import Locator

STUDENTS = make_students()
AXES = {name: Scale(*axis) for name, axis in explore_log_loss().data["axes"].items()}
POINTS = """async ([module, zs]) => {
  const { sigmoid, rowLoss, rowError, rowSlope, rowErrorSlope } = await import(module);
  return [0, 1].map(y => zs.map(z =>
    [sigmoid(z), rowLoss(z, y), rowError(z, y), rowSlope(z, y), rowErrorSlope(z, y)]));
}"""
COSTS = """async ([module, hours, labels, cs, ws]) => {
  const { costs } = await import(module);
  return cs.map(c => ws.map(w => { const all = costs(hours, labels, c, w); return [...all.losses, all.mean]; }));
}"""
SLIDERS = {"z": LOGITS, "c": BOUNDARIES, "w": WEIGHTS}


def relative(got: object, expected: object) -> float:
    """Return the largest difference relative to the expected value, however small that is."""
    a, b = np.asarray(got, float), np.asarray(expected, float)
    assert a.shape == b.shape
    return float(np.max(np.abs(a - b) / np.abs(b)))


def step(state: State) -> dict[str, int | str | bool]:
    """Return where all that a reader can set is for a state."""
    return {"label": str(state.y), **{name: values.index(getattr(state, name)) for name, values in SLIDERS.items()}}


def place(figure: Locator, state: State) -> None:
    """Set all that a reader can set, the label by hand."""
    figure.locator(f"[name$=-label][value='{state.y}']").check()
    walk(figure, [step(state)])


def shown(figure: Locator) -> State:
    return state_of(snapshot(figure))


def state_of(seen: dict[str, Any]) -> State:
    return State(**{name: seen[name] for name in ("y", "z", "c", "w")})


class TestLogLoss(ExplorableChecks):
    name = "log_loss"

    def module(self, figure: Locator, name: str) -> str:
        return figure.page.url.replace("log_loss/", f"assets/explorables/{name}.js")

    def test_both_losses_and_slopes_are_those_of_the_package_at_every_logit(
        self, watched: Open, explorables_address: str
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        wide = [*LOGITS, -700.0, -300.0, -40.0, 40.0, 300.0, 340.0]
        got = figure.page.evaluate(POINTS, [self.module(figure, "core"), wide])
        rows = [[cost_point(z, y) for z in wide] for y in (0, 1)]
        expected = [[[r.p, r.loss, r.error, r.slope, r.bend] for r in row] for row in rows]
        inside = len(LOGITS)
        assert relative([row[:inside] for row in got], [row[:inside] for row in expected]) <= 1e-12
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-300)

    def test_every_student_costs_the_same_as_in_the_package_at_every_model(
        self, watched: Open, explorables_address: str
    ) -> None:
        figure = self.figure(watched().page, explorables_address)
        hours, labels = STUDENTS.hours, STUDENTS.passed
        arguments = [self.module(figure, "log_loss"), hours.tolist(), labels.tolist(), BOUNDARIES, WEIGHTS]
        got = np.array(compute(figure.page, COSTS, arguments))
        assert got.shape == (len(BOUNDARIES), len(WEIGHTS), len(hours) + 1)
        models = list(itertools.product(BOUNDARIES, WEIGHTS))
        logits = [w * (hours - c) for c, w in models]
        rows = pointwise_log_loss(np.concatenate(logits), np.tile(labels, len(models)))
        means = [log_loss(z, labels) for z in logits]
        assert relative(got[..., :-1].reshape(len(models), -1), rows.reshape(len(models), -1)) <= 1e-12
        assert relative(got[..., -1].ravel(), means) <= 1e-12

    def test_the_caption_is_the_one_that_python_predicts(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        random = np.random.default_rng(0)
        ends = [
            State(y=y, z=z, c=c, w=w)
            for y in (0, 1)
            for z in (-6.0, 6.0)
            for c in (0.0, 10.0)
            for w in (-1.0, 0.0, 3.0)
        ]
        others = [State(y=k % 2, **{n: float(random.choice(v)) for n, v in SLIDERS.items()}) for k in range(24)]
        states = [*ends, *others]
        for state, (seen, _) in zip(states, walk(figure, [*map(step, states)]), strict=True):
            assert state_of(seen) == state
            assert seen["caption"] == caption(STUDENTS, state)

    def test_what_is_drawn_is_what_python_would_draw(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        for state in (State(y=0, z=-2.5, c=9.3, w=0.35), State(z=6.0, c=0.0, w=3.0), State(y=0, z=3.0, c=5.0, w=-1.0)):
            place(figure, state)
            assert differently_drawn(figure, draw_panels(STUDENTS, state)) == {}

    def test_the_curve_of_label_0_is_that_of_label_1_mirrored(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        figure.locator("[name$=-label][value='0']").check()
        grid = np.linspace(-6, 6, 49).tolist()
        mirrored = [AXES["cost"](cost_point(-z, 1).loss) for z in grid]
        assert figure.locator("[data-x=loss]").get_attribute("points") == points([AXES["z"](z) for z in grid], mirrored)

    def test_mouse_finger_and_click_put_things_where_they_point(self, watched: Open, explorables_address: str) -> None:
        for settings in ({}, PHONE):
            page = watched(**settings).page
            figure = self.figure(page, explorables_address)
            for view, name, what, dx, dy in (
                ("bc", "cut", "c", 50, 0),
                ("bc", "tilt", "w", 0, -12),
                ("a", "knob", "z", -80, 0),
            ):
                if settings:
                    figure.locator(f".x-views [value={view}]").check()
                node = figure.locator(f"[data-x={name}]")
                node.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
                size = node.evaluate("node => node.ownerSVGElement.getBoundingClientRect().width / 320")
                before = middle(node)
                (swipe(page, before, dx * size, dy * size) if settings else drag(page, node, dx * size, dy * size))
                after = middle(node)
                assert getattr(shown(figure), what) != getattr(State(), what)
                assert abs((after[0] - before[0]) / size - dx) < 1.5
                assert what == "z" or abs((after[1] - before[1]) / size - dy) < 1.5
            figure.locator("svg").first.click(position={"x": AXES["z"](3.0) * size, "y": 230 * size})
            assert shown(figure).z == 3.0
            assert figure.locator("figcaption").inner_text() == caption(STUDENTS, shown(figure))

    def test_reset_brings_the_start_back(self, watched: Open, explorables_address: str) -> None:
        figure = self.figure(watched().page, explorables_address)
        before = snapshot(figure)
        place(figure, State(y=0, z=2.0, c=1.0, w=2.0))
        figure.get_by_role("button", name="Reset").click()
        assert snapshot(figure) == before
