"""Individual KPIs from a scorecard template, for many people in one go."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.problems import FieldError
from kpi_api.cascade import actions
from kpi_api.cascade.drafts import Draft
from kpi_api.cascade.references import load_people
from kpi_api.cascade.schemas import Holder, NewKpi, Parent
from kpi_api.cycles.models import Cycle
from kpi_api.dictionary.models import TemplateLine
from kpi_api.dictionary.target_schemas import Target

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets the template's KPIs, for the cycle's window or one of their own (a joiner's starts at the hire date)."""

    person_id: UUID
    window_start: date | None = None
    window_end: date | None = None


@dataclass
class PersonalKpis:
    """What one recipient got: the KPI of each template line, by line id, and which of them are new; or what was wrong, and then nothing was
    created for them."""

    person_id: UUID
    kpi_ids: dict[UUID, UUID] = field(default_factory=dict)
    created: list[UUID] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)


async def create_kpis_from_template(
    viewer: Viewer,
    session: WriteSession,
    lines: Sequence[TemplateLine],
    cycle: Cycle,
    recipients: Sequence[Recipient],
    contributes_to: Mapping[str, Sequence[Parent]],
) -> list[PersonalKpis]:
    """One KPI per recipient and line; `contributes_to` says by definition code which KPIs they contribute to.

    KPIs get codes made of definition, person and cycle, so that files of measurements can name them and a repeat creates nothing. One
    person's errors (row: their place among the recipients) stop only that person.
    """
    if not recipients:
        return []
    holders = [Holder(person_id=recipient.person_id) for recipient in recipients]
    people = await load_people(viewer, session, holders)
    patterns = [_pattern(line, cycle, holders[0], contributes_to) for line in lines]
    drafts: list[list[Draft]] = []
    for row, (recipient, holder) in enumerate(zip(recipients, holders, strict=True), start=1):
        person = people.get(holder)
        external_id = person.external_id if person else None
        drafts.append([Draft(row, _of_recipient(pattern, cycle, recipient, holder, external_id)) for pattern in patterns])
    everything = [draft for personal in drafts for draft in personal]
    await actions.prepare(viewer, session, everything)
    whole = [personal for personal in drafts if not any(draft.errors for draft in personal)]
    await actions.store_new(session, [draft for personal in whole for draft in personal])
    return [_outcome(recipient, lines, personal) for recipient, personal in zip(recipients, drafts, strict=True)]


def _pattern(line: TemplateLine, cycle: Cycle, somebody: Holder, contributes_to: Mapping[str, Sequence[Parent]]) -> NewKpi:
    """The line's KPI, checked once: recipients differ by code, owner and days, which are right by themselves."""
    return NewKpi(
        definition_code=line.definition_code,
        cycle_code=cycle.code,
        level="individual",
        owner=somebody,
        targets=[Target.model_validate(target) for target in line.targets],
        contributes_to=list(contributes_to.get(line.definition_code, ())),
    )


def _of_recipient(pattern: NewKpi, cycle: Cycle, recipient: Recipient, holder: Holder, external_id: str | None) -> NewKpi:
    code = personal_code(pattern.definition_code, external_id, cycle, recipient.window_start) if external_id else None
    days = {"window_start": recipient.window_start, "window_end": recipient.window_end}
    return pattern.model_copy(update={"code": code, "owner": holder, **days})


def personal_code(definition_code: str, external_id: str, cycle: Cycle, window_start: date | None) -> str | None:
    """`win_rate.E1007.FY2026`, with the first day for a window that starts later than the cycle; None where that makes no valid code."""
    later = f".{window_start:%Y%m%d}" if window_start and window_start != cycle.starts_on else ""
    code = f"{definition_code}.{external_id}.{cycle.code}{later}"
    return code if CODE.fullmatch(code) else None


def _outcome(recipient: Recipient, lines: Sequence[TemplateLine], drafts: Sequence[Draft]) -> PersonalKpis:
    errors = [error for draft in drafts for error in draft.errors]
    if errors:
        return PersonalKpis(recipient.person_id, errors=errors)
    ids = {line.id: draft.existing_id or draft.id for line, draft in zip(lines, drafts, strict=True)}
    return PersonalKpis(recipient.person_id, kpi_ids=ids, created=[draft.id for draft in drafts if draft.is_new])
