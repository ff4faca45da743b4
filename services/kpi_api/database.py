"""The row base of kpi_api's own tables."""

from typing import Any, ClassVar

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from chassis.rows import NAMING_CONVENTION, TYPES, OrganizationRow


class Base(DeclarativeBase):
    """Base of every kpi_api table."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class Row(OrganizationRow, Base):
    """A row of one organization, keyed by (organization_id, id)."""

    __abstract__ = True
