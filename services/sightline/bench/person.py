"""`auth.person`: requests a second of `GET /v1/people/{id}`, against the same endpoint of a test build without checks (`unchecked_server`).

People read themselves and one of their reports, each with a token of their own. The checks are the token, the active person with roles and
delegations, and the filter of sight; tokens repeat, as they do in use, so that most proofs are remembered.
"""

import asyncio
from typing import Final
from uuid import UUID

from sightline.bench.company import Company, company_of
from sightline.bench.connection import ask
from sightline.bench.figures import Figure
from sightline.bench.stage import Stage, seconds

ROUNDS: Final = 2
REQUESTS: Final = 2000
CLIENTS: Final = 4
VIEWERS: Final = 100
AIM: Final = 0.7


async def run(stage: Stage, people: int) -> Figure:
    """Requests a second, with and without the checks, the better of two rounds each."""
    stage.rest()
    company = await company_of(stage, people)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        stage.serve_instead("kpi_api", "sightline.bench.unchecked_server")
        theirs.append(await _measure(stage, company))
        stage.serve_instead("kpi_api", "kpi_api")
        ours.append(await _measure(stage, company))
    return Figure("auth.person", REQUESTS / min(ours), "requests/s", REQUESTS / min(theirs), "higher", AIM)


async def _measure(stage: Stage, company: Company) -> float:
    pairs = [pair for place in range(VIEWERS) for pair in _readings(company, place % (company.people // 16))]
    requests = [("GET", f"/v1/people/{person}", b"", stage.token(company.organization_id, viewer)) for viewer, person in pairs]
    shares = [[requests[(client + CLIENTS * n) % len(requests)] for n in range(REQUESTS // CLIENTS)] for client in range(CLIENTS)]
    await ask(stage.address("kpi_api"), requests)  # each statement and each token once, before it counts
    return await seconds(lambda: asyncio.gather(*(ask(stage.address("kpi_api"), share) for share in shares)))


def _readings(company: Company, place: int) -> list[tuple[UUID, UUID]]:
    """Who reads whom: the one at this place of the tree themselves, and the first of their reports."""
    viewer = company.person(place)
    return [(viewer, viewer), (viewer, company.person(8 * place + 1))]
