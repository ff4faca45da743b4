"""Formulas tried on sample data, kept with the version; one that was never tried is not approved."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis import events
from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from chassis.identifiers import new_id
from chassis.problems import NotAllowed
from kpi_api.dictionary import queries
from kpi_api.dictionary.formulas.checking import read_formula, read_measures, results_of
from kpi_api.dictionary.formulas.models import FormulaTrial
from kpi_api.dictionary.formulas.schemas import TrialInput
from kpi_api.dictionary.models import DefinitionVersion
from kpi_api.dictionary.problems import NotTried, UnknownReference, WrongStatus


async def try_formula(viewer: Viewer, session: WriteSession, definition_id: UUID, number: int, given: TrialInput) -> FormulaTrial:
    """Run the formula of a part on samples and keep what came out. Raises NotFound, NotAllowed, WrongStatus, UnknownReference,
    InvalidFormula."""
    version = await queries.version(viewer, session, definition_id, number, lock=True)
    require_triable(viewer, version)
    if given.part not in version.formulas:
        raise UnknownReference(f"Part `{given.part}` has no formula.", field="/part")
    expression = read_formula(version.formulas[given.part], read_measures(version.measures), None, field="/part")
    results = results_of(expression, given.samples)
    trial = FormulaTrial(
        id=new_id(),
        version_id=version.id,
        **given.model_dump(mode="json"),
        results=[result.model_dump(mode="json") for result in results],
        gave_values=any(result.value is not None for result in results),
        tried_by=viewer.subject,
        tried_at=session.now,
    )
    session.add(trial)
    await session.flush()
    await events.record(session, "definition.tried", "definition", definition_id, number=number, part=given.part)
    return trial


def require_triable(viewer: Viewer, version: DefinitionVersion) -> None:
    """Raises NotAllowed, WrongStatus."""
    if not viewer.may("definitions.write") and (viewer.person_id is None or viewer.person_id != version.author_id):
        raise NotAllowed("Its author, or who writes or approves definitions, tries a formula.")
    if version.status not in ("draft", "proposed"):
        raise WrongStatus(f"The version is {version.status}; formulas are tried before that.")
    if not version.formulas:
        raise WrongStatus("The version has no formula.")


async def trials(viewer: Viewer, session: ReadSession, definition_id: UUID, number: int) -> Sequence[FormulaTrial]:
    """The trials of a version in sight, the latest first. Raises NotFound."""
    version = await queries.version(viewer, session, definition_id, number)
    found = select(FormulaTrial).where(FormulaTrial.version_id == version.id)
    return (await session.scalars(found.order_by(FormulaTrial.tried_at.desc(), FormulaTrial.id.desc()).limit(100))).all()


async def require_tried(viewer: Viewer, session: ReadSession, version: DefinitionVersion) -> None:
    """Every formula of a version that somebody here wrote gave a value on sample data. Raises NotTried."""
    if version.author_id is None:
        return
    found = select(FormulaTrial.part).where(FormulaTrial.version_id == version.id, FormulaTrial.gave_values)
    missing = sorted(version.formulas.keys() - set(await session.scalars(found)) if version.formulas else ())
    if missing:
        raise NotTried(f"Try the formula of {', '.join(f'`{part}`' for part in missing)} on sample data first, so that it gives a value.")
