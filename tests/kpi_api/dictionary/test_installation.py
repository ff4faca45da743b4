"""The role library in an organization's dictionary, and templates."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.world import Organization


async def test_the_library_installs_once_with_all_roles(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    first = (await client.post("/v1/library/install")).json()
    again = (await client.post("/v1/library/install")).json()

    assert (first["templates"], first["competencies"]) == (6, 5)
    assert first["definitions"] >= 30
    assert set(again.values()) == {0}
    templates = (await client.get("/v1/templates")).json()["items"]
    assert [template["code"] for template in templates] == sorted(template["code"] for template in templates)
    assert all(sum(Decimal(line["weight"]) for line in template["lines"]) == 100 for template in templates)
    win_rate = (await client.get("/v1/definitions", params={"code": "win_rate"})).json()["items"][0]
    assert (win_rate["origin"], win_rate["version"]["status"], win_rate["version"]["author_id"]) == ("library", "approved", None)


async def test_two_installations_at_once_add_everything_once(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api

    answers = await asyncio.gather(client.post("/v1/library/install"), client.post("/v1/library/install"))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.json()["templates"] for answer in answers) == [0, 6]
    codes = [item["code"] for item in (await client.get("/v1/definitions", params={"limit": 200})).json()["items"]]
    assert len(codes) == len(set(codes)) == sum(answer.json()["definitions"] for answer in answers)


def template(**line: Any) -> dict[str, Any]:
    whole = {"definition_code": "win_rate", "weight": "100.00", "targets": [{"value": "30", "unit": "percent"}]}
    return {"code": "mine", "name": "Mine", "lines": [whole | line]}


async def test_a_template_of_ones_own_is_kept_with_exact_weights(organization: Organization) -> None:
    client = (await organization.admin()).kpi_api
    await client.post("/v1/library/install")
    lines = [template(weight=weight, definition_code=code, targets=targets)["lines"][0] for code, weight, targets in [
        ("win_rate", "33.33", [{"value": "30", "unit": "percent"}]),
        ("new_accounts_opened", "66.67", [{"value": "8", "unit": "count", "period": "quarter"}]),
    ]]  # fmt: skip

    created = await client.post("/v1/templates", json={"code": "mine", "name": "Mine", "lines": lines})

    assert created.status_code == 201, created.text
    read = (await client.get(created.headers["Location"])).json()
    assert [line["weight"] for line in read["lines"]] == ["33.33", "66.67"]
    assert read["lines"][1]["targets"][0]["value"] == "8"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"weight": "99.99"}, "weights_total"),
        ({"weight": "33.333"}, "too_many_digits"),
        ({"definition_code": "unknown"}, "unknown_reference"),
        ({"targets": [{"value": "30", "unit": "USD"}]}, "wrong_unit"),
        ({"targets": [{"value": "30", "unit": "percent", "comparison": "at_most"}]}, "target_kind"),
        ({"targets": [{"value": "30", "unit": "percent", "part": "other"}]}, "unknown_part"),
        ({"targets": [{"value": "30", "unit": "percent", "baseline": "30.00"}]}, "target_equals_baseline"),
        ({"targets": [{"value": 30.5, "unit": "percent"}]}, "decimal_as_number"),
        ({"targets": [{"value": "30", "unit": "percent", "comparison": "within"}]}, "target_band"),
        ({"targets": [{"value": "6", "unit": "percent", "scale_minimum": "1", "scale_maximum": "5"}]}, "rating_scale"),
    ],
)
async def test_a_template_that_could_not_be_scored_is_refused(organization: Organization, line: dict[str, Any], code: str) -> None:
    client = (await organization.admin()).kpi_api
    await client.post("/v1/library/install")

    answer = await client.post("/v1/templates", json=template(**line))

    assert answer.status_code == 422
    assert code in {error["code"] for error in answer.json()["errors"]}
    assert "mine" not in {item["code"] for item in (await client.get("/v1/templates")).json()["items"]}
