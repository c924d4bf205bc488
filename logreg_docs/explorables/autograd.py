r"""Interactive autograd: one row runs up the graph of the logistic loss, and its slopes come down to the parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from logreg_docs.explorables.base import Explorable, button, radios, slider
from logreg_docs.explorables.draw import Panel, Scale, clip, fixed, handle, tenth, x_axis, y_axis
from logreg_docs.log_loss import log_loss, log_loss_gradient, log_loss_logit_gradient
from logreg_docs.sigmoid import linear_logits, logit, sigmoid

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SLIDERS", "Pass", "State", "caption", "draw_panels", "explore_autograd", "press", "run_pass"]

SLIDERS = {
    "x": tuple(k / 2 for k in range(-6, 7)),
    "w": tuple(k / 5 for k in range(-25, 26)),
    "b": tuple(k / 5 for k in range(-15, 16)),
}
"""The values of the sliders, by the name of what they set."""

_LABELS = {
    "question": "One backward pass has run, and <code>w.grad</code> holds {grad}. Run another without zeroing: what "
    "will <code>w.grad</code> hold then?",
    "help": "The ring sets w and b. Each pass computes the loss anew. On the map, the lines are 2 nats of loss apart, "
    "p is ½ on the dashed one, and the row is on its wrong side in the shade.",
    "seed": "starts with 1",
    "bce": "binary_cross_entropy_with_logits",
    "add": "+",
    "mul": "×",
    "x": "feature x",
    "w": "weight w",
    "b": "bias b",
    "label": "label",
    "zero": "zero_grad() first",
    "keep": "no",
    "clear": "yes",
    "press": "Backward",
    "reset": "Reset",
    "graph panel": "The graph of the loss of one row. Values run up: x times w, plus b, is z, and from z and y comes "
    "the loss. Slopes run down: from the loss to z, to b, and times x to w. Neither x nor y has one.",
    "map panel": "Map of the loss of the row over weight and bias, with .grad as an arrow from the ring.",
}
_WORDS = {
    "loss": "loss = {loss}",
    "y": "y = {y}",
    "z": "z = {z}",
    "zSlope": "p − y = {p} − {y} = {slope}",
    "product": "x · w = {product}",
    "productSlope": "{slope}",
    "bSlope": "{slope}",
    "wSlope": "· x = {inW}",
    "xNow": "x = {x}",
    "wNow": "w = {w}",
    "bNow": "b = {b}",
    "wGrad": "w.grad {wGrad}",
    "bGrad": "b.grad {bGrad}",
    "caption": "Loss {loss}. The next pass {clears}adds {slope} to b.grad and x times that, {inW}, to w.grad. They "
    "hold {sum}: w.grad {wGrad}, b.grad {bGrad}.",
    "clears": "clears .grad and ",
    "one": "the last pass alone",
    "many": "the last {n} passes added",
    "held": ".grad{beyond}",
    "next": "the next pass{beyond}",
    "beyond": ", off the map",
    "ring": "Weight and bias",
    "at": "w {w}, b {b}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What one row brings through the graph, forward and back.

    Args:
        product: The feature times the weight.
        z: Logit.
        p: Probability of label 1.
        loss: Log loss in nats.
        slope: Derivative of the loss by the logit, which the sum hands on to the product and to the bias.
        in_w: Derivative of the loss by the weight.
        in_b: Derivative of the loss by the bias.
    """

    product: float
    z: float
    p: float
    loss: float
    slope: float
    in_w: float
    in_b: float


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The state that the controls set.

    Args:
        x: Feature of the row.
        y: Its label, 0 or 1.
        w: Weight.
        b: Bias.
        zero: Whether a backward pass is preceded by `zero_grad()`.
        passes: How many backward passes `w_grad` and `b_grad` hold.
        w_grad: What `w.grad` holds.
        b_grad: What `b.grad` holds.
    """

    x: float = 2.0
    y: int = 1
    w: float = -1.0
    b: float = 1.0
    zero: bool = False
    passes: int = 0
    w_grad: float = 0.0
    b_grad: float = 0.0


def run_pass(state: State) -> Pass:
    """Compute the values on the way forward and the slopes on the way back.

    Args:
        state: State of the controls.

    Returns:
        The values and slopes at every edge of the graph.

    Examples:
        >>> there = run_pass(State(x=3.0, w=0.0, b=0.0))
        >>> there.slope, there.in_w, there.in_b
        (-0.5, -1.5, -0.5)
    """
    row, label = [[state.x]], [state.y]
    z = linear_logits(row, [state.w], state.b)
    slopes = log_loss_gradient(row, label, [state.w], state.b)
    return Pass(
        product=state.x * state.w,
        z=float(z[0]),
        p=float(sigmoid(z)[0]),
        loss=log_loss(z, label),
        slope=float(log_loss_logit_gradient(z, label)[0]),
        in_w=float(slopes.w[0]),
        in_b=slopes.b,
    )


def press(state: State) -> State:
    """Run a backward pass, which adds to what `.grad` holds, or to nothing where it is zeroed first.

    Args:
        state: State of the controls.

    Returns:
        The state after it.

    Examples:
        >>> once = press(State(x=3.0, w=0.0, b=0.0))
        >>> once.w_grad, press(once).w_grad
        (-1.5, -3.0)
    """
    held = replace(state, passes=0, w_grad=0.0, b_grad=0.0) if state.zero else state
    now = run_pass(held)
    return replace(held, passes=held.passes + 1, w_grad=held.w_grad + now.in_w, b_grad=held.b_grad + now.in_b)


def caption(state: State) -> str:
    """Describe the state.

    Args:
        state: State of the controls.

    Returns:
        The caption.
    """
    held = _WORDS["one" if state.passes == 1 else "many"].format(n=state.passes)
    clears = _WORDS["clears"] if state.zero else ""
    return _WORDS["caption"].format(**_texts(state), sum=held, clears=clears)


def explore_autograd() -> Explorable:
    """Return the figure: the graph of one row's loss with its values and slopes, and a map with `.grad` as an arrow.

    Returns:
        The explorable in its default state: a row of label 1 on its wrong side, after one backward pass.

    Examples:
        >>> explore_autograd().name
        'autograd'
    """
    state = press(State())
    return Explorable(
        name="autograd",
        question=_LABELS["question"].format(grad=fixed(state.w_grad, 3)),
        panels=draw_panels(state),
        layout=("ab",),
        help=_LABELS["help"],
        controls=_controls(state),
        caption=caption(state),
        data=_data(),
    )


def draw_panels(state: State) -> dict[str, Panel]:
    """Draw a state.

    Args:
        state: State of the controls.

    Returns:
        The graph and the map, by grid area.
    """
    return {"a": _graph_panel(state), "b": _map_panel(state)}


_OPERATIONS = {"bce": (9, 46, 224, 24), "add": (109, 100, 24, 24), "mul": (61, 152, 24, 24)}
_LEAVES = {"w": (74, 208, 118, 42), "b": (200, 208, 118, 42)}
_EDGES = {  # from where a value comes and where it goes: the ends of its arrow, and its turn
    ("x", "mul"): ((36, 218), (64, 176), 0),
    ("w", "mul"): ((130, 206), (85, 171), 0),
    ("mul", "add"): ((82, 154), (112, 122), 1),
    ("b", "add"): ((256, 206), (132, 120), 1),
    ("add", "bce"): ((121, 98), (121, 72), 2),
    ("y", "bce"): ((264, 58), (236, 58), 2),
    ("bce", "loss"): ((121, 44), (121, 20), 3),
}
_TURNS = 4
_DATA = ("x", "y")  # asked for no gradient
_APART = 4  # of the two arrows of an edge from its middle
_TEXTS = {  # place of each text in the graph, and its classes
    "loss": (121, 14, "x-name x-mid"),
    "y": (270, 62, "x-name"),
    "z": (109, 90, "x-name x-end"),
    "zSlope": (132, 90, "x-slope"),
    "product": (91, 134, "x-name x-end"),
    "productSlope": (108, 151, "x-slope"),
    "bSlope": (204, 158, "x-slope"),
    "wSlope": (119, 188, "x-slope"),
    "xNow": (6, 233, "x-name"),
    "wNow": (133, 225, "x-name x-mid"),
    "bNow": (259, 225, "x-name x-mid"),
    "wGrad": (133, 243, "x-slope x-mid"),
    "bGrad": (259, 243, "x-slope x-mid"),
}

_LEAST = 1e-9  # every slope that a pass finds is larger; what is smaller is left by rounding
_SEEN = 12.0  # length of an arrow that shows beside the ring
_FAR = 1000.0  # a bias outside every clip path
_W = Scale(SLIDERS["w"][0], SLIDERS["w"][-1], 44, 312)
_B = Scale(SLIDERS["b"][0], SLIDERS["b"][-1], 168.8, 8)  # a unit is as long as on the other axis
_LEVELS = tuple(float(logit(math.exp(-loss))) for loss in range(2, 20, 2))
"""Logits at which a row of label 1 costs a whole even number of nats."""


def _short(value: float) -> str:
    """Return a number with three decimals, or as PyTorch writes it where it would read as 0 and is not."""
    text = fixed(value, 3)
    if float(text.replace("\N{MINUS SIGN}", "-")) or abs(value) < _LEAST:
        return text
    return f"{value:.0e}".replace("e-0", "e-").replace("-", "\N{MINUS SIGN}")


def _texts(state: State) -> dict[str, str]:
    now = run_pass(state)
    return {
        **{name: fixed(getattr(state, name), 1) for name in SLIDERS},
        "y": str(state.y),
        "product": fixed(now.product, 1),
        "z": fixed(now.z, 1),
        **{name: _short(getattr(now, name)) for name in ("p", "loss", "slope")},
        "inW": _short(now.in_w),
        "wGrad": _short(state.w_grad),
        "bGrad": _short(state.b_grad),
    }


def _data() -> Mapping[str, Any]:
    return {
        "values": SLIDERS,
        "levels": _LEVELS,
        "axes": {"w": _W.json(), "b": _B.json()},
        "turns": _TURNS,
        "far": _FAR,
        "least": _LEAST,
        "seen": _SEEN,
        "texts": {name: _WORDS[name] for name in _TEXTS},
        "words": {name: words for name, words in _WORDS.items() if name not in _TEXTS},
    }


def _marker(name: str, classes: str) -> str:
    return (
        f'<marker id="@id@-{name}" viewBox="-7 -4 7 8" markerWidth="7" markerHeight="8" '
        f'markerUnits="userSpaceOnUse" orient="auto"><path class="{classes}" d="M-7-4 0 0-7 4z"/></marker>'
    )


def _arrow(start: tuple[float, float], stop: tuple[float, float], aside: float) -> str:
    """Return an arrow that is shifted to the left of its direction."""
    (x, y), (u, v) = start, stop
    share = aside / math.hypot(u - x, v - y)
    right, down = (v - y) * share, (x - u) * share
    return f'<path d="M{tenth(x + right)},{tenth(y + down)}L{tenth(u + right)},{tenth(v + down)}"/>'


def _graph_panel(state: State) -> Panel:
    texts = _texts(state)
    boxes = "".join(
        f'<rect class="{classes}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{round_}"/>'
        for classes, round_, places in (("x-thin", 12, _OPERATIONS), ("x-bars x-quiet", 3, _LEAVES))
        for x, y, width, height in places.values()
    )
    names = "".join(
        f'<text class="x-name x-mid" x="{x + width / 2:g}" y="{y + 17}">{_LABELS[name]}</text>'
        for name, (x, y, width, _) in _OPERATIONS.items()
    )
    names += f'<text class="x-slope" x="132" y="36">{_LABELS["seed"]}</text>'
    numbers = "".join(
        f'<text class="{classes}" data-x="{name}" x="{x}" y="{y}">{_WORDS[name].format(**texts)}</text>'
        for name, (x, y, classes) in _TEXTS.items()
    )
    ends = _marker("up", "x-dot") + _marker("down", "x-slope")
    body = f"<defs>{ends}</defs>{boxes}{names}{_ways()}{numbers}"
    return Panel(width=320, height=252, body=body, label=_LABELS["graph panel"])


def _ways() -> str:
    """Return the arrows of each turn: the values on their way up, and beside them the slopes on their way down."""
    drawn = ""
    for turn in range(_TURNS):
        edges = [(edge[0] in _DATA, start, stop) for edge, (start, stop, own) in _EDGES.items() if own == turn]
        up = "".join(_arrow(start, stop, 0 if data else _APART) for data, start, stop in edges)
        down = "".join(_arrow(stop, start, _APART) for data, start, stop in edges if not data)
        drawn += (
            f'<g class="x-path" marker-end="url(#@id@-up)" data-x="up{turn}">{up}</g>'
            f'<g class="x-back" marker-end="url(#@id@-down)" data-x="down{turn}">{down}</g>'
        )
    return drawn


def _level_lines(x: float, logits: tuple[float, ...]) -> str:
    """Return lines on the map on which the row has the given logits."""
    ends = (_W.low, _W.high)
    return "".join("M" + "L".join(f"{tenth(_W(w))},{tenth(_B(z - x * w))}" for w in ends) for z in logits)


def _map_panel(state: State) -> Panel:
    now, sign = run_pass(state), 2 * state.y - 1
    at = _W(state.w), _B(state.b)
    half = _level_lines(state.x, (0.0,))
    next_arrow = _gradient_arrow(at, now.in_w, now.in_b)
    edge = tenth(_B(-_FAR * sign))
    body = (
        f"<defs>{clip('map', _W, _B)}{_marker('head', 'x-dot')}</defs>"
        + x_axis(_W, _B, range(-4, 5, 2), _LABELS["w"])
        + y_axis(_W, _B, range(-2, 3), _LABELS["b"])
        + '<g clip-path="url(#@id@-map)">'
        f'<path class="x-zone" data-x="wrong" d="{half}V{edge}H{tenth(_W.start)}z"/>'
        f'<path class="x-thin" data-x="levels" d="{_level_lines(state.x, tuple(sign * z for z in _LEVELS))}"/>'
        f'<path class="x-floor" data-x="half" d="{half}"/>'
        "</g>"
        + handle("ring", *at, '<circle class="x-knob" r="8"/>')
        # Above the ring, which would hide a short one.
        + '<g clip-path="url(#@id@-map)" pointer-events="none">'
        f'<path class="x-held" data-x="held" d="{_gradient_arrow(at, state.w_grad, state.b_grad)}"/>'
        f'<path class="x-case" data-x="around" d="{next_arrow}"/>'
        f'<path class="x-path" data-x="next" d="{next_arrow}" marker-end="url(#@id@-head)"/></g>'
        + "".join(
            f'<path class="{mark}" d="M44,{y}H68"/><text class="{text}" data-x="{name}Name" x="76" y="{y + 4}">'
            f"{_WORDS[name].format(beyond=_WORDS['beyond'] if _is_beyond(at, *arrow) else '')}</text>"
            for name, mark, text, y, arrow in (
                ("held", "x-held", "x-slope", 195, (state.w_grad, state.b_grad)),
                ("next", "x-path", "x-name", 211, (now.in_w, now.in_b)),
            )
        )
    )
    return Panel(width=320, height=221, body=body, label=_LABELS["map panel"], handles=True)


def _gradient_arrow(at: tuple[float, float], in_w: float, in_b: float) -> str:
    """Return an arrow from a place on the map, as long as a gradient in the units of its axes."""
    x, y = at
    return f"M{tenth(x)},{tenth(y)}l{tenth(_W(in_w) - _W(0))},{tenth(_B(in_b) - _B(0))}"


def _is_beyond(at: tuple[float, float], in_w: float, in_b: float) -> bool:
    """Return whether an arrow that is long enough to be seen leaves the map before it is."""
    (x, y), right, down = at, _W(in_w) - _W(0), _B(in_b) - _B(0)
    length = math.hypot(right, down)
    across = ((_W.stop if right > 0 else _W.start) - x) / right if right else 1.0
    along = ((_B.start if down > 0 else _B.stop) - y) / down if down else 1.0
    return length > _SEEN > length * min(across, along)


def _controls(state: State) -> str:
    texts = _texts(state)
    sliders = "".join(
        slider(
            name,
            _LABELS[name],
            highest=len(values) - 1,
            value=values.index(getattr(state, name)),
            shown=texts[name],
        )
        for name, values in SLIDERS.items()
    )
    label = radios("label", _LABELS["label"], [(y, _WORDS["y"].format(y=y)) for y in ("1", "0")])
    zero = radios("zero", _LABELS["zero"], [(name, _LABELS[name]) for name in ("keep", "clear")])
    buttons = "".join(button(name, _LABELS[name]) for name in ("press", "reset"))
    return f'{sliders}<div class="x-radios">{label}{zero}</div><div class="x-buttons">{buttons}</div>'
