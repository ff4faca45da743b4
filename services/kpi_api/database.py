"""The row base of kpi_api's own tables."""

from typing import Any, ClassVar

from sqlalchemy import DDL, MetaData, event
from sqlalchemy.orm import DeclarativeBase

from chassis.rows import NAMING_CONVENTION, TYPES, OrganizationRow


class Base(DeclarativeBase):
    """Base of every kpi_api table."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class Row(OrganizationRow, Base):
    """A row of one organization, keyed by (organization_id, id)."""

    __abstract__ = True


def run_after_create(row: type[Base], *statements: str) -> None:
    """What else the database needs once the table is there: functions and triggers."""
    _listen(row, "after_create", statements)


def run_after_drop(row: type[Base], *statements: str) -> None:
    _listen(row, "after_drop", statements)


def _listen(row: type[Base], moment: str, statements: tuple[str, ...]) -> None:
    for statement in statements:
        event.listen(row.__table__, moment, DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]
