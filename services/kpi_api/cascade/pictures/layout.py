"""Where each box of a cascade stands: levels from top to bottom, each KPI below what it mainly contributes to. Pure.

Each box hangs on its heaviest contribution, which gives trees, whose lines never cross; further contributions are drawn across. The upper
part of a tree spreads sideways, one row or more for each level; what is below hangs in indented columns, as in an organization chart, so
that hundreds of boxes fit a page. How deep it spreads follows from the width of the page.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import NamedTuple
from uuid import UUID

BOX_WIDTH = 190
GAP_ACROSS = 20
GAP_ROWS = 34
GAP_STACK = 6
INDENT = 14
PAGE_WIDTH = 1760
PAGE_HEIGHT = 1500
COLUMN_ROWS = (1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 64, 96, 1000)
SHORT = 5
"""An outline of so many boxes stays in one column."""
LOOSE_BESIDE = 3
"""Boxes without any link stand side by side up to this many, and in columns beyond."""


class Item(NamedTuple):
    """A box to place. `level` is a rank: 0 stands at the top."""

    id: UUID
    level: int


class Link(NamedTuple):
    """A contribution upward. A child's first link is its main one."""

    child: UUID
    parent: UUID


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A link as it is drawn, from parent to child; `main` ones are elbows, the others go straight across."""

    link: Link
    points: tuple[Point, ...]
    main: bool


@dataclass(frozen=True)
class Layout:
    """The upper left corners of boxes, the lines between them, the size of the whole, and at which height each level's rows begin."""

    corners: Mapping[UUID, Point]
    lines: tuple[Line, ...]
    width: float
    height: float
    rows: Mapping[int, float]


@dataclass(frozen=True)
class _Forest:
    """Boxes with their children, as the main links have it."""

    items: Sequence[Item]
    children: Mapping[UUID, Sequence[UUID]]
    roots: Sequence[UUID]
    loose: Sequence[UUID]
    row: Mapping[UUID, int]

    def depth(self) -> int:
        """Steps from a root down to the deepest box."""
        deepest, waiting = 0, [(root, 0) for root in self.roots]
        while waiting:
            here, depth = waiting.pop()
            deepest = max(deepest, depth)
            waiting += [(child, depth + 1) for child in self.children[here]]
        return deepest

    def outline(self, root: UUID) -> list[tuple[UUID, int]]:
        """A box and all below it in reading order, with their indentation."""
        if root not in self._outlines:
            below = [(id_, indent + 1) for child in self.children[root] for id_, indent in self.outline(child)]
            self._outlines[root] = [(root, 0), *below]
        return self._outlines[root]

    @cached_property
    def _outlines(self) -> dict[UUID, list[tuple[UUID, int]]]:
        return {}


@dataclass
class _Block:
    """Placed boxes with the elbows between them, its left edge at 0."""

    corners: dict[UUID, Point] = field(default_factory=dict)
    elbows: dict[Link, tuple[Point, ...]] = field(default_factory=dict)
    width: float = 0
    height: float = 0

    @property
    def excess(self) -> float:
        """How many pages it is wide, or high, whichever is more."""
        return max(self.width / PAGE_WIDTH, self.height / PAGE_HEIGHT)

    @property
    def is_high(self) -> bool:
        """Whether it is higher for its width than the page."""
        return self.height / PAGE_HEIGHT >= self.width / PAGE_WIDTH

    def beside(self, other: "_Block") -> None:
        """Put another block to the right."""
        shift = self.width + GAP_ACROSS if self.corners else 0
        for id_, (x, y) in other.corners.items():
            self.corners[id_] = Point(x + shift, y)
        for link, points in other.elbows.items():
            self.elbows[link] = tuple(Point(x + shift, y) for x, y in points)
        self.width, self.height = shift + other.width, max(self.height, other.height)


@dataclass(frozen=True)
class _Style:
    box_height: float
    spread: int
    """How many steps below the roots still spread sideways; -1 hangs the roots themselves in columns."""
    column_rows: int
    """From how many boxes on a column is full."""

    @property
    def step(self) -> float:
        return self.box_height + GAP_STACK

    def row_top(self, row: int) -> float:
        return row * (self.box_height + GAP_ROWS)


def lay_out(items: Sequence[Item], links: Sequence[Link], box_height: float) -> Layout:
    """Places for all items. Links that name others are left out; circles are not expected, and cut open."""
    forest = _forest(items, links)
    style, block = _fitting(forest, box_height)
    drawn = [Line(link, points, main=True) for link, points in block.elbows.items()]
    drawn += [Line(link, _across(block, link, box_height), main=False) for link in _others(links, block)]
    spread = {id_ for id_, (_, y) in block.corners.items() if style.spread >= 0 and y == style.row_top(forest.row[id_])}
    rows = {item.level: block.corners[item.id].y for item in reversed(forest.items) if item.id in spread}
    return Layout(block.corners, tuple(drawn), block.width, block.height, rows)


def _fitting(forest: _Forest, box_height: float) -> tuple[_Style, _Block]:
    """The widest spread that fits the page, in the columns that come nearest to its shape; else whatever comes nearest to a page."""
    best = _shaped(forest, box_height, forest.depth())
    for spread in range(forest.depth() - 1, -2, -1):
        if best[1].excess <= 1:
            break
        best = min(best, _shaped(forest, box_height, spread), key=lambda one: one[1].excess)
    return best


def _shaped(forest: _Forest, box_height: float, spread: int) -> tuple[_Style, _Block]:
    """In the columns that come nearest to the page's shape: longer ones make the whole narrower and higher."""

    @cache
    def tried(number: int) -> tuple[_Style, _Block]:
        style = _Style(box_height, spread, COLUMN_ROWS[number])
        return style, _whole(forest, style)

    high_enough = bisect_left(range(len(COLUMN_ROWS) - 1), True, key=lambda number: tried(number)[1].is_high)
    return min(tried(high_enough), tried(max(high_enough - 1, 0)), key=lambda one: one[1].excess)


def _whole(forest: _Forest, style: _Style) -> _Block:
    """All trees side by side, then the loose boxes."""
    block = _Block()
    if style.spread < 0:
        return _columns([*forest.roots, *forest.loose], forest, style, top=0)
    for root in forest.roots:
        block.beside(_tree(root, forest, style, depth=0))
    if forest.loose:
        rows = replace(style, column_rows=max(style.column_rows, 3))
        block.beside(_columns(forest.loose, forest, rows, top=style.row_top(min(forest.row[id_] for id_ in forest.loose))))
    return block


def _tree(root: UUID, forest: _Forest, style: _Style, depth: int) -> _Block:
    """A box over its children: side by side as long as the spread goes, in hanging columns below."""
    top = style.row_top(forest.row[root])
    children = forest.children[root]
    if not children:
        return _Block({root: Point(0, top)}, {}, BOX_WIDTH, top + style.box_height)
    if depth >= style.spread:
        return _over_columns(root, forest, style, top)
    block = _Block()
    for child in children:
        block.beside(_tree(child, forest, style, depth + 1))
    middle = (block.corners[children[0]].x + block.corners[children[-1]].x) / 2
    block.corners[root] = Point(middle, top)
    start = Point(middle + BOX_WIDTH / 2, top + style.box_height)
    for child in children:
        x, y = block.corners[child]
        bus = start.y + GAP_ROWS / 2
        end = x + BOX_WIDTH / 2
        block.elbows[Link(child, root)] = (start, Point(start.x, bus), Point(end, bus), Point(end, y))
    return block


def _over_columns(root: UUID, forest: _Forest, style: _Style, top: float) -> _Block:
    """A box with everything below it in columns."""
    below = top + style.box_height
    block = _columns(forest.children[root], forest, style, top=below + GAP_STACK * 2)
    moved = _Block()
    moved.width = INDENT - GAP_ACROSS
    moved.corners[root] = Point(0, top)
    moved.beside(block)
    several = any(block.corners[child].x > 0 for child in forest.children[root])
    x = (moved.width - BOX_WIDTH) / 2 if several else 0.0
    start = Point(x + (BOX_WIDTH / 2 if several else INDENT / 2), below)
    moved.corners[root] = Point(x, top)
    for child in forest.children[root]:
        corner = moved.corners[child]
        trunk, middle = corner.x - INDENT / 2, corner.y + style.box_height / 2
        bus = below + GAP_STACK
        moved.elbows[Link(child, root)] = (start, Point(start.x, bus), Point(trunk, bus), Point(trunk, middle), Point(corner.x, middle))
    moved.height = max(moved.height, below)
    return moved


def _columns(roots: Sequence[UUID], forest: _Forest, style: _Style, top: float) -> _Block:
    """Trees as indented outlines, one below the other, in as many columns as they fill. One too long for a column has its own columns."""
    block, column, used = _Block(), _Block(), 0
    for root in roots:
        outline = forest.outline(root)
        if used and used + len(outline) > style.column_rows:
            block.beside(column)
            column, used = _Block(), 0
        if len(outline) > max(style.column_rows, SHORT) and len(forest.children[root]) > 1:
            block.beside(_over_columns(root, forest, style, top))
            continue
        _hang(column, outline, forest, style, top + used * style.step)
        used += len(outline)
    if used:
        block.beside(column)
    return block


def _hang(column: _Block, outline: Sequence[tuple[UUID, int]], forest: _Forest, style: _Style, top: float) -> None:
    """Add an outline to a column, with lines from each box to those indented under it."""
    for number, (id_, indent) in enumerate(outline):
        corner = Point(indent * INDENT, top + number * style.step)
        column.corners[id_] = corner
        column.width = max(column.width, corner.x + BOX_WIDTH)
    column.height = top + len(outline) * style.step - GAP_STACK
    for id_, _ in outline:
        x, y = column.corners[id_]
        trunk = x + INDENT / 2
        for child in forest.children[id_]:
            end = column.corners[child]
            middle = end.y + style.box_height / 2
            column.elbows[Link(child, id_)] = (Point(trunk, y + style.box_height), Point(trunk, middle), Point(end.x, middle))


def _forest(items: Sequence[Item], links: Sequence[Link]) -> _Forest:
    """Main links as trees; rows by level, and within a level by what stands above what."""
    known = {item.id for item in items}
    main: dict[UUID, UUID] = {}
    for link in links:
        if {link.child, link.parent} <= known and link.child not in main and not _leads_to(main, link.parent, link.child):
            main[link.child] = link.parent
    children: dict[UUID, list[UUID]] = {item.id: [] for item in items}
    for item in items:
        if item.id in main:
            children[main[item.id]].append(item.id)
    tops = [item.id for item in items if item.id not in main]
    linked = {id_ for link in links if {link.child, link.parent} <= known for id_ in link}
    loose = [id_ for id_ in tops if id_ not in linked]
    loose = loose if len(loose) > LOOSE_BESIDE else []
    return _Forest(items, children, [id_ for id_ in tops if id_ not in set(loose)], loose, _rows(items, main))


def _leads_to(main: Mapping[UUID, UUID], start: UUID, end: UUID) -> bool:
    here: UUID | None = start
    while here is not None:
        if here == end:
            return True
        here = main.get(here)
    return False


def _rows(items: Sequence[Item], main: Mapping[UUID, UUID]) -> dict[UUID, int]:
    """Each level begins below all rows of the one above; a box stands below its parent of the same level."""
    levels = {item.id: item.level for item in items}
    rows: dict[UUID, int] = {}
    base = 0
    for level in sorted(set(levels.values())):
        for item in (item for item in items if item.level == level):
            here, steps = item.id, 0
            while (parent := main.get(here)) is not None and levels[parent] == level:
                here, steps = parent, steps + 1
            rows[item.id] = base + steps
        base = max(rows.values()) + 1
    return rows


def _others(links: Sequence[Link], block: _Block) -> list[Link]:
    return [link for link in links if link not in block.elbows and link.child in block.corners and link.parent in block.corners]


def _across(block: _Block, link: Link, box_height: float) -> tuple[Point, ...]:
    """Straight from the parent's lower edge to the child's upper one, or between their sides where the child is not lower."""
    parent, child = block.corners[link.parent], block.corners[link.child]
    half = BOX_WIDTH / 2
    if child.y > parent.y:
        return Point(parent.x + half, parent.y + box_height), Point(child.x + half, child.y)
    return Point(parent.x + half, parent.y), Point(child.x + half, child.y + box_height)
