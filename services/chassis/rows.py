"""Row bases. `organization_id` leads each key and each foreign key, so that no row can point into another organization."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKeyConstraint, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from chassis.identifiers import new_id

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

TYPES: dict[Any, Any] = {
    str: Text,
    int: BigInteger,
    Decimal: Numeric,
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB,
    list[Any]: JSONB,
    list[str]: JSONB,
}


class ChassisRow(DeclarativeBase):
    """Base of the chassis's own tables, present in both databases."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class OrganizationRow:
    """Mixin: a row of one organization, keyed by (organization_id, id). `organization_id` is filled in by the session."""

    organization_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class Versioned:
    """Mixin: a row that can be edited. `version` counts its states; its ETag is made of it and a stale write is refused."""

    version: Mapped[int] = mapped_column(sort_order=90, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


class AppendOnly:
    """Mixin: rows of this table are never changed or removed; the database refuses it (`row_security.append_only`)."""


def references(table: str, *columns: str, to: Sequence[str] = ("id",), **options: Any) -> ForeignKeyConstraint:
    """A composite foreign key (organization_id, *columns) -> table (organization_id, *to)."""
    return ForeignKeyConstraint(["organization_id", *columns], [f"{table}.organization_id", *(f"{table}.{name}" for name in to)], **options)
