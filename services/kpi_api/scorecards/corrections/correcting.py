"""The text of a scorecard with a correction in it: only what is corrected is written anew, everything else stays as it was signed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kpi_api.scorecards.corrections.schemas import VALUES, CorrectedLine, CorrectedTarget
from kpi_api.scorecards.differences import differences
from kpi_api.scorecards.terms import Document, Terms, errors_in, make_terms


@dataclass(frozen=True)
class Refusal:
    """Why a scorecard cannot be corrected."""

    code: str
    message: str


@dataclass(frozen=True)
class Corrected:
    """The corrected text and what is different in it, in words; nothing where the scorecard says the right thing already."""

    terms: Terms
    changes: list[str]


def corrected(signed: Document, lines: Sequence[CorrectedLine], own_kpis: set[str]) -> Corrected | Refusal:
    """`own_kpis` are ids of the person's own KPIs: only their targets are corrected, a shared one's is changed at the KPI."""
    by_code = {line.definition_code: line for line in lines}
    written: list[Document] = []
    for line in signed["lines"]:
        given = by_code.get(line["kpi_code"])
        if given is None:
            written.append(line)
            continue
        if given.targets and line["kpi_id"] not in own_kpis:
            return Refusal("shared_target", f"“{line['name']}” is shared: change its target at the KPI, which asks every scorecard.")
        found = _line(line, given)
        if isinstance(found, Refusal):
            return found
        written.append(found)
    terms = make_terms({name: value for name, value in signed.items() if name != "lines"}, written)
    if errors := errors_in(terms.document):
        return Refusal(errors[0].code, errors[0].message)
    return Corrected(terms, differences(signed, terms.document))


def _line(line: Document, given: CorrectedLine) -> Document | Refusal:
    parts: dict[str, Any] = {part["part"]: part for part in line["parts"]}
    for target in given.targets:
        part = parts.get(target.part)
        if part is None:
            return Refusal("no_such_part", f"“{line['name']}” has no part “{target.part}”.")
        figures = _figures(target)
        if missing := next((name for name in figures if name not in part), None):
            return Refusal("no_such_figure", f"Nobody agreed on a {missing.replace('_', ' ')} of “{line['name']}”.")
        if "phasing" in part and "value" in figures:
            return Refusal("phased_target", f"The target of “{line['name']}” is spread over periods: change it on the scorecard.")
        parts[target.part] = part | figures
    weight = {"weight": given.weight} if given.weight is not None else {}
    return {**line, **weight, "parts": list(parts.values())}


def _figures(target: CorrectedTarget) -> dict[str, Decimal]:
    given = {name: getattr(target, name) for name in VALUES}
    return {name: value for name, value in given.items() if value is not None}
