"""What a picture of the cascade shows: boxes and links, made of what the viewer sees, so that it shows nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kpi_api.cascade.levels import LEVELS, Level
from kpi_api.cascade.pictures.layout import Link
from kpi_api.cascade.schemas import LineNode, LineOfSight
from kpi_api.cascade.subtrees.schemas import CascadeNode, FoldedGroup, LineOfSightDown, Subtree, UnitCascade

LEVEL_WORDS: dict[Level, str] = {
    "strategic": "Strategic",
    "business_unit": "Business unit",
    "functional": "Function",
    "team": "Team",
    "individual": "Individual",
}


@dataclass(frozen=True)
class Box:
    """A KPI, or a folded group of them (whose `level` is that of its uppermost). `marked` is the one that was asked for."""

    id: UUID
    level: Level
    name: str
    detail: str
    status: str
    folded: bool = False
    marked: bool = False

    @property
    def words(self) -> str:
        """Everything the box says, for readers of the text instead of the picture."""
        return f"{'Folded' if self.folded else LEVEL_WORDS[self.level]}: {self.name}. {self.detail}. {self.status}.".replace(". .", ".")


@dataclass(frozen=True)
class Picture:
    """Boxes from the top level down and links upward, each child's main one first; `sentence` says it in words."""

    title: str
    sentence: str
    boxes: Sequence[Box]
    links: Sequence[Link]


def of_line_upward(line: LineOfSight) -> Picture:
    """A line of sight up to the mission. It holds ancestor views only: no person."""
    name = next(node.name for node in line.nodes if node.id == line.kpi_id)
    nodes = sorted(line.nodes, key=lambda node: LEVELS.index(node.level))
    boxes = [_of_ancestor(node, marked=node.id == line.kpi_id) for node in nodes]
    mission = f"Mission: {line.mission}" if line.mission else ""
    sentence = mission or line.sentence
    return Picture(f"Line of sight of “{name}”", sentence, boxes, [Link(edge.child_id, edge.parent_id) for edge in line.edges])


def of_line_downward(line: LineOfSightDown) -> Picture:
    """What carries a KPI."""
    name = next(node.name for node in line.nodes if node.id == line.kpi_id)
    return _of_subtree(f"What carries “{name}”", line, line.kpi_id)


def of_unit(cascade: UnitCascade) -> Picture:
    """A unit's cascade."""
    return _of_subtree(f"Cascade of {cascade.unit.name}", cascade, None)


def _of_subtree(title: str, subtree: Subtree, marked: UUID | None) -> Picture:
    boxes = [_of_node(node, marked=node.id == marked) for node in subtree.nodes]
    levels = {box.id: box.level for box in boxes}
    parents = {edge.child_id: edge.parent_id for edge in reversed(subtree.edges)}
    boxes += [_of_group(group, levels.get(parents[group.id]) if group.id in parents else None) for group in subtree.folded]
    links = [Link(edge.child_id, edge.parent_id) for edge in subtree.edges]
    left_out = "" if subtree.complete else " Not everything fits this picture."
    ordered = sorted(boxes, key=lambda box: LEVELS.index(box.level))
    return Picture(title, subtree.sentence + left_out, ordered, links)


def _of_ancestor(node: LineNode, *, marked: bool) -> Box:
    unit = node.owning_unit.name if node.owning_unit else ""
    return Box(node.id, node.level, node.name, _detail(unit, [target.sentence for target in node.targets]), node.status, marked=marked)


def _of_node(node: CascadeNode, *, marked: bool) -> Box:
    owner = node.owner or node.owning_unit
    return Box(node.id, node.level, node.name, _detail(owner.name if owner else "", node.targets), node.status, marked=marked)


def _of_group(group: FoldedGroup, above: Level | None) -> Box:
    """One level below what it contributes to."""
    below = LEVELS[min(LEVELS.index(above) + 1, len(LEVELS) - 1)] if above else LEVELS[0]
    level: Level = "individual" if group.of == "people" else below
    name, _, counts = group.label.rpartition(": ")
    return Box(group.id, level, name, counts, "folded", folded=True)


def _detail(owner: str, targets: Sequence[str]) -> str:
    return " · ".join(part for part in (owner, "; ".join(targets)) if part)
