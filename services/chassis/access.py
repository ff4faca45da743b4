"""The viewer, and what a matrix of access is: who sees what and who does what, as data that a service lists in `access/matrix.py`.

A sight says that whoever stands in a relation to a record sees it. Relations are SQL conditions that the domains give, so a read filters by
semi-joins and finds nothing outside sight. A permit says which granted roles may do something. What neither names is denied.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true

from chassis.problems import NotAllowed

EVERYBODY = "everybody"


@dataclass(frozen=True)
class Sight:
    """Whoever stands in `relation` to a record of this kind sees it; where roles are named, only with one of them granted."""

    record: str
    relation: str
    roles: frozenset[str] = frozenset()


def sight(record: str, relation: str, *roles: str) -> Sight:
    return Sight(record, relation, frozenset(roles))


@dataclass(frozen=True, eq=False)
class Matrix:
    """All sights of a service, and by permit the roles that have it. Equal to itself only, so that a viewer can be a key of a cache."""

    sights: tuple[Sight, ...]
    permits: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Viewer:
    """Who looks, from which organization, with which granted roles, on which day: the first argument of every read.

    `person_id` is null for an integration's key and for a service on its own account; `subject` is what audit records name;
    `stands_in_for` are absent managers whose rights the viewer has been given for the time; `led` is how many
    people stand below them, counted as far as it matters to how sight is looked up.
    """

    organization_id: UUID
    subject: str
    person_id: UUID | None
    roles: frozenset[str]
    today: date
    matrix: Matrix = field(repr=False)
    stands_in_for: frozenset[UUID] = frozenset()
    led: int = 1

    @property
    def leads_as(self) -> frozenset[UUID]:
        """Whose reports the viewer leads: their own, and those of managers who have delegated to them for an absence."""
        return self.stands_in_for if self.person_id is None else self.stands_in_for | {self.person_id}

    def relations(self, record: str) -> list[str]:
        """The relations by which this viewer may see such a record."""
        return [rule.relation for rule in self.matrix.sights if rule.record == record and (not rule.roles or rule.roles & self.roles)]

    def sees_all(self, record: str) -> bool:
        """Whether a granted role shows every record of this kind."""
        return EVERYBODY in self.relations(record)

    def require_sight(self, record: str) -> None:
        """Raises NotAllowed, naming the roles that would do, unless a granted role shows every record of this kind."""
        if not self.sees_all(record):
            raise _needs(role for rule in self.matrix.sights if (rule.record, rule.relation) == (record, EVERYBODY) for role in rule.roles)

    def may(self, permit: str) -> bool:
        """Whether a granted role has this permit."""
        return not self.roles.isdisjoint(self.matrix.permits[permit])

    def require(self, permit: str) -> None:
        """Raises NotAllowed, naming the roles that would do, unless a granted role has this permit."""
        if not self.may(permit):
            raise _needs(self.matrix.permits[permit])

    def require_person(self) -> UUID:
        """The viewer's person. Raises NotAllowed for an integration and for a service on its own account."""
        if self.person_id is None:
            raise NotAllowed("Only a person can do this, not an integration.")
        return self.person_id


def _needs(roles: Iterable[str]) -> NotAllowed:
    return NotAllowed(f"This needs the role {' or '.join(sorted(roles))}.")


Conditions = Mapping[str, Callable[[], ColumnElement[bool]]]


def sees(viewer: Viewer, record: str, conditions: Conditions) -> ColumnElement[bool]:
    """The records of a kind that the viewer sees: the conditions of all relations that their roles allow, or everything by role."""
    relations = viewer.relations(record)
    return true() if EVERYBODY in relations else or_(false(), *(conditions[relation]() for relation in relations))


def on_day(valid_from: Any, valid_to: Any, day: Any) -> ColumnElement[bool]:
    """Whether a half-open date range [valid_from, valid_to) holds on `day`."""
    return and_(valid_from <= day, or_(valid_to.is_(None), valid_to > day))
