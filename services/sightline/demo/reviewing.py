"""Talks about the results: check-ins by four questions, the mid-year review of one team, and everybody's annual review with its rating."""

import asyncio
from decimal import Decimal
from typing import Any, Final

from sightline.demo.company import BOARD_MEMBER, CYCLE, STORYTELLER, YEAR, Meridale
from sightline.demo.office import Office

MID_YEAR_TEAM: Final = "sales-north"
RATINGS: Final = ["4.0", "3.0", "4.0", "3.0", "5.0", "3.0", "4.0", "2.0", "3.0", "5.0"]

CHECK_INS: Final = [
    ("2026-03-01", "Two renewals slipped into April.", "The museum board met late.", "Both close next month.", "A discount approval"),
    ("2026-06-01", "Closed revenue is a tenth above plan.", "The launch brings visitors who ask for more.", "It stays there.", ""),
    ("2026-09-01", "Fewer first meetings than in summer.", "Trade fairs begin in October.", "Back to 50 contacts a week.", ""),
]


async def check_in(office: Office, company: Meridale) -> None:
    """The storyteller answers the four questions about their first KPI, three times in the year."""
    person = company.id(STORYTELLER)
    card = await office.call(person, "kpi_api", "GET", f"/v1/scorecards/{company.scorecards[STORYTELLER]}")
    for day, moved, why, impact, support in CHECK_INS:
        content = {"kpi_id": card["lines"][0]["kpi_id"], "period_start": day, "what_moved": moved, "why": why}
        answers = {"expected_impact": impact, "support_needed": support}
        await office.call(person, "kpi_api", "POST", "/v1/check-ins", json=content | answers)


async def review_mid_year(office: Office, company: Meridale) -> None:
    """July: one team looks at the half-year."""
    await office.set_clock(company.administrator, f"{YEAR}-07-06T09:00:00Z")
    team = [row["employee_number"] for row in company.rows if row["unit"] == MID_YEAR_TEAM]
    await _hold_reviews(office, company, "mid_year", [company.scorecards[number] for number in team])


async def review_year(office: Office, company: Meridale) -> None:
    """January after the year: everybody's annual review, released and acknowledged; its rating is a factor of the bonus."""
    await office.set_clock(company.administrator, f"{YEAR + 1}-01-11T09:00:00Z")
    await _hold_reviews(office, company, "annual", list(company.scorecards.values()))


async def _hold_reviews(office: Office, company: Meridale, stage: str, scorecard_ids: list[str]) -> None:
    content = {"cycle_code": CYCLE, "stage": stage, "scorecard_ids": scorecard_ids}
    await office.bulk(company.hr, "kpi_api", "/v1/reviews/bulk", json=content)
    reviews = await office.pages(company.hr, "kpi_api", "/v1/reviews", cycle_code=CYCLE, stage=stage)
    numbers = {person_id: number for number, person_id in company.people.items()}
    await asyncio.gather(*(_hold_review(office, company, review["id"], numbers[review["person_id"]]) for review in reviews))


async def _hold_review(office: Office, company: Meridale, review_id: str, number: str) -> None:
    path = f"/v1/reviews/{review_id}"
    person, manager = company.id(number), company.id(company.manager_of(number) or BOARD_MEMBER)
    rating = Decimal(RATINGS[int(number[-1])])
    own = {"text": "What I set out to do, and where I fell short.", "rating": str(min(rating + 1, Decimal(5)))}
    theirs = {"text": "Results, how they came about, what is next.", "rating": str(rating)}
    await _write(office, person, path, "self-assessment", own)
    await _write(office, manager, path, "manager-assessment", theirs)
    seen = await office.read(manager, "kpi_api", path)
    await office.call(manager, "kpi_api", "POST", f"{path}/release", json={}, headers={"If-Match": seen.headers["ETag"]})
    await office.call(person, "kpi_api", "POST", f"{path}/acknowledge")


async def _write(office: Office, author: str, path: str, what: str, content: dict[str, Any]) -> None:
    seen = await office.read(author, "kpi_api", path)
    await office.call(author, "kpi_api", "PUT", f"{path}/{what}", json=content, headers={"If-Match": seen.headers["ETag"]})
