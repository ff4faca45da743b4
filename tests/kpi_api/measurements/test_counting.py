"""Only what also meets the quality counts: twelve models a quarter, each with a forecast within 5 % (S0, "Types of Individual KPIs")."""

from decimal import Decimal

import pytest

from kpi_api.cascade.models import Kpi, KpiTarget
from kpi_api.dictionary.library import load_library
from kpi_api.measurements.queries import actuals
from tests.kpi_api import given
from tests.kpi_api.measurements.conftest import Scene

QUARTERS = ("2026-01-01", "2026-04-01")


@pytest.fixture
async def models(scene: Scene) -> Kpi:
    """The library's KPI, given to Ann, its targets in another order than its parts."""
    library = load_library().kpis["financial_models"]
    facts = {"combine": library.combine, "combine_parts": library.combine_parts}
    definition, version = given.a_definition("models", parts=[part.model_dump() for part in library.all_parts()], **facts)
    kpi = given.a_kpi(version, scene.cycle, scene.ann, code="models-ann")
    await given.store(scene.organization, definition, version, kpi, *targets_of(kpi))
    return kpi


def targets_of(kpi: Kpi) -> list[KpiTarget]:
    accuracy = {"unit": "percent", "comparison": "within", "value_high": Decimal(5), "period": "window"}
    return [
        given.a_target(kpi, "-5", part="accuracy", position=1, **accuracy),
        given.a_target(kpi, "12", part="models", position=2, period="quarter"),
    ]


def counted(quarter: str, met: str, of: str, **other: str) -> dict[str, str]:
    return {"kpi_code": "models-ann", "part": "models", "period_start": quarter, "numerator": met, "denominator": of} | other


async def test_of_the_models_only_those_within_five_percent_count(scene: Scene, models: Kpi) -> None:
    first, second = QUARTERS
    await scene.record(counted(first, "12", "15"), counted(second, "10", "14"))

    (actual,) = (await scene.read(models))["actuals"]  # type: ignore[misc]

    assert (actual["part"], actual["actual"], actual["target"]) == ("models", "22", "48.000000000000")
    assert actual["comparison"] == "at_least"
    assert (actual["periods"], actual["missing"]) == (4, 2)


async def test_a_quarter_in_which_none_met_it_is_nought_and_one_not_reported_is_null(scene: Scene, models: Kpi) -> None:
    assert (await known(scene, models)) is None

    await scene.record(counted(QUARTERS[0], "0", "9"))

    assert (await known(scene, models)) == 0


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"value": "12", "numerator": "", "denominator": ""}, "/value", "count_needed"),
        ({"numerator": "13"}, "/numerator", "more_than_all"),
        ({"numerator": "-1"}, "/numerator", "more_than_all"),
        ({"part": "accuracy"}, "/part", "unknown_part"),
    ],
)
async def test_what_cannot_be_counted_is_refused_by_row(scene: Scene, models: Kpi, row: dict[str, str], field: str, code: str) -> None:
    wrong = {name: text for name, text in (counted(QUARTERS[0], "12", "12") | row).items() if text}

    answer = await scene.record(wrong, counted(QUARTERS[1], "1", "2"))

    (result,) = [result for result in answer["results"] if result["status"] == "error"]  # type: ignore[attr-defined]
    assert [(error["field"], error["code"]) for error in result["errors"]] == [(field, code)]
    assert await known(scene, models) == 1


async def known(scene: Scene, kpi: Kpi) -> Decimal | None:
    async with scene.organization.world.kpi_api.database.read(scene.organization.id) as session:
        return (await actuals(session, [kpi.id]))[kpi.id]["models"].actual
