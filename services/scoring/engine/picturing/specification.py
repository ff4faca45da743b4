"""The payout curve as a Vega-Lite specification (https://vega.github.io/vega-lite/). Pure."""

from decimal import Decimal
from typing import Any, Final

from scoring.engine.picturing.payout_curve import PayoutCurve
from scoring.engine.reasons import Reason

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
INK: Final = "#1f2933"
FAINT: Final = "#52606d"
LINE: Final = "#0072B2"
RULE: Final = "#9aa5b1"
GRID: Final = "#e4e7eb"
WIDTH, HEIGHT = 640, 400
MOST_LABELS: Final = 12

Specification = dict[str, Any]


def specification(curve: PayoutCurve) -> Specification:
    """The curve, its jumps, its corners with their numbers, and what the target pays."""
    corners = _corners(curve)
    axes = {"x": _axis("x", _level_title(curve)), "y": _axis("y", _share_title(curve))}
    return {
        "$schema": SCHEMA,
        "description": f"{curve.title}. {_in_words(curve, corners)}",
        "title": _title(curve),
        "background": "white",
        "padding": 16,
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [*_target(curve, axes), _line(curve, axes), _jumps(curve, axes), _ends(curve, axes), *_labels(corners, axes)],
        "config": {"view": {"stroke": None}, "font": "sans-serif", "axis": {"gridColor": GRID, "labelColor": FAINT, "titleColor": INK}},
    }


def _title(curve: PayoutCurve) -> dict[str, Any]:
    look = {"anchor": "start", "fontSize": 17, "subtitleFontSize": 12, "color": INK, "subtitleColor": FAINT, "offset": 14}
    return {"text": curve.title, "subtitle": _subtitle(curve), **look}


def _level_title(curve: PayoutCurve) -> str:
    return "Attainment of every KPI, % of target" if curve.level == "attainment" else "Measured value of every KPI"


def _share_title(curve: PayoutCurve) -> str:
    return {"composite": "Composite, %", "amount": "Amount"}.get(curve.share, f"Payout, % {curve.share}")


def _subtitle(curve: PayoutCurve) -> list[str]:
    told = ["What is paid with every KPI at the same level, for a whole period, and other figures at their usual values."]
    return [*told, f"Where nothing is paid: {' '.join(Reason[code].sentence for code in curve.zeros)}"] if curve.zeros else told


def _axis(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "axis": {"title": title}, "scale": {"zero": True, "nice": True}}


def _number(value: Decimal) -> float:
    """For drawing alone."""
    return float(round(value, 4))


def _point(x: Decimal, y: Decimal, **more: Any) -> dict[str, Any]:
    return {"x": _number(x), "y": _number(y), **more}


def _target(curve: PayoutCurve, axes: dict[str, Any]) -> list[Specification]:
    """A dashed line where the target lies."""
    if curve.level != "attainment":
        return []
    mark = {"type": "rule", "strokeDash": [4, 4], "color": RULE}
    return [{"data": {"values": [{"x": 100}]}, "mark": mark, "encoding": {"x": axes["x"]}}]


def _line(curve: PayoutCurve, axes: dict[str, Any]) -> Specification:
    values = [_point(x, y, piece=number) for number, piece in enumerate(curve.pieces) for x, y in piece]
    encoding = {**axes, "detail": {"field": "piece"}}
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": LINE, "strokeWidth": 2.5, "strokeJoin": "round"},
        "encoding": encoding,
    }


def _jumps(curve: PayoutCurve, axes: dict[str, Any]) -> Specification:
    """Thin dashed lines from one side of each jump to the other."""
    edges = [(before[-1], after[0]) for before, after in zip(curve.pieces, curve.pieces[1:], strict=False)]
    values = [_point(*point, jump=number) for number, edge in enumerate(edges) for point in edge]
    mark = {"type": "line", "color": LINE, "strokeWidth": 1, "strokeDash": [3, 3]}
    return {"data": {"values": values}, "mark": mark, "encoding": {**axes, "detail": {"field": "jump"}}}


def _ends(curve: PayoutCurve, axes: dict[str, Any]) -> Specification:
    """At each jump a hollow point for the side that is lost, a full one for the side that is reached."""
    values = [_point(*piece[-1], fill="white") for piece in curve.pieces[:-1]]
    values += [_point(*piece[0], fill=LINE) for piece in curve.pieces[1:]]
    encoding = {**axes, "fill": {"field": "fill", "type": "nominal", "scale": None}}
    return {
        "data": {"values": values},
        "mark": {"type": "point", "shape": "circle", "size": 55, "stroke": LINE, "opacity": 1},
        "encoding": encoding,
    }


def _corners(curve: PayoutCurve) -> list[tuple[Decimal, Decimal]]:
    """Where the curve begins, bends, jumps and ends, and the target; no more than can be read."""
    found: dict[Decimal, Decimal] = {}
    for piece in curve.pieces:
        for before, here, after in zip(piece, piece[1:], piece[2:], strict=False):
            if abs(_slope(before, here) - _slope(here, after)) > Decimal("0.01") and here[0] == round(here[0], 2):
                found[here[0]] = here[1]
        found |= {x: y for x, y in (piece[0], piece[-1]) if x == round(x, 2)}
    target = {x: y for piece in curve.pieces for x, y in piece if x == 100}
    corners = sorted((found | target).items())
    return corners if len(corners) <= MOST_LABELS else corners[:: -(-len(corners) // MOST_LABELS)]


def _slope(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> Decimal:
    return (other[1] - one[1]) / (other[0] - one[0])


def _labels(corners: list[tuple[Decimal, Decimal]], axes: dict[str, Any]) -> list[Specification]:
    """Each corner's numbers to its left, the first one's to its right, where the axis leaves room."""
    return [_label_layer(corners[:1], axes, "left", 7), _label_layer(corners[1:], axes, "right", -7)]


def _label_layer(corners: list[tuple[Decimal, Decimal]], axes: dict[str, Any], align: str, dx: int) -> Specification:
    values = [_point(x, y, label=f"{_short(x)} → {_short(y)}") for x, y in corners]
    mark = {"type": "text", "align": align, "baseline": "bottom", "dx": dx, "dy": -5, "fontSize": 11, "color": INK}
    return {"data": {"values": values}, "mark": mark, "encoding": {**axes, "text": {"field": "label", "type": "nominal"}}}


def _short(value: Decimal) -> str:
    return format(round(value, 2).normalize(), "f")


def _in_words(curve: PayoutCurve, corners: list[tuple[Decimal, Decimal]]) -> str:
    """The same for who cannot see it."""
    told = ", ".join(f"{_short(x)} gives {_short(y)}" for x, y in corners)
    jumps = [f"{_short(after[0][0])}" for after in curve.pieces[1:]]
    edges = f" It jumps at {' and '.join(jumps)}." if jumps else ""
    return f"{_level_title(curve)} against {_share_title(curve)}: {told}.{edges}"
