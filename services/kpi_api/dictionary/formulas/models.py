"""The table of trials of formulas."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from chassis.rows import references
from kpi_api.database import Row


class FormulaTrial(Row):
    """A part's formula of a version, run on samples: `samples` one object of measures each, `results` a value or the reason for none."""

    __tablename__ = "formula_trials"
    __table_args__ = (
        references("definition_versions", "version_id"),
        Index("ix_formula_trials_version", "organization_id", "version_id", "part"),
    )

    version_id: Mapped[UUID]
    part: Mapped[str]
    samples: Mapped[list[Any]]
    results: Mapped[list[Any]]
    gave_values: Mapped[bool]
    tried_by: Mapped[str]
    tried_at: Mapped[datetime]
