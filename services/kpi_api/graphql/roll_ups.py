"""What KPIs come to, what is counted twice, and what would follow, in the graph."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry
from pydantic import ValidationError

from chassis.field_errors import plain_words
from chassis.problems import Invalid, NotFound
from chassis.problems import Problem as RaisedProblem
from kpi_api.cycles.queries import cycle as find_cycle
from kpi_api.graphql import problems
from kpi_api.graphql.kpis import Kpi, load_kpi
from kpi_api.graphql.nodes import Connection, Info, connection, id_of, page_request
from kpi_api.graphql.problems import InvalidProblem, NotFoundProblem
from kpi_api.graphql.words import KpiLevel, RollUpMethod, RollUpOf
from kpi_api.scores.roll_ups import queries, schemas
from kpi_api.scores.roll_ups.shared_results import doubled_results
from kpi_api.scores.roll_ups.what_if import what_if


@strawberry.type(description="A KPI by name, as answers about several name it.")
class NamedKpi:
    uuid: UUID
    name: str
    level: KpiLevel

    @strawberry.field(description="The KPI itself.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.uuid)

    @classmethod
    def of(cls, given: schemas.NamedKpi) -> "NamedKpi":
        return cls(uuid=given.id, name=given.name, level=KpiLevel(given.level))


@strawberry.type(description="A KPI directly below that has no value.")
class MissingBelow:
    uuid: UUID
    name: str
    since: date


@strawberry.type(description="What a KPI comes to: null is never nought, and `reason` says why.")
class RolledUpKpi:
    uuid: UUID
    name: str
    level: KpiLevel
    roll_up: RollUpMethod
    roll_up_of: RollUpOf
    value: Decimal | None
    unit: str | None
    attainment_raw: Decimal | None
    attainment_capped: Decimal | None
    reason: str | None
    complete: bool = strawberry.field(description="Nothing below is missing, at any depth.")
    counted_twice: bool = strawberry.field(description="A shared result reaches this sum by more than one way.")
    missing: list[MissingBelow] = strawberry.field(description="Those directly below, as far as the viewer sees them.")

    @strawberry.field(description="The KPI itself.")
    async def kpi(self, info: Info) -> Kpi | None:
        return await load_kpi(info, self.uuid)

    @classmethod
    def of(cls, given: schemas.RolledUpKpi) -> "RolledUpKpi":
        same = ("name", "value", "unit", "attainment_raw", "attainment_capped", "reason", "complete", "counted_twice")
        return cls(
            uuid=given.kpi_id,
            level=KpiLevel(given.level),
            roll_up=RollUpMethod(given.roll_up),
            roll_up_of=RollUpOf(given.roll_up_of),
            missing=[MissingBelow(uuid=one.kpi_id, name=one.name, since=one.since) for one in given.missing],
            **{name: getattr(given, name) for name in same},
        )


@strawberry.type(description="A KPI that a sum counts more than once.")
class DoubledResult:
    kpi: NamedKpi
    sum: NamedKpi
    kind: str
    times: int
    value: Decimal | None
    too_much: Decimal | None = strawberry.field(description="What the sum has of it beyond once.")
    unit: str | None
    sentence: str

    @classmethod
    def of(cls, given: schemas.DoubledResult) -> "DoubledResult":
        same = ("kind", "times", "value", "too_much", "unit", "sentence")
        return cls(kpi=NamedKpi.of(given.kpi), sum=NamedKpi.of(given.sum), **{name: getattr(given, name) for name in same})


@strawberry.type(description="A KPI above that would come to something else.")
class Effect:
    kpi: NamedKpi
    of: RollUpOf
    before: Decimal
    after: Decimal
    change: Decimal
    change_percent: Decimal | None
    unit: str | None
    complete: bool


@strawberry.type(description="A KPI above of which no amount can be told, with the weight of what leads to it.")
class Dependence:
    kpi: NamedKpi
    through: NamedKpi
    weight: Decimal
    of_weights: Decimal | None
    because: str


@strawberry.type(description="What would follow, in order of level; nothing was written.")
class WhatWould:
    sentence: str
    effects: list[Effect]
    depends: list[Dependence]

    @classmethod
    def of(cls, given: schemas.WhatWould) -> "WhatWould":
        effects = [
            Effect(**dict(effect) | {"kpi": NamedKpi.of(effect.kpi), "of": RollUpOf(effect.of)})
            for effect in given.effects
        ]  # fmt: skip
        depends = [Dependence(**dict(one) | {"kpi": NamedKpi.of(one.kpi), "through": NamedKpi.of(one.through)}) for one in given.depends]
        return cls(sentence=given.sentence, effects=effects, depends=depends)


@strawberry.input(description="One KPI that comes to something else: exactly one of value, attainment and missed.")
class SupposedChange:
    kpi: strawberry.ID
    value: Decimal | None = None
    attainment: Decimal | None = None
    missed: bool = False

    def read(self) -> dict[str, Any]:
        kpi_id = id_of("Kpi", self.kpi) or UUID(int=0)
        return {"kpi_id": kpi_id, "value": self.value, "attainment": self.attainment, "missed": self.missed}


WhatIfResult = Annotated[
    WhatWould | NotFoundProblem | InvalidProblem,
    strawberry.union("WhatIfResult", description="What would follow, or why it cannot be worked out."),
]


async def roll_ups_page(
    info: Info, first: int, after: str | None, cycle: str, wanted: dict[str, Any]
) -> Connection[RolledUpKpi] | None:
    """Null where the cycle, or the KPI asked for, is none that the viewer may see."""
    viewer, page = info.context.viewer, page_request(info, first, after)
    async with info.context.read() as session:
        try:
            asked = queries.RollUpFilter((await find_cycle(viewer, session, cycle)).id, **wanted)
            rows = await queries.roll_ups_page(viewer, session, page, asked)
        except NotFound:
            return None
        shown = {item.kpi_id: item for item in await queries.rolled_up(viewer, session, rows, asked)}
    return connection(rows, after, lambda row: RolledUpKpi.of(shown[row.id]) if row.id in shown else None)


async def double_counting(info: Info, cycle: str) -> list[DoubledResult] | None:
    """Null where there is no such cycle."""
    viewer = info.context.viewer
    async with info.context.read() as session:
        try:
            found = await find_cycle(viewer, session, cycle)
        except NotFound:
            return None
        return [DoubledResult.of(item) for item in (await doubled_results(viewer, session, found.id)).items]


async def what_would(info: Info, cycle: str, changes: list[SupposedChange], flags: dict[str, bool]) -> WhatIfResult:
    viewer = info.context.viewer
    try:
        given = schemas.WhatIf(cycle=cycle, changes=[change.read() for change in changes], **flags)
        async with info.context.read() as session:
            return WhatWould.of(await what_if(viewer, session, (await find_cycle(viewer, session, cycle)).id, given))
    except ValidationError as error:
        problem: RaisedProblem = Invalid("; ".join(plain_words(item) for item in error.errors()), field="/changes")
    except RaisedProblem as raised:
        problem = raised
    found: WhatIfResult = problems.shown(problem)  # type: ignore[assignment]  # of the two kinds that reads raise
    return found
