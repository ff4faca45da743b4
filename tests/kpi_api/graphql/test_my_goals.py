"""A person's own page of goals is one query, of as many statements for eight KPIs as for one: docs/frontends.md."""

from pathlib import Path
from typing import Any

from tests.kpi_api.cascade.company import Company, kpi
from tests.kpi_api.graphql.asking import ask
from tests.kpi_api.graphql.test_graph import statements_of

PAGE = (Path(__file__).parents[3] / "docs" / "my-goals.graphql").read_text()
GOAL = {"skill": "SQL", "aim": "next_role", "why": "Answer my own questions", "due_on": "2026-09-30", "steps": [{"text": "The course"}]}


async def page(company: Company, name: str) -> dict[str, Any]:
    return (await ask(await company.client(name), PAGE, cycle="2026"))["viewer"]["person"]  # type: ignore[no-any-return]


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


async def carry(company: Company, ids: dict[str, str], names: list[str]) -> None:
    """Eli has a scorecard of these KPIs, a comment on it and a development goal, each KPI with a value."""
    admin, eli = await company.admin(), await company.client("eli")
    values = [{"kpi_id": ids[name], "period_start": "2026-01-01", "value": "120000", "source": "shop"} for name in names]
    assert (await eli.post("/v1/measurements", json=values)).json()["created"] == len(names)
    lines = [{"kpi_id": ids[name], "weight": "12.50"} for name in names]
    person = {"person_id": str(company.people["eli"].id), "cycle_code": "2026"}
    card = (await admin.post("/v1/scorecards", json=person | {"lines": lines})).json()
    assert (await eli.post(f"/v1/scorecards/{card['id']}/comments", json={"text": "Is this all?"})).status_code == 201
    goal = await eli.post("/v1/development-goals", json=GOAL | {"person_id": str(company.people["eli"].id)})
    assert goal.status_code == 201, goal.text


async def test_one_query_says_what_why_how_far_and_what_may_be_done(company: Company) -> None:
    await company.organization.set_clock("2026-02-20T09:00:00Z")
    ids = await company.cascade()
    await carry(company, ids, ["eli"])

    me = await page(company, "eli")

    (mine,) = nodes(me["kpis"])
    assert mine["targets"] == [{"part": "main", "sentence": "at least 450,000 USD per quarter"}]
    assert mine["actuals"][0]["actual"] == "120000"
    assert mine["lineOfSight"]["orphan"] is False
    assert "Revenue of growth" in mine["lineOfSight"]["sentence"]
    assert {verb["verb"]: verb["allowed"] for verb in mine["verbs"]} == {"record_values": True, "change_targets": True, "contribute": True}
    (card,) = nodes(me["scorecards"])
    assert [line["name"] for line in card["lines"]] == ["Revenue of eli"]
    assert [comment["text"] for comment in card["comments"]] == ["Is this all?"]
    assert "too_few_kpis" in {finding["rule"]["code"] for finding in card["findings"]}
    force = next(verb for verb in card["verbs"] if verb["verb"] == "force")
    assert (force["allowed"], force["reason"]) == (False, "Only an HR administrator may force.")
    (goal,) = nodes(me["developmentGoals"])
    assert (goal["skill"], goal["status"], goal["waitingFor"], goal["kpi"]) == ("SQL", "PROPOSED", "MANAGER", None)
    agree = next(verb for verb in goal["verbs"] if verb["verb"] == "agree")
    assert (agree["allowed"], agree["reason"]) == (False, "Your side wrote the present text; the other side agrees to it.")


async def test_eight_kpis_take_as_many_statements_as_one(company: Company) -> None:
    await company.organization.set_clock("2026-02-20T09:00:00Z")
    ids = await company.cascade()
    await carry(company, ids, ["eli"])
    fay = await company.create(*(kpi(f"f{n}", "individual", person="fay", to=["north"]) for n in range(8)))
    eight, lines = await company.client("fay"), [{"kpi_id": id_, "weight": "12.50"} for id_ in fay.values()]
    values = [{"kpi_id": id_, "period_start": "2026-01-01", "value": "1", "source": "shop"} for id_ in fay.values()]
    assert (await eight.post("/v1/measurements", json=values)).json()["created"] == 8
    person = {"person_id": str(company.people["fay"].id)}
    card = (await (await company.admin()).post("/v1/scorecards", json=person | {"cycle_code": "2026", "lines": lines})).json()
    for n in range(3):
        assert (await eight.post(f"/v1/scorecards/{card['id']}/comments", json={"text": f"Word {n}"})).status_code == 201
        assert (await eight.post("/v1/development-goals", json=GOAL | person)).status_code == 201
    await page(company, "eli")
    counts = {}

    for name in ("eli", "fay"):
        with statements_of(company) as statements:
            me = await page(company, name)
        counts[name] = len(statements)
        assert len(nodes(me["kpis"])) == {"eli": 1, "fay": 8}[name]

    assert counts["eli"] == counts["fay"]
