"""Doors of findings: whoever sees a scorecard sees what is found about it; its other side and HR mute."""

from tests.attack.attacking import Call, Door, Read, Write
from tests.attack.cast import UNITS, Cast, Thing
from tests.attack.doors.graph import PROBLEM, ask, changed, fields_of, own_id
from tests.attack.doors.people_writes import write
from tests.attack.doors.reads import FOREIGN, get, holds, listed, one, succeeds
from tests.attack.expected import heads

MUTING = {"code": "no_development", "reason": "r", "ends_on": "2199-12-31"}
MUTED = MUTING | {"scorecard_id": "{id}"}


async def a_muting(cast: Cast, thing: Thing) -> Thing:
    """Of a rule that nothing else here mutes."""
    scorecard_id = cast.records["scorecard"]["employee"]["id"]
    made = await cast.home.post("hr", "/v1/findings/mutings", **(MUTING | {"code": "no_owner", "scorecard_id": scorecard_id}))
    return thing | {"id": made["id"]}


def graph_list(**filters: str) -> Read:
    """Findings of the cycle, each with its scorecard."""
    given = "".join(f", {name}: {value}" for name, value in filters.items())
    query = f'{{ findings(cycle: "2026", first: 100{given}) {{ edges {{ node {{ {fields_of("Finding", 1)} }} }} }} }}'
    return Read("graphql Query.findings", "scorecard", ask(query), shows=holds('"scorecardUuid":"{id}"'), is_list=True)


MUTE = f"__typename ... on MutingChanged {{ muting {{ uuid }} }} ... on Problem {{ {PROBLEM} }}"
RULES = Read("graphql Query.findingRules", "scorecard", ask(f"{{ findingRules {{ {fields_of('FindingRule', 0)} }} }}"), sees="open",
             shows=holds("too_many_kpis"), is_list=True, not_by=FOREIGN)  # fmt: skip


OF_UNIT = f'query ($id: ID!) {{ unitFindings(unitId: $id, cycle: "2026") {{ {fields_of("Finding", 1)} }} }}'


def above_unit(viewer: str, owner: str) -> bool:
    """HR, and whoever leads the unit that this one stands under; nobody about the unit that they head."""
    _, parent, head = UNITS[owner]
    return viewer != head and (viewer == "hr" or parent in heads(viewer))


READS: list[Door] = [
    RULES,
    Read("graphql Query.unitFindings", "unit", ask(OF_UNIT, id=own_id), shows=holds('"unitFindings":['), sees="led_unit"),
    graph_list(code='"too_few_kpis"'),
    graph_list(muted="true"),
    one("scorecard", "/v1/scorecards/{id}/findings"),
    Read(
        "kpi_api GET /v1/findings", "scorecard", get("/v1/findings", cycle="2026", code="too_few_kpis", limit="200"), is_list=True
    ),
    Read("kpi_api GET /v1/findings", "scorecard", get("/v1/findings", cycle="2026", muted="true", limit="200"), is_list=True),
    Read("kpi_api GET /v1/units/{unit_id}/findings", "unit", get("/v1/units/{id}/findings", cycle="2026"), shows=succeeds, sees="led_unit"),
    listed("finding_muting", "/v1/findings/mutings"),
]
WRITES: list[Write] = [
    write("POST /v1/findings/mutings", "scorecard", MUTED, permit="finding.mute", twin="manager", owner="employee", sees="scorecard"),
    write("POST /v1/findings/mutings", "scorecard", MUTED, permit="finding.mute", twin="board", owner="chief", sees="scorecard"),
    write("POST /v1/findings/mutings", "scorecard", MUTING, permit="findings.mute_everywhere", owner="employee", sees="open",
          not_by=FOREIGN),
    Write("kpi_api POST /v1/findings/mutings", "unit",
          lambda thing: Call("POST", "/v1/findings/mutings", MUTING | {"code": "unit_without_value_statement", "unit_id": thing["id"]}),
          above_unit, "executive", "north", sees="led_unit"),
    write("DELETE /v1/findings/mutings/{muting_id}", "finding_muting", path="/v1/findings/mutings/{id}", permit="finding.mute",
          twin="manager", owner="employee", sees="finding_muting", prepare=a_muting),
    Write("graphql Mutation.muteFinding", "scorecard", ask(
        f'mutation ($id: ID!) {{ muteFinding(code: "no_outcome", reason: "r", endsOn: "2199-12-31", scorecard: $id) {{ {MUTE} }} }}',
        id=own_id,
    ), "finding.mute", "manager", "employee", sees="scorecard", accepted=changed),
    Write("graphql Mutation.unmuteFinding", "finding_muting", ask(
        f"mutation ($id: UUID!) {{ unmuteFinding(muting: $id) {{ {MUTE} }} }}", id=own_id,
    ), "finding.mute", "manager", "employee", sees="finding_muting", prepare=a_muting, accepted=changed),
]  # fmt: skip
DOORS: list[Door] = [*READS, *WRITES]
