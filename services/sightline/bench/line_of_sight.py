"""`graphql.line_of_sight`: requests a second for a KPI's line of sight up to the board, against one hand-written SQL statement.

Both are answered by the same server process (see `server`), for the same people and KPIs, to clients that do nothing but send and read.
"""

import asyncio
import json
from collections.abc import Callable

from sightline.bench.company import Company, company_of
from sightline.bench.connection import ask
from sightline.bench.figures import Figure
from sightline.bench.stage import BenchFailed, Stage, seconds

ROUNDS = 2
REQUESTS = 600
CLIENTS = 4
VIEWERS = 50
STRIDE = 7919

QUERY = (
    "query($id: ID!) { lineOfSight(kpiId: $id) { mission kpis { uuid name why level status owningUnit"
    " targets { part comparison value unit period } } steps { childUuid parentUuid weight } } }"
)

Request = tuple[str, str, bytes]
"""Method, path with query, body."""


async def run(stage: Stage, people: int) -> Figure:
    """Requests a second, ours and theirs, the better of two rounds each."""
    stage.rest()
    company = await company_of(stage, people)
    stage.serve_instead("kpi_api", "sightline.bench.server")
    mine, theirs = [], []
    await _require_same(stage, company)
    for _ in range(ROUNDS):
        theirs.append(await seconds(lambda: _ask_all(stage, company, by_hand)))
        mine.append(await seconds(lambda: _ask_all(stage, company, through_graphql)))
    return Figure("graphql.line_of_sight", REQUESTS / min(mine), "requests/s", REQUESTS / min(theirs), "higher", 0.3)


def through_graphql(kpi: str) -> Request:
    return "POST", "/graphql", json.dumps({"query": QUERY, "variables": {"id": kpi}}).encode()


def by_hand(kpi: str) -> Request:
    return "GET", f"/bench/line-of-sight/{kpi}", b""


async def _ask_all(stage: Stage, company: Company, make: Callable[[str], Request]) -> None:
    """Every client asks for its share of the requests, one after the other."""
    share = REQUESTS // CLIENTS
    await asyncio.gather(*(_ask(stage, company, make, range(client * share, (client + 1) * share)) for client in range(CLIENTS)))


async def _ask(stage: Stage, company: Company, make: Callable[[str], Request], numbers: range) -> list[bytes]:
    kpis = [STRIDE * (number % VIEWERS) % (company.people * 6) for number in numbers]
    return await ask(stage.address("kpi_api"), [(*make(str(company.kpi(kpi))), _token(stage, company, kpi)) for kpi in kpis])


_tokens: dict[int, str] = {}


def _token(stage: Stage, company: Company, kpi: int) -> str:
    """The KPI's owner's, signed once."""
    if kpi not in _tokens:
        _tokens[kpi] = stage.token(company.organization_id, company.owner_of(kpi))
    return _tokens[kpi]


async def _require_same(stage: Stage, company: Company) -> None:
    """Both give the same KPIs and steps."""
    (graph,) = await _ask(stage, company, through_graphql, range(1, 2))
    (hand_made,) = await _ask(stage, company, by_hand, range(1, 2))
    ours, theirs = json.loads(graph)["data"]["lineOfSight"], json.loads(hand_made)
    for seen in (ours, theirs):
        seen["kpis"].sort(key=lambda kpi: kpi["uuid"])
        seen["steps"].sort(key=lambda step: step["childUuid"])
    if json.loads(json.dumps(ours).lower()) != json.loads(json.dumps(theirs).lower()):
        raise BenchFailed(f"The graph answers {ours}, the hand-written statement {theirs}.", "Make both answer the same.")
