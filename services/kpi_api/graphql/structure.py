"""The organization and its units in the graph: what they say about themselves, and how that is changed."""

from typing import Annotated

import strawberry

from chassis.database import WriteSession
from chassis.etags import require_current
from kpi_api.graphql.nodes import Id, Info
from kpi_api.graphql.people import Unit
from kpi_api.graphql.problems import ChangedProblem, ConflictProblem, InvalidProblem, NotAllowedProblem, NotFoundProblem
from kpi_api.graphql.time_rules import TimeRules, TimeRulesInput, given_with_rules
from kpi_api.graphql.writing import attempt, found, given, tag, validated
from kpi_api.people import actions, models, queries, structure
from kpi_api.people.schemas import OrganizationChange, UnitIn


@strawberry.type(description="The organization: what it is called and why it exists.")
class Organization:
    name: str
    mission: str = strawberry.field(description="Where every line of sight ends.")
    indicator_label: str = strawberry.field(description="What its people call an indicator: KPI, OKR, goal.")
    currency: str
    time_rules: TimeRules
    version: int = strawberry.field(description="Counts its states; `changeOrganization` asks for the one that was read.")

    @classmethod
    def of(cls, row: models.OrganizationProfile) -> "Organization":
        names = ("name", "mission", "indicator_label", "currency", "version")
        return cls(time_rules=TimeRules.of(row.time_rules), **{name: getattr(row, name) for name in names})


@strawberry.input(description="What to change; what is left out stays.")
class OrganizationChangeInput:
    name: str | None = strawberry.UNSET
    mission: str | None = strawberry.UNSET
    indicator_label: str | None = strawberry.UNSET
    time_rules: TimeRulesInput | None = strawberry.UNSET


@strawberry.input(description="What to change of a unit; what is left out stays. Another parent: `moveUnit`.")
class UnitChangeInput:
    name: str | None = strawberry.UNSET
    value_statement: str | None = strawberry.UNSET


@strawberry.type(description="The organization as it stands now.")
class OrganizationChanged:
    organization: Organization


@strawberry.type(description="The unit as it stands now.")
class UnitChanged:
    unit: Unit


OrganizationResult = Annotated[
    OrganizationChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("OrganizationResult", description="The organization, or why it did not change."),
]
UnitResult = Annotated[
    UnitChanged | NotFoundProblem | NotAllowedProblem | ChangedProblem | ConflictProblem | InvalidProblem,
    strawberry.union("UnitResult", description="The unit, or why it did not change."),
]


@strawberry.type
class StructureMutation:
    @strawberry.mutation(description="The organization's name, mission and word for indicators, and its rules for time away.")
    async def change_organization(self, info: Info, version: int, changes: OrganizationChangeInput) -> OrganizationResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> OrganizationChanged:
            change = validated(OrganizationChange, given_with_rules(changes, "time_rules"))
            profile = await queries.organization(viewer, session)
            require_current(tag(version), profile, actions.differing(profile, change))
            return OrganizationChanged(organization=Organization.of(await actions.change_organization(viewer, session, profile, change)))

        result: OrganizationResult = await attempt(info, write)
        return result

    @strawberry.mutation(description="A unit's name and value statement: how it creates value, and for whom.")
    async def change_unit(self, info: Info, id_: Id, version: int, changes: UnitChangeInput) -> UnitResult:
        viewer = info.context.viewer

        async def write(session: WriteSession) -> UnitChanged:
            unit = await queries.structure_row(viewer, session, models.OrgUnit, found("Unit", id_))
            change = validated(UnitIn, {name: getattr(unit, name) for name in UnitIn.model_fields} | given(changes))
            require_current(tag(version), unit, structure.differing(unit, change))
            return UnitChanged(unit=Unit.of(await structure.change_unit(viewer, session, unit, change)))

        result: UnitResult = await attempt(info, write)
        return result
