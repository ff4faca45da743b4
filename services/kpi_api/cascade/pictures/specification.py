"""A picture as a Vega-Lite specification (https://vega.github.io/vega-lite/): data with coordinates of our own, since Vega-Lite lays out no
trees. Level by a coloured stripe, status by colour, shape and word; everything that a text says stands in the data in full. Pure.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from kpi_api.cascade.levels import LEVELS
from kpi_api.cascade.pictures.labels import wrapped
from kpi_api.cascade.pictures.layout import BOX_WIDTH, Item, Layout, Line, lay_out
from kpi_api.cascade.pictures.picture import LEVEL_WORDS, Box, Picture

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"

# Told apart also by the colour-blind (Okabe and Ito, "Color universal design").
LEVEL_COLOURS: Final = {
    "strategic": "#CC79A7",
    "business_unit": "#0072B2",
    "functional": "#009E73",
    "team": "#E69F00",
    "individual": "#56B4E9",
}
STATUSES: Final = {
    "active": ("#1b7f3b", "circle"),
    "waiting": ("#8a6d00", "diamond"),
    "closed": ("#5f6b7a", "square"),
    "withdrawn": ("#b3261e", "cross"),
    "folded": ("#1f2933", "triangle-down"),
}
UNKNOWN: Final = ("#5f6b7a", "stroke")
INK: Final = "#1f2933"
FAINT: Final = "#52606d"
LINE: Final = "#7b8794"

NAME_SIZE: Final = 11.5
DETAIL_SIZE: Final = 10
NAME_ROOM: Final = (BOX_WIDTH - 32) / 1.06  # bold is wider
DETAIL_ROOM: Final = BOX_WIDTH - 18
FEW: Final = 60
"""Up to so many boxes a name may take two lines."""
GUTTER: Final = 92

Specification = dict[str, Any]


def specification(picture: Picture) -> Specification:
    """The picture, 1 unit a pixel."""
    name_lines = 2 if len(picture.boxes) <= FEW else 1
    box_height = 23.0 + 14 * name_lines
    layout = lay_out([Item(box.id, LEVELS.index(box.level)) for box in picture.boxes], picture.links, box_height)
    boxes = [_box(box, layout, box_height, name_lines) for box in picture.boxes]
    return {
        "$schema": SCHEMA,
        "description": f"{picture.title}. {picture.sentence}",
        "title": _title(picture, layout),
        "background": "white",
        "padding": 16,
        "width": max(layout.width, 420) + GUTTER,
        "height": max(layout.height, box_height),
        "layer": _layers(picture, layout, boxes, box_height),
        "resolve": {"scale": {"color": "independent", "shape": "independent"}},
        "config": {"view": {"stroke": None}, "font": "sans-serif", "legend": {"orient": "bottom", "direction": "horizontal"}},
    }


def _title(picture: Picture, layout: Layout) -> Specification:
    subtitle = wrapped(picture.sentence, 12, max(layout.width + GUTTER, 512), 4)
    if not all(line.main for line in layout.lines):
        subtitle.append("Dashed lines are further contributions of KPIs that contribute to several.")
    return {"text": picture.title, "subtitle": subtitle, "anchor": "start", "fontSize": 17, "subtitleFontSize": 12, "color": INK,
            "subtitleColor": FAINT, "offset": 18}  # fmt: skip


def _layers(picture: Picture, layout: Layout, boxes: list[dict[str, Any]], box_height: float) -> list[Specification]:
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-GUTTER, max(layout.width, 420)], "nice": False}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [max(layout.height, box_height), 0], "nice": False}}
    places: Specification = {"x": x, "y": y}
    return [
        _lines(layout.lines, places, main=False),
        _lines(layout.lines, places, main=True),
        _row_names(layout, places, box_height),
        _rectangles(boxes, places),
        _stripes(boxes, places),
        _status(boxes, places),
        _texts(boxes, places, "name", {"fontSize": NAME_SIZE, "fontWeight": "bold", "color": INK, "lineHeight": 14}),
        _texts(boxes, places, "detail", {"fontSize": DETAIL_SIZE, "color": FAINT, "lineHeight": 12}),
    ]


def _box(box: Box, layout: Layout, box_height: float, name_lines: int) -> dict[str, Any]:
    x, y = layout.corners[box.id]
    name = wrapped(box.name, NAME_SIZE, NAME_ROOM, name_lines)
    detail = wrapped(box.detail, DETAIL_SIZE, DETAIL_ROOM, 1 + name_lines - len(name))  # the room that a short name leaves
    return {
        "id": str(box.id),
        "x": x,
        "y": y,
        "x2": x + BOX_WIDTH,
        "y2": y + box_height,
        "name": name,
        "name_at": y + 12,
        "detail": detail,
        "detail_at": y + box_height - 9 - 12 * (len(detail) - 1),
        "level": LEVEL_WORDS[box.level],
        "status": box.status,
        "words": box.words,
        "emphasis": "asked for" if box.marked else "folded" if box.folded else "plain",
    }


def _lines(lines: Sequence[Line], places: Specification, *, main: bool) -> Specification:
    values = [
        {"link": number, "at": at, "x": point.x, "y": point.y}
        for number, line in enumerate(line for line in lines if line.main == main)
        for at, point in enumerate(line.points)
    ]
    look = {"strokeWidth": 1.2} if main else {"strokeWidth": 1, "strokeDash": [4, 3], "opacity": 0.75}
    return {
        "data": {"values": values},
        "mark": {"type": "line", "color": LINE, "strokeJoin": "round", **look},
        "encoding": {**places, "detail": {"field": "link"}, "order": {"field": "at"}},
    }


def _row_names(layout: Layout, places: Specification, box_height: float) -> Specification:
    values = [{"x": -GUTTER, "y": y + box_height / 2, "name": LEVEL_WORDS[LEVELS[level]]} for level, y in layout.rows.items()]
    return {
        "data": {"values": values},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "fontSize": 11, "fontWeight": "bold", "color": FAINT},
        "encoding": {**places, "text": {"field": "name"}},
    }


def _rectangles(boxes: list[dict[str, Any]], places: Specification) -> Specification:
    emphasis = {"field": "emphasis", "scale": {"domain": ["plain", "asked for", "folded"]}, "legend": None}
    return {
        "data": {"values": boxes},
        "mark": {"type": "rect", "cornerRadius": 3},
        "encoding": {
            **places,
            "x2": {"field": "x2"},
            "y2": {"field": "y2"},
            "fill": _scaled(emphasis, ["white", "#fff8db", "#eef1f4"]),
            "stroke": _scaled(emphasis, ["#9aa5b1", INK, FAINT]),
            "strokeWidth": _scaled(emphasis, [1, 2.5, 1.5]),
            "description": {"field": "words"},
        },
    }


def _scaled(channel: Specification, values: Sequence[object]) -> Specification:
    return {**channel, "scale": {**channel["scale"], "range": values}}


def _stripes(boxes: list[dict[str, Any]], places: Specification) -> Specification:
    present = {box["level"] for box in boxes}
    shown = [level for level in LEVELS if LEVEL_WORDS[level] in present]
    scale = {"domain": [LEVEL_WORDS[level] for level in shown], "range": [LEVEL_COLOURS[level] for level in shown]}
    legend = {"title": "Level", "symbolType": "square"}
    return {
        "data": {"values": boxes},
        "transform": [{"calculate": "datum.x + 5", "as": "stripe"}],
        "mark": {"type": "rect", "opacity": 1, "aria": False},
        "encoding": {
            **places,
            "x2": {"field": "stripe"},
            "y2": {"field": "y2"},
            "color": {"field": "level", "scale": scale, "legend": legend},
        },
    }


def _status(boxes: list[dict[str, Any]], places: Specification) -> Specification:
    shown = _in_order({box["status"] for box in boxes})
    looks = [STATUSES.get(status, UNKNOWN) for status in shown]
    colour = {"field": "status", "scale": {"domain": shown, "range": [colour for colour, _ in looks]}, "legend": {"title": "Status"}}
    shape = {"field": "status", "scale": {"domain": shown, "range": [shape for _, shape in looks]}, "legend": {"title": "Status"}}
    return {
        "data": {"values": boxes},
        "transform": [{"calculate": "datum.x2 - 11", "as": "corner"}, {"calculate": "datum.y + 12", "as": "height"}],
        "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "aria": False},
        "encoding": {
            "x": {**places["x"], "field": "corner"},
            "y": {**places["y"], "field": "height"},
            "color": colour,
            "shape": shape,
        },
    }


def _in_order(statuses: Iterable[str]) -> list[str]:
    known = list(STATUSES)
    return sorted(statuses, key=lambda status: (known.index(status) if status in known else len(known), status))


def _texts(boxes: list[dict[str, Any]], places: Specification, field: str, look: Specification) -> Specification:
    return {
        "data": {"values": boxes},
        "transform": [{"calculate": "datum.x + 12", "as": "left"}],
        "mark": {"type": "text", "align": "left", "baseline": "middle", "aria": False, **look},
        "encoding": {"x": {**places["x"], "field": "left"}, "y": {**places["y"], "field": f"{field}_at"}, "text": {"field": field}},
    }
