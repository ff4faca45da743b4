"""How kpi_api speaks to scoring, over HTTP with a short-lived signed token; the only code here that does."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx

from chassis.http_client import ServiceClient
from chassis.identity import SERVICE_TOKEN_LIFE, TokenSigner, load_private_key
from chassis.service import Resources

ISSUER: Final = "kpi_api"
SCORING: Final = "scoring"


class ScoringRefused(Exception):
    """Scoring answered with a problem: `status`, and the problem's `code` and `detail`."""

    def __init__(self, response: httpx.Response) -> None:
        problem = response.json() if "json" in response.headers.get("Content-Type", "") else {}
        self.status = response.status_code
        self.code = str(problem.get("code", "unknown"))
        self.detail = str(problem.get("detail", response.text[:200]))
        super().__init__(f"scoring answered {self.status} {self.code}: {self.detail}")


class ScoringClient:
    """Scoring, as one organization and, where said, one acting person."""

    def __init__(self, client: ServiceClient, key_file: Path) -> None:
        self._client = client
        self._key_file = key_file

    async def call(
        self, organization_id: UUID, method: str, path: str, *, acting_person: UUID | None = None, repeatable: bool = False, **content: Any
    ) -> httpx.Response:
        """A successful answer. With `acting_person` scoring grants that person's rights and no more, else the service's.

        Raises ServiceUnavailable when scoring cannot be reached, ScoringRefused when it answers with a problem.
        """
        token = TokenSigner(ISSUER, load_private_key(self._key_file)).sign(
            subject=ISSUER,
            audience=SCORING,
            organization_id=organization_id,
            life=SERVICE_TOKEN_LIFE,
            acting_person=acting_person,
        )
        response = await self._client.request(method, path, token=token, repeatable=repeatable, **content)
        if response.is_error:
            raise ScoringRefused(response)
        return response

    async def score(self, organization_id: UUID, scorecards: Sequence[dict[str, Any]], as_of: datetime) -> list[dict[str, Any]]:
        """The score or error of each scorecard, in the order given, by the plan that scoring has assigned."""
        body = {"scorecards": scorecards, "as_of": as_of.isoformat()}
        response = await self.call(organization_id, "POST", "/v1/scores", repeatable=True, json=body)
        results: list[dict[str, Any]] = response.json()["results"]
        return results

    async def put_people(self, organization_id: UUID, people: Sequence[dict[str, Any]], as_of: datetime) -> None:
        """Tell scoring of people as they were known at `as_of`; an older telling never overwrites a newer one."""
        await self.call(organization_id, "PUT", "/v1/people", json={"people": people, "as_of": as_of.isoformat()})

    async def put_api_keys(self, organization_id: UUID, keys: Sequence[dict[str, Any]]) -> None:
        """Tell scoring of API keys, by the digests of their secrets."""
        await self.call(organization_id, "PUT", "/v1/api-keys", json={"keys": keys})

    async def pay_due(self, organization_id: UUID, person_id: UUID) -> list[dict[str, str]]:
        """The person's payouts that are computed and not paid; none of somebody whom scoring does not know."""
        try:
            response = await self.call(organization_id, "GET", f"/v1/people/{person_id}/pay-due")
        except ScoringRefused as refused:
            if refused.status != httpx.codes.NOT_FOUND:
                raise
            return []
        due: list[dict[str, str]] = response.json()["due"]
        return due

    async def close(self) -> None:
        await self._client.close()


def open_scoring_client(url: str, key_folder: Path, transport: httpx.AsyncBaseTransport | None) -> ScoringClient:
    """The client with kpi_api's own key. Raises FileNotFoundError when the key folder has none."""
    key_file = key_folder / f"{ISSUER}.jwk.json"
    load_private_key(key_file)
    return ScoringClient(ServiceClient(url, transport=transport), key_file)


def scoring_of(resources: Resources) -> ScoringClient:
    """The client among a service's resources (`app.state.resources`, `job.resources`)."""
    client: ScoringClient = resources[SCORING]
    return client
