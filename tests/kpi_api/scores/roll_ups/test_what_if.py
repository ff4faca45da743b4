"""What would follow: amounts up to the strategic KPIs, dependence without an amount, nothing written, nothing told out of sight."""

from typing import Any

import httpx
from sqlalchemy import text

from tests.kpi_api.cascade.company import Company
from tests.kpi_api.scores.roll_ups.scene import cascade, dollars, link, measure, say
from tests.kpi_api.scores.roll_ups.test_roll_ups import scored


async def ask(company: Company, *changes: dict[str, Any], by: str | None = None, **more: Any) -> httpx.Response:
    client = await company.client(by) if by else await company.admin()
    return await client.post("/v1/cascade/what-if", json={"cycle": "2026", "changes": list(changes), **more})


async def would(company: Company, *changes: dict[str, Any], by: str | None = None, **more: Any) -> dict[str, Any]:
    answer = await ask(company, *changes, by=by, **more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def moved(found: dict[str, Any]) -> list[tuple[str, str, str, str, str | None]]:
    keys = ("before", "after", "change", "change_percent")
    return [(effect["kpi"]["name"].removeprefix("Revenue of "), *(effect[key] for key in keys)) for effect in found["effects"]]


async def test_a_missed_kpi_takes_its_amount_from_all_above_strategic_first(company: Company) -> None:
    ids = await cascade(company)
    await measure(company, eli="120000", fay="30000", hal="300000")

    found = await would(company, {"kpi_id": ids["eli"], "missed": True})

    assert moved(found) == [
        ("growth", "450000", "330000", "-120000", "-26.67"),
        ("field", "450000", "330000", "-120000", "-26.67"),
        ("sales", "150000", "30000", "-120000", "-80.00"),
        ("north", "150000", "30000", "-120000", "-80.00"),
    ]
    assert found["sentence"].startswith(
        "If “Revenue of eli” is missed (0 of 120), “Revenue of growth” falls from 450,000 to 330,000 USD, 26.67 % below today; "
    )
    assert found["depends"] == []


async def test_a_parent_measured_by_itself_gets_its_weight_and_no_amount(company: Company) -> None:
    ids = await cascade(company)
    await say(company, ids["field"], roll_up="measured")
    await link(company, "sales", "field", "2")
    await link(company, "support", "field", "3")
    await measure(company, eli="10", fay="20", hal="3", field="1000")

    found = await would(company, {"kpi_id": ids["eli"], "value": "15.5"})

    assert moved(found) == [("sales", "30", "35.5", "5.5", "18.33"), ("north", "30", "35.5", "5.5", "18.33")]
    assert [(one["kpi"]["name"], one["weight"], one["of_weights"], one["because"]) for one in found["depends"]] == [
        ("Revenue of growth", "1", "1", "below_is_measured"), ("Revenue of field", "2", "5", "measured"),
    ]  # fmt: skip
    assert found["sentence"] == (
        "If “Revenue of eli” comes to 15.5 USD, “Revenue of sales” rises from 30 to 35.5 USD, 18.33 % above today;"
        " “Revenue of north” rises from 30 to 35.5 USD, 18.33 % above today."
        " “Revenue of growth” depends on “Revenue of field” with weight 1 of 1; what it follows from is measured by itself."
        " “Revenue of field” depends on “Revenue of sales” with weight 2 of 5; measured by itself, so no amount."
    )


async def test_several_changes_and_a_sum_in_the_middle(company: Company) -> None:
    ids = await cascade(company)
    await measure(company, eli="10", fay="20", hal="3")

    found = await would(company, {"kpi_id": ids["sales"], "value": "100"}, {"kpi_id": ids["hal"], "value": "0"})

    assert moved(found) == [
        ("growth", "33", "100", "67", "203.03"), ("field", "33", "100", "67", "203.03"), ("support", "3", "0", "-3", "-100.00"),
    ]  # fmt: skip


async def test_nothing_known_above_is_said_and_missing_ones_may_be_accepted(company: Company) -> None:
    ids = await cascade(company)
    await measure(company, eli="10")

    found = await would(company, {"kpi_id": ids["eli"], "value": "7"})
    accepted = await would(company, {"kpi_id": ids["eli"], "value": "7"}, accept_missing=True)

    assert (found["effects"], {one["because"] for one in found["depends"]}) == ([], {"no_value"})
    assert found["sentence"].startswith("If “Revenue of eli” comes to 7 USD, no amount above changes. ")
    assert moved(accepted)[0] == ("growth", "10", "7", "-3", "-30.00")
    assert not accepted["effects"][0]["complete"]


async def test_a_shared_result_falls_as_often_as_it_is_counted(company: Company) -> None:
    ids = await cascade(company)
    await link(company, "eli", "support")
    await measure(company, eli="10", fay="20", hal="3")

    written, once = [await would(company, {"kpi_id": ids["eli"], "missed": True}, once=flag) for flag in (False, True)]

    assert moved(written)[0] == ("growth", "43", "23", "-20", "-46.51")
    assert moved(once)[0] == ("growth", "33", "23", "-10", "-30.30")


async def test_an_attainment_moves_what_rolls_up_attainments(company: Company) -> None:
    ids = await cascade(company)
    await say(company, ids["north"], roll_up="mean", roll_up_of="attainments")
    await scored(company, eli=(ids["eli"], "1", "1"), fay=(ids["fay"], "0.5", "0.5"))

    found = await would(company, {"kpi_id": ids["eli"], "attainment": "0.25"}, by="dora")

    (effect,) = found["effects"]
    assert (effect["of"], effect["before"], effect["after"], effect["unit"]) == ("attainments", "0.750000000000", "0.375000000000", None)
    assert "“Revenue of north” falls from 75 to 37.5 % of its target, 50 % below today." in found["sentence"]


async def test_nothing_is_written(company: Company) -> None:
    ids = await cascade(company)
    await measure(company, eli="10", fay="20", hal="3")
    counted = await rows(company)

    await would(company, {"kpi_id": ids["eli"], "missed": True})

    assert await rows(company) == counted


async def rows(company: Company) -> dict[str, int]:
    """How many rows each table of kpi_api has, and how often they were changed."""
    async with company.organization.world.kpi_api.database.read(company.organization.id) as session:
        tables = [row[0] for row in await session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))]
        seen = {}
        for table in [table for table in tables if await _may_read(session, table)]:
            statement = f"SELECT coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) || ':' || count(*) FROM {table} t"  # noqa: S608
            seen[table] = await session.scalar(text(statement))
        return seen


async def _may_read(session: Any, table: str) -> bool:
    return bool(await session.scalar(text("SELECT has_table_privilege(current_user, :table, 'SELECT')"), {"table": f'"{table}"'}))


async def test_what_cannot_be_supposed_is_refused_by_name(company: Company) -> None:
    ids = await cascade(company)
    low = dollars("low", "individual", person="eli", targets=[{"value": "1", "value_high": "5", "unit": "USD", "comparison": "within"}])
    ids |= await company.create(low)

    strange = await ask(company, {"kpi_id": ids["hal"], "missed": True}, by="eli")
    never = await ask(company, {"kpi_id": str(company.units["vale"].id), "missed": True}, by="eli")
    ancestor = await ask(company, {"kpi_id": ids["north"], "value": "1"}, by="eli")
    best = await ask(company, {"kpi_id": ids["low"], "missed": True}, by="eli")
    twice = await ask(company, {"kpi_id": ids["eli"], "missed": True}, {"kpi_id": ids["eli"], "value": "1"})
    both = await ask(company, {"kpi_id": ids["eli"], "missed": True, "value": "1"})

    assert (strange.status_code, strange.json()) == (422, never.json())
    assert [answer.json()["errors"][0]["code"] for answer in (strange, ancestor, best, twice, both)] == [
        "unknown_kpi", "unknown_kpi", "missed_needs_value", "named_twice", "one_change",
    ]  # fmt: skip
    assert twice.json()["detail"] == "/changes/0 names the same KPI."


async def test_who_sees_a_kpi_above_as_an_ancestor_learns_that_it_depends_and_no_amount(company: Company) -> None:
    ids = await cascade(company)
    await measure(company, eli="10", fay="20", hal="3")

    found = await would(company, {"kpi_id": ids["eli"], "missed": True}, by="eli")

    assert found["effects"] == []
    assert {(one["because"], one["of_weights"]) for one in found["depends"]} == {("not_seen_whole", None)}
    assert [one["kpi"]["name"] for one in found["depends"]] == [f"Revenue of {name}" for name in ("growth", "field", "sales", "north")]
    assert "USD" not in found["sentence"]
