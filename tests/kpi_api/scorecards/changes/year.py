"""What tests of changes do to Ann's agreed scorecard."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.kpi_api.scorecards.scene import Scene


@dataclass
class AgreedYear:
    scene: Scene
    card: str

    async def request(self, by: str, *weights: str, card: str = "", since: str = "2026-07-01", **body: Any) -> httpx.Response:
        given = {"effective_from": since, "reason": "another market", "lines": self.scene.lines(*weights)} | body
        return await (await self.scene.client(by)).post(f"/v1/scorecards/{card or self.card}/changes", json=given)

    async def requested(self, by: str, *weights: str, **body: Any) -> dict[str, Any]:
        answer = await self.request(by, *weights, **body)
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def answer(self, change: dict[str, Any], verb: str, by: str, etag: str = "*", **body: Any) -> httpx.Response:
        place = f"/v1/scorecards/{change['scorecard_id']}/changes/{change['id']}/{verb}"
        return await (await self.scene.client(by)).post(place, json=body, headers={"If-Match": etag})

    async def changes(self, by: str = "hr", **asked: Any) -> list[dict[str, Any]]:
        answer = await (await self.scene.client(by)).get("/v1/scorecard-changes", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]  # type: ignore[no-any-return]

    async def change(self, id_: str, by: str = "hr") -> dict[str, Any]:
        answer = await (await self.scene.client(by)).get(f"/v1/scorecard-changes/{id_}")
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def story(self, card: str = "", by: str = "ann") -> list[str]:
        answer = await (await self.scene.client(by)).get(f"/v1/scorecards/{card or self.card}/history")
        assert answer.status_code == 200, answer.text
        return [step["sentence"] for step in answer.json()["steps"]]
