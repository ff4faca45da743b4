"""Where boxes stand: levels from top to bottom, children near parents, nothing on top of anything, no main lines that cross."""

import random
from collections.abc import Iterator
from itertools import combinations, pairwise
from uuid import UUID

import pytest

from kpi_api.cascade.pictures.layout import BOX_WIDTH, PAGE_HEIGHT, PAGE_WIDTH, Item, Layout, Line, Link, Point, lay_out

HEIGHT = 40.0
TOP, LEFT, RIGHT, BELOW, OTHER = (UUID(int=n) for n in range(1, 6))


def of_size(*plan: int, seed: int = 7) -> tuple[list[Item], list[Link]]:
    """So many boxes on each level, each contributing to one or two of the level above."""
    chance = random.Random(seed)  # noqa: S311  # the same cascades each time
    items: list[Item] = []
    links: list[Link] = []
    above: list[UUID] = []
    for level, count in enumerate(plan):
        here = [UUID(int=1000 * (level + 1) + n) for n in range(count)]
        items += [Item(id_, level) for id_ in here]
        for n, id_ in enumerate(here):
            parents = {chance.choice(above), above[n * len(above) // count]} if above else set()
            links += [Link(id_, parent) for parent in sorted(parents)]
        above = here
    return items, links


def overlapping(layout: Layout) -> list[tuple[UUID, UUID]]:
    return [
        (one, other)
        for (one, a), (other, b) in combinations(layout.corners.items(), 2)
        if abs(a.x - b.x) < BOX_WIDTH and abs(a.y - b.y) < HEIGHT
    ]


def segments(line: Line) -> Iterator[tuple[Point, Point]]:
    return ((a, b) for a, b in pairwise(line.points) if a != b)


def cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """An upright and a level segment that pass through each other."""
    upright, level = (one, other) if one[0].x == one[1].x else (other, one)
    if upright[0].x != upright[1].x or level[0].y != level[1].y:
        return False
    (x, y1), (_, y2) = upright
    return min(level[0].x, level[1].x) < x < max(level[0].x, level[1].x) and min(y1, y2) < level[0].y < max(y1, y2)


def crossings(layout: Layout) -> list[tuple[Link, Link]]:
    """Main lines of different parents that cross."""
    main = [line for line in layout.lines if line.main]
    return [
        (a.link, b.link)
        for a, b in combinations(main, 2)
        if a.link.parent != b.link.parent and any(cross(s, t) for s in segments(a) for t in segments(b))
    ]


def test_a_small_cascade_spreads_with_each_level_below_the_one_above() -> None:
    items = [Item(TOP, 0), Item(LEFT, 1), Item(RIGHT, 1), Item(BELOW, 3)]

    layout = lay_out(items, [Link(LEFT, TOP), Link(RIGHT, TOP), Link(BELOW, RIGHT)], HEIGHT)

    corners = layout.corners
    assert corners[TOP].y < corners[LEFT].y == corners[RIGHT].y < corners[BELOW].y
    assert corners[TOP].x == (corners[LEFT].x + corners[RIGHT].x) / 2
    assert corners[BELOW].x == corners[RIGHT].x
    assert layout.rows == {0: corners[TOP].y, 1: corners[LEFT].y, 3: corners[BELOW].y}


def test_of_the_same_level_the_contributing_one_stands_lower() -> None:
    layout = lay_out([Item(TOP, 0), Item(LEFT, 2), Item(RIGHT, 2), Item(BELOW, 3)], [Link(LEFT, TOP), Link(RIGHT, LEFT)], HEIGHT)

    assert layout.corners[TOP].y < layout.corners[LEFT].y < layout.corners[RIGHT].y < layout.corners[BELOW].y


def test_a_further_contribution_is_drawn_across_to_its_other_parent() -> None:
    items = [Item(TOP, 0), Item(LEFT, 1), Item(RIGHT, 1), Item(BELOW, 2)]

    layout = lay_out(items, [Link(LEFT, TOP), Link(RIGHT, TOP), Link(BELOW, LEFT), Link(BELOW, RIGHT)], HEIGHT)

    across = [line for line in layout.lines if not line.main]
    assert [line.link for line in across] == [Link(BELOW, RIGHT)]
    assert across[0].points[0] == Point(layout.corners[RIGHT].x + BOX_WIDTH / 2, layout.corners[RIGHT].y + HEIGHT)
    assert layout.corners[BELOW].x == layout.corners[LEFT].x


def test_links_to_others_are_left_out_and_a_circle_ends_somewhere() -> None:
    layout = lay_out([Item(LEFT, 1), Item(RIGHT, 1)], [Link(LEFT, OTHER), Link(LEFT, RIGHT), Link(RIGHT, LEFT)], HEIGHT)

    assert set(layout.corners) == {LEFT, RIGHT}
    assert [line.link for line in layout.lines if line.main] == [Link(LEFT, RIGHT)]


def test_nothing_takes_no_room() -> None:
    assert lay_out([], [], HEIGHT).corners == {}


def test_what_a_box_has_many_of_hangs_in_several_columns_below_it() -> None:
    """Given three functions of which one has 24 KPIs below it, then the picture is not as high as those 24, and no wider than a page."""
    items, links = of_size(1, 1, 3)
    function = items[-1].id
    items += [Item(UUID(int=9000 + n), 3) for n in range(24)]
    links += [Link(UUID(int=9000 + n), function) for n in range(24)]

    layout = lay_out(items, links, HEIGHT)

    assert len({layout.corners[UUID(int=9000 + n)].x for n in range(24)}) >= 2
    assert layout.height <= 17 * (HEIGHT + 6)
    assert layout.width <= PAGE_WIDTH
    assert (overlapping(layout), crossings(layout)) == ([], [])


PLANS = [(1,), (1, 2, 3, 3, 3), (2, 4, 8, 14, 32), (1, 8, 24, 57, 210), (1, 299), (40,), (30, 90), (1, 1, 1, 1, 1)]


@pytest.mark.parametrize("plan", PLANS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_cascade_fits_without_overlaps_and_crossings(plan: tuple[int, ...], seed: int) -> None:
    items, links = of_size(*plan, seed=seed)

    layout = lay_out(items, links, HEIGHT)

    assert set(layout.corners) == {item.id for item in items}
    assert overlapping(layout) == []
    assert crossings(layout) == []
    assert len(layout.lines) == len(links)
    assert all(0 <= x <= layout.width - BOX_WIDTH and 0 <= y <= layout.height - HEIGHT for x, y in layout.corners.values())
    assert layout.width <= 1.7 * PAGE_WIDTH
    assert layout.height <= 1.7 * PAGE_HEIGHT


def test_every_box_stands_below_the_one_it_mainly_contributes_to() -> None:
    items, links = of_size(1, 8, 24, 57, 210)

    layout = lay_out(items, links, HEIGHT)

    main = [line.link for line in layout.lines if line.main]
    assert len(main) == 299
    assert all(layout.corners[link.parent].y < layout.corners[link.child].y for link in main)


def test_the_same_cascade_is_laid_out_the_same_each_time() -> None:
    assert lay_out(*of_size(1, 8, 24, 57), HEIGHT) == lay_out(*of_size(1, 8, 24, 57), HEIGHT)
