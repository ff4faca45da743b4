"""What each KPI comes to, over HTTP: the whole tree from the top, missing values named as far as seen, filters, pages, attainments."""

from decimal import Decimal

from sqlalchemy import text

from tests.kpi_api.cascade.company import Company
from tests.kpi_api.scores.roll_ups.scene import cascade, dollars, link, measure, roll_up, say


async def test_everything_follows_from_what_was_measured_strategic_first(company: Company) -> None:
    await cascade(company)
    await measure(company, eli="10.5", fay="20", hal="3")

    found = await roll_up(company)

    assert [(code, item["value"]) for code, item in found.items()] == [
        ("growth", "33.5"), ("field", "33.5"), ("sales", "30.5"), ("support", "3"), ("north", "30.5"),
        ("eli", "10.5"), ("fay", "20"), ("hal", "3"),
    ]  # fmt: skip
    assert {(item["unit"], item["complete"], item["reason"], item["counted_twice"]) for item in found.values()} == {
        ("USD", True, None, False)
    }
    assert (found["growth"]["level"], found["growth"]["owning_unit"]["name"], found["growth"]["roll_up"]) == ("strategic", "Vale", "sum")


async def test_a_missing_value_leaves_none_above_and_is_named(company: Company) -> None:
    ids = await cascade(company)
    await measure(company, eli="10", hal="3")

    found, accepted = await roll_up(company), await roll_up(company, accept_missing="true")

    assert [found[code]["value"] for code in ("growth", "field", "sales", "support", "north", "fay")] == [None, None, None, "3", None, None]
    assert (found["north"]["reason"], found["fay"]["reason"]) == ("missing", "not_measured")
    assert found["north"]["missing"] == [{"kpi_id": ids["fay"], "name": "Revenue of fay", "since": "2026-01-01"}]
    assert [one["name"] for one in found["growth"]["missing"]] == ["Revenue of field"]
    assert [accepted[code]["value"] for code in ("growth", "field", "sales", "north", "fay")] == ["13", "13", "10", "10", None]
    assert [accepted[code]["complete"] for code in ("growth", "north", "support", "fay")] == [False, False, True, False]
    assert [one["name"] for one in accepted["north"]["missing"]] == ["Revenue of fay"]


async def test_means_and_weights(company: Company) -> None:
    ids = await cascade(company)
    await say(company, ids["north"], roll_up="weighted_mean")
    await say(company, ids["field"], roll_up="mean")
    await link(company, "eli", "north", "2")
    await measure(company, eli="10", fay="11", hal="5")

    found = await roll_up(company)

    assert found["north"]["value"] == "10.333333333333"  # (2 x 10 + 11) / 3
    assert found["field"]["value"] == "7.666666666667"  # (10.333333333333 + 5) / 2 = 7.6666666666665
    assert found["growth"]["value"] == "7.666666666667"


async def test_pages_and_filters(company: Company) -> None:
    ids = await cascade(company)
    await measure(company, eli="10", fay="20", hal="3")
    client = await company.admin()
    first = (await client.get("/v1/cascade/roll-up", params={"cycle": "2026", "limit": 3})).json()
    rest = (await client.get("/v1/cascade/roll-up", params={"cycle": "2026", "limit": 50, "cursor": first["next"]})).json()

    assert [item["code"] for item in (*first["items"], *rest["items"])] == list(await roll_up(company))
    assert rest["next"] is None
    assert set(await roll_up(company, unit_id=str(company.units["sales"].id))) == {"sales", "north", "eli", "fay"}
    assert set(await roll_up(company, kpi_id=ids["support"])) == {"support", "hal"}
    assert set(await roll_up(company, level="functional")) == {"sales", "support"}
    assert (await roll_up(company, kpi_id=ids["support"]))["support"]["value"] == "3"
    assert (await client.get("/v1/cascade/roll-up", params={"cycle": "2030"})).status_code == 404


async def test_a_viewer_reads_what_they_see_whole_and_what_lies_below_counts_unnamed(company: Company) -> None:
    ids = await cascade(company)
    # Hal, who leads nobody, carries the north's result together with others.
    shared = dollars("joint", "team", unit="north", roll_up="sum", collaborative=True, stakeholders=[{"person_external_id": "x-hal"}])
    ids |= await company.create(shared)
    await link(company, "eli", "joint")
    await link(company, "fay", "joint")
    await measure(company, eli="10", fay="20", hal="3")

    mine = await roll_up(company, by="hal")
    hal, unit = await company.client("hal"), str(company.units["north"].id)
    stranger, never = [await hal.get("/v1/cascade/roll-up", params={"cycle": "2026", "kpi_id": id_}) for id_ in (ids["north"], unit)]
    doras = await roll_up(company, by="dora")

    assert {code: item["value"] for code, item in mine.items()} == {"joint": "30", "hal": "3"}
    assert (stranger.status_code, stranger.json()) == (404, never.json())
    assert {code: item["value"] for code, item in doras.items()} == {"north": "30", "joint": "30", "eli": "10", "fay": "20"}


async def test_what_is_missing_out_of_sight_is_not_named(company: Company) -> None:
    await cascade(company)
    await company.create(dollars("joint", "team", unit="north", roll_up="sum", collaborative=True, stakeholders=[{"unit_code": "support"}]))
    await link(company, "eli", "joint")

    hals, doras = (await roll_up(company, by="hal"))["joint"], (await roll_up(company, by="dora"))["joint"]

    assert (hals["value"], hals["reason"], hals["complete"], hals["missing"]) == (None, "missing", False, [])
    assert [one["name"] for one in doras["missing"]] == ["Revenue of eli"]


async def test_a_shared_result_is_flagged_and_counted_once_where_asked(company: Company) -> None:
    await cascade(company)
    await link(company, "eli", "support")
    await measure(company, eli="10", fay="20", hal="3")

    written, once = await roll_up(company), await roll_up(company, once="true")

    assert [written[code]["value"] for code in ("growth", "field", "sales", "support")] == ["43", "43", "30", "13"]
    assert [code for code, item in written.items() if item["counted_twice"]] == ["growth", "field"]
    assert [once[code]["value"] for code in ("growth", "field", "sales", "support")] == ["33", "33", "30", "13"]


async def test_attainments_come_from_the_stored_scores_and_roll_up(company: Company) -> None:
    ids = await cascade(company)
    await say(company, ids["north"], roll_up="mean", roll_up_of="attainments")
    await say(company, ids["sales"], roll_up="weighted_mean", roll_up_of="attainments")
    await measure(company, eli="10", fay="20", hal="3")
    await scored(company, eli=(ids["eli"], "1.5", "1.2"))

    partly = await roll_up(company)
    await scored(company, fay=(ids["fay"], "0.5", "0.5"))
    found = await roll_up(company)

    assert (partly["north"]["attainment_raw"], partly["north"]["reason"]) == (None, "missing")
    assert [one["name"] for one in partly["north"]["missing"]] == ["Revenue of fay"]
    assert (found["eli"]["attainment_raw"], found["eli"]["attainment_capped"]) == ("1.500000000000", "1.200000000000")
    assert found["eli"]["value"] == "10"
    assert [Decimal(found[code]["attainment_raw"]) for code in ("north", "sales")] == [1, 1]
    assert [Decimal(found[code]["attainment_capped"]) for code in ("north", "sales")] == [Decimal("0.85"), Decimal("0.85")]
    # What rolls up attainments has no value, so nothing above that adds up values has one.
    assert [(found[code]["value"], found[code]["reason"]) for code in ("north", "field")] == [(None, None), (None, "missing")]
    assert (found["hal"]["attainment_raw"], found["hal"]["reason"]) == (None, None)  # measured, on no scored scorecard


async def scored(company: Company, **attained: tuple[str, str, str]) -> None:
    """A scorecard of one line for each, with the answer of scoring as it is kept."""
    async with company.organization.world.kpi_api.database.write(company.organization.id) as session:
        for name, (kpi_id, raw, capped) in attained.items():
            keys = {"organization": company.organization.id, "person": company.people[name].id, "kpi": kpi_id, "raw": raw, "capped": capped}
            await session.execute(text("""
                WITH card AS (
                  INSERT INTO scorecards (organization_id, id, version, person_id, cycle_id, status, written_by_side, window_start,
                    window_end, imposed, agreement, created_at)
                  SELECT c.organization_id, gen_random_uuid(), 1, :person, c.id, 'active', 'manager', c.starts_on, c.ends_on, false,
                    jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('line', 1, 'kpi_id', CAST(:kpi AS text)))), now()
                  FROM cycles c WHERE c.organization_id = :organization
                  RETURNING organization_id, id
                ), line AS (
                  INSERT INTO scorecard_lines (organization_id, id, scorecard_id, kpi_id, weight, component, position)
                  SELECT organization_id, gen_random_uuid(), id, CAST(:kpi AS uuid), 100, 'kpis', 1 FROM card
                )
                INSERT INTO scores (organization_id, id, inputs_version, computed_version, result, computed_at)
                SELECT organization_id, id, 1, 1, jsonb_build_object('error', NULL, 'lines', jsonb_build_array(jsonb_build_object(
                  'line', 1, 'attainment_raw', CAST(:raw AS text), 'attainment_capped', CAST(:capped AS text)))), now()
                FROM card
            """), keys)  # fmt: skip
