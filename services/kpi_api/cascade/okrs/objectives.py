"""What an OKR file needs of the dictionary: the outcomes of its objectives and the definitions of its key results, there or to be made."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from chassis.access import Viewer
from chassis.database import ReadSession, WriteSession
from kpi_api.cascade.okrs.rows import KeyResult
from kpi_api.cascade.okrs.schemas import OkrRow
from kpi_api.dictionary import actions, approving, queries
from kpi_api.dictionary.models import DefinitionVersion, KpiDefinition, Outcome
from kpi_api.dictionary.outcomes.actions import create_outcome
from kpi_api.dictionary.outcomes.areas import outcome_areas, unknown_area
from kpi_api.dictionary.outcomes.schemas import OutcomeInput
from kpi_api.dictionary.schemas import NewDefinition, VersionInput

UNDECIDED = {"draft", "proposed"}


class Meaning(NamedTuple):
    """What two rows that share a new definition must say alike."""

    objective_code: str
    unit: str
    direction: str


class Dictionary:
    """Outcomes and definitions by code, those that are there and those that this file made."""

    def __init__(self, outcomes: Mapping[str, Outcome], definitions: Mapping[str, DefinitionVersion | None], areas: Sequence[str]) -> None:
        self._areas = areas
        self._outcomes = dict(outcomes)
        self._definitions = dict(definitions)
        self._objectives: dict[str, tuple[int, str, str]] = {}
        self._meanings: dict[str, tuple[int, Meaning]] = {}
        self.new_outcomes: list[str] = []
        self.new_definitions: list[str] = []

    def may_come(self, code: str) -> bool:
        """The definition is new, or waits for approval."""
        version = self._definitions.get(code)
        return code not in self._definitions or version is None or version.status in UNDECIDED

    def check(self, viewer: Viewer, result: KeyResult) -> None:
        """Refuse a row that says something else than what is there, or needs what the viewer may not make."""
        self._check_objective(result)
        if result.given.defined_as in self._definitions:
            self._check_definition(result)
        elif not viewer.may("definitions.write"):
            message = "There is no such definition, and HR or an executive proposes new ones. Name one that is there in `definition_code`."
            result.refuse("definition_code", "not_allowed", message)
        else:
            self._check_meaning(result)

    def _check_objective(self, result: KeyResult) -> None:
        given = result.given
        there = self._outcomes.get(given.objective_code)
        if there is not None and (there.name, there.area) != (given.objective, given.area):
            message = f"The outcome `{there.code}` is “{there.name}” in the area {there.area}. Write it so, or choose another code."
            result.refuse("objective_code", "other_objective", message)
            return
        if given.area not in self._areas:
            result.refuse("area", "unknown_area", unknown_area(given.area, self._areas))
            return
        row, *said = self._objectives.setdefault(given.objective_code, (result.row, given.objective, given.area))
        if said != [given.objective, given.area]:
            result.refuse("objective", "other_objective", f"Row {row} calls `{given.objective_code}` “{said[0]}” in {said[1]}.")

    def _check_definition(self, result: KeyResult) -> None:
        version, outcome = self._definitions[result.given.defined_as], self._outcomes.get(result.given.objective_code)
        if version is not None and (outcome is None or version.outcome_id != outcome.id):
            message = f"The definition `{result.given.defined_as}` serves another outcome, or none. Give the key result one of its own."
            result.refuse("definition_code", "serves_another_outcome", message)

    def _check_meaning(self, result: KeyResult) -> None:
        given = result.given
        meaning = Meaning(given.objective_code, given.unit, given.direction)
        row, said = self._meanings.setdefault(given.defined_as, (result.row, meaning))
        if said != meaning:
            message = f"Row {row} means something else by the definition `{given.defined_as}`: another objective, unit or direction."
            result.refuse("definition_code", "other_meaning", message)

    async def write(self, viewer: Viewer, session: WriteSession, waiting: Sequence[KeyResult]) -> None:
        """Make and propose the definitions that key results wait for, and the outcomes that these serve."""
        for result in waiting:
            given = result.given
            if given.defined_as in self._definitions or given.defined_as in self.new_definitions:
                continue
            if given.objective_code not in self._outcomes:
                wanted = OutcomeInput(code=given.objective_code, name=given.objective, area=given.area)
                self._outcomes[given.objective_code] = await create_outcome(viewer, session, wanted)
                self.new_outcomes.append(given.objective_code)
            definition, version = await actions.create_definition(viewer, session, _definition(result))
            await approving.propose(viewer, session, definition.id, version.number)
            self.new_definitions.append(given.defined_as)


def _definition(result: KeyResult) -> NewDefinition:
    """The definition of a key result, in force from the first day of its window: the last value counts (S2, step 2)."""
    given, window = result.given, result.draft.window
    if window is None:
        raise ValueError("only a key result with a window can wait for its definition")
    version = VersionInput(
        name=given.key_result, unit=given.unit, direction=given.direction, combine="last", outcome_code=given.objective_code,
        effective_from=window[0], note=f"From the import of the objective “{given.objective}”.",
    )  # fmt: skip
    return NewDefinition(code=given.defined_as, version=version)


async def look_up(viewer: Viewer, session: ReadSession, rows: Collection[OkrRow]) -> Dictionary:
    """The outcomes and definitions that rows name; of a definition the version that would be shown today, None where none is in sight."""
    codes = {row.objective_code for row in rows}
    outcomes = {row.code: row for row in await session.scalars(queries.outcomes(viewer).where(Outcome.code.in_(codes)))}
    ids = await queries.ids_by_code(session, KpiDefinition, {row.defined_as for row in rows})
    versions = await queries.versions_shown(viewer, session, ids.values(), session.today)
    areas = [area.code for area in await outcome_areas(viewer, session)]
    return Dictionary(outcomes, {code: versions.get(id_) for code, id_ in ids.items()}, areas)
