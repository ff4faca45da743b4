"""Whom a template is for: by role, grade, direct reports and time since the hire date (probation). Pure."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field

from kpi_api.dictionary.applicability.standing import Standing
from kpi_api.dictionary.fields import Code, Input, Name


class Eligibility(Input):
    """Whom a template is for; an empty rule is for everybody. Role, grade and reports are those of the first day of the scorecard's window.

    `employed_days` is how many days before that day somebody must have been hired, such as the length of the probation.
    """

    roles: list[Code] = Field(default=[], max_length=200)
    grades: list[Name] = Field(default=[], max_length=200)
    has_direct_reports: bool | None = None
    employed_days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class Reason(NamedTuple):
    """Why a template is not for somebody."""

    code: str
    message: str


def why_not_eligible(eligibility: Eligibility, standing: Standing, hire_date: date | None, day: date) -> Reason | None:
    """The first reason why a template is not for somebody of that standing on `day`; null when it is."""
    return next(_reasons(eligibility, standing, hire_date, day), None)


def _reasons(eligibility: Eligibility, standing: Standing, hire_date: date | None, day: date) -> Iterator[Reason]:
    if eligibility.roles and standing.role_code not in eligibility.roles:
        is_now = standing.role_code or "somebody without a role"
        yield Reason("role_not_eligible", f"It is for the role {' or '.join(eligibility.roles)}, not for {is_now}.")
    if eligibility.grades and standing.grade not in eligibility.grades:
        is_now = standing.grade or "somebody without a grade"
        yield Reason("grade_not_eligible", f"It is for grade {' or '.join(eligibility.grades)}, not for {is_now}.")
    leads = eligibility.has_direct_reports
    if leads is not None and leads != standing.has_direct_reports:
        yield Reason("reports_not_eligible", f"It is for people {'with' if leads else 'without'} direct reports.")
    if eligibility.employed_days is not None:
        yield from _probation(eligibility.employed_days, hire_date, day)


def _probation(days: int, hire_date: date | None, day: date) -> Iterator[Reason]:
    if hire_date is None:
        yield Reason("hire_date_unknown", f"It is for people hired at least {days} days before, and no hire date is known.")
    elif (day - hire_date).days < days:
        yield Reason("in_probation", f"It is for people hired at least {days} days before {day}, not on {hire_date}.")
