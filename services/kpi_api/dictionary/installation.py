"""Installs the role library (`library/`) in an organization's dictionary. A repeat adds only what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identifiers import new_id
from kpi_api.database import Base
from kpi_api.dictionary import queries
from kpi_api.dictionary.library import Library, LibraryKpi, LibraryRole, load_library
from kpi_api.dictionary.models import Competency, DefinitionVersion, KpiDefinition, Outcome, ScorecardTemplate, TemplateLine
from kpi_api.dictionary.schemas import Applicability
from kpi_api.dictionary.search.indexing import index_versions
from kpi_api.dictionary.templates.schemas import Installed

ALWAYS = date(1900, 1, 1)
"""The shipped definitions hold on any day, so that a company can also enter years that are past."""


async def install_library(viewer: Viewer, session: WriteSession) -> Installed:
    """Add what ships as approved versions that nobody here wrote. Raises NotAllowed."""
    viewer.require("library.install")
    library = load_library()
    outcomes = await _add_missing(session, Outcome, [_outcome(outcome) for outcome in library.outcomes])
    competencies = await _add_missing(session, Competency, [_competency(competency) for competency in library.competencies])
    definitions = await _add_missing(session, KpiDefinition, [{"code": code, "origin": "library", "version": 1} for code in library.kpis])
    await _add_versions(session, library, definitions)
    templates = await _add_missing(session, ScorecardTemplate, [_template(role) for role in library.roles])
    await _insert(session, TemplateLine, [line for role in library.roles for line in _lines(role, library, templates)])
    return Installed(definitions=len(definitions), outcomes=len(outcomes), competencies=len(competencies), templates=len(templates))


async def _add_missing(session: WriteSession, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Insert rows whose code is not taken, also when somebody else installs at the same moment; ids of the new ones by code."""
    table = cast("Table", model.__table__)
    values = [{"organization_id": session.organization_id, "id": new_id(), **row} for row in rows]
    statement = insert(table).values(values).on_conflict_do_nothing().returning(table.c.code, table.c.id)
    return dict((await session.execute(statement)).all())


async def _insert(session: WriteSession, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    values = [{"organization_id": session.organization_id, "id": new_id(), **row} for row in rows]
    if values:
        await session.execute(insert(cast("Table", model.__table__)), values)


def _outcome(outcome: Any) -> dict[str, Any]:
    return {"code": outcome.code, "name": outcome.name, "area": outcome.area, "description": "", "version": 1}


def _competency(competency: Any) -> dict[str, Any]:
    return {
        "code": competency.code,
        "name": competency.name,
        "description": competency.description,
        "levels": list(competency.levels),
        "for_managers": competency.for_managers,
        "version": 1,
    }


async def _add_versions(session: WriteSession, library: Library, definitions: Mapping[str, Any]) -> None:
    outcomes = await queries.ids_by_code(session, Outcome, [kpi.outcome_code for kpi in library.kpis.values()])
    decided = {"number": 1, "status": "approved", "effective_from": ALWAYS, "approved_at": session.now}
    rows = [
        {**_version(library.kpis[code]), **decided, "definition_id": definition_id, "outcome_id": outcomes[library.kpis[code].outcome_code]}
        for code, definition_id in definitions.items()
    ]
    await _insert(session, DefinitionVersion, rows)
    added = select(DefinitionVersion.id).where(DefinitionVersion.definition_id.in_(definitions.values()))
    await index_versions(session, (await session.scalars(added)).all())


SAME = (
    "name", "direction", "unit", "precision", "dimension", "combine", "combine_parts", "formulas", "measures", "source_of_truth",
    "update_frequency", "exclusion_rules", "leading", "kind", "competency_code", "controllability", "controllability_cause",
)  # fmt: skip
"""What a version has under the same name as the library's KPI."""


def _version(kpi: LibraryKpi) -> dict[str, Any]:
    same = asdict(kpi)
    return {
        **{name: same[name] for name in SAME},
        "description": kpi.target_text or "",
        "parts": [part.model_dump() for part in kpi.all_parts()],
        "leads_to_code": kpi.leads_to,
        "applicability": Applicability().model_dump(),
        "note": f"From the role library. {kpi.note}".strip(),
    }


def _template(role: LibraryRole) -> dict[str, Any]:
    return {"code": role.role.code, "name": role.role.name, "role_code": role.role.code, "version": 1}


def _lines(role: LibraryRole, library: Library, templates: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The lines of a template that is new; each counts in the component of its KPI's dimension (S0, "Balanced scorecard bonus")."""
    if role.role.code not in templates:
        return []
    return [
        {
            "template_id": templates[role.role.code],
            "position": position,
            "definition_code": line.kpi,
            "weight": line.weight,
            "component": library.kpis[line.kpi].dimension,
            "targets": [target.model_dump(mode="json") for target in library.kpis[line.kpi].targets],
        }
        for position, line in enumerate(role.template, start=1)
    ]
