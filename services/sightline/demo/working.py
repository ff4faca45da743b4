"""The year's work: results month by month, somebody who joins in May, somebody who moves in September, a gap and a late correction."""

import asyncio
import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import orjson
from standardwebhooks import Webhook

from kpi_api.measurements.measurable import measured_per
from sightline.demo.agreeing import open_from_template, propose_and_agree
from sightline.demo.company import CYCLE, JOINER, MOVER, YEAR, Meridale, read_text
from sightline.demo.founding import column_map, learn_people
from sightline.demo.office import Office
from sightline.demo.results import Course, Part, window_of, year_of_results

SEED: Final = "meridale"
CYCLE_START: Final = date(YEAR, 1, 1)
JSON: Final = {"Content-Type": "application/json"}

# How well people do: a share of their targets, by the last digit of the employee number, and two people with a story.
LEVELS: Final = ["1.02", "0.97", "1.06", "0.93", "1.10", "0.99", "1.04", "0.88", "1.01", "1.14"]
STORIES: Final = {"M021": Course(Decimal("0.84"), Decimal("0.20")), "M036": Course(Decimal("1.05"), Decimal("-0.35"))}

GAP_KPI, GAP_MONTH = "growth-leads", 8  # nobody sent the August figures
CORRECTED_KPI, CORRECTED_MONTH, CORRECTION_MONTH = "north-revenue", 3, 5  # the first quarter was booked too high

Row = dict[str, str]


async def work_through(office: Office, company: Meridale, months: Iterable[int]) -> None:
    """Play these months: at the end of each, what was measured in it arrives."""
    year = await _rows_by_month(office, company)
    for month in months:
        await office.set_clock(company.administrator, f"{_day_after(month)}T06:00:00Z")
        await send(office, company, [row for row in year[month] if not _is_gap(company, row, month)])
        if month == CORRECTION_MONTH:
            await _correct_late(office, company, year[CORRECTED_MONTH])


async def send(office: Office, company: Meridale, rows: list[Row]) -> None:
    if rows:
        await office.bulk(company.hr, "kpi_api", "/v1/measurements", content=orjson.dumps(rows), headers=JSON)


async def welcome_joiner(office: Office, company: Meridale) -> None:
    """11 May: a sales representative joins, with a scorecard from that day on and a pay basis of his own."""
    await office.set_clock(company.administrator, f"{YEAR}-05-11T09:00:00Z")
    path = f"/v1/people/import?{column_map()}"
    csv = {"Content-Type": "text/csv"}
    await office.bulk(company.administrator, "kpi_api", path, content=read_text("joiner.csv"), headers=csv)
    await learn_people(office, company)
    await open_from_template(office, company, "sales_representative", "sales-north", [JOINER])
    cards = await office.pages(company.hr, "kpi_api", "/v1/scorecards", person_id=company.id(JOINER), cycle_code=CYCLE)
    company.scorecards[JOINER] = cards[0]["id"]
    await propose_and_agree(office, company, JOINER, "M012")
    await office.wait_for("the joiner in scoring", company.pay, "scoring", f"/v1/people/{company.id(JOINER)}", until=bool)
    await office.bulk(company.pay, "scoring", "/v1/pay-bases/import", content=read_text("joiner_pay.csv"), headers=csv)


async def move_somebody(office: Office, company: Meridale) -> None:
    """1 September: the HR system says by signed webhook that an agent moves to another team. It says so twice, as such systems do."""
    await office.set_clock(company.administrator, f"{YEAR}-09-01T07:00:00Z")
    source = await office.call(company.hr, "kpi_api", "POST", "/v1/hris/sources", json={"name": "HR system"})
    change = {
        "type": "employment.changed",
        "occurred_at": f"{YEAR}-08-28T12:00:00Z",
        "data": {"external_id": MOVER, "valid_from": f"{YEAR}-09-01", "unit": "support-cobalt", "manager": "M016"},
    }
    body = orjson.dumps(change)
    sent = datetime.now(UTC)
    signature = Webhook(source["secret"]).sign(f"move-{MOVER}", sent, body.decode())
    stamp = str(int(sent.timestamp()))
    headers = {**JSON, "webhook-id": f"move-{MOVER}", "webhook-timestamp": stamp, "webhook-signature": signature}
    for _ in range(2):
        await office.call(company.hr, "kpi_api", "POST", f"/v1/hris/sources/{source['id']}/events", content=body, headers=headers)
    company.new_managers[MOVER] = "M016"


async def _rows_by_month(office: Office, company: Meridale) -> dict[int, list[Row]]:
    """Every measurement of the year, by the month in which its period ends."""
    kpis, definitions = await asyncio.gather(
        office.pages(company.hr, "kpi_api", "/v1/kpis", cycle_id=company.cycle_id), office.pages(company.hr, "kpi_api", "/v1/definitions")
    )
    versions = {found["code"]: found["version"] for found in definitions}
    numbers = {person_id: number for number, person_id in company.people.items()}
    months: defaultdict[int, list[Row]] = defaultdict(list)
    for kpi in kpis:
        window, course = window_of(kpi, CYCLE_START), _course(company, kpi, numbers)
        seed = f"{SEED}:{kpi['code']}"
        for part in _parts(kpi, versions[kpi["definition_code"]]):
            for end, row in year_of_results(part, window, course, seed):
                months[end.month].append(row)
    return months


def _parts(kpi: Mapping[str, Any], version: Mapping[str, Any]) -> Iterable[Part]:
    directions = {part["code"]: part["direction"] for part in version["parts"]}
    for target in kpi["targets"]:
        yield Part(
            kpi_id=kpi["id"],
            code=target["part"],
            direction=directions.get(target["part"], version["direction"]),
            combine=version["combine"],
            target=target,
            measured_per=measured_per(target["period"], version["update_frequency"]),
        )


def _course(company: Meridale, kpi: Mapping[str, Any], numbers: Mapping[str, str]) -> Course:
    if kpi["owner"] is None:
        level, trend = company.strategy["kpis"][kpi["code"]]["course"]
        return Course(Decimal(level), Decimal(trend), Decimal("0.03"))
    number = numbers[kpi["owner"]["id"]]
    return STORIES.get(number) or Course(Decimal(LEVELS[int(number[-1])]), Decimal("0.04"))


def _is_gap(company: Meridale, row: Row, month: int) -> bool:
    return month == GAP_MONTH and row["kpi_id"] == company.kpis[GAP_KPI]


async def _correct_late(office: Office, company: Meridale, rows: list[Row]) -> None:
    """A quarter's revenue turns out to have been booked too high: the same record, another value; both are kept."""
    wrong = next(row for row in rows if row["kpi_id"] == company.kpis[CORRECTED_KPI])
    right = {**wrong, "value": str(int(wrong["value"]) - 31_500), "correction_reason": "A contract was booked twice"}
    await send(office, company, [right])


def _day_after(month: int) -> date:
    return date(YEAR, month, calendar.monthrange(YEAR, month)[1]) + timedelta(days=1)
