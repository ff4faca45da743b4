"""The document as a page: outcome areas as chapters, a list of contents, each definition with its fields and history. Pure.

No script; styles of its own that also print; headings, lists and terms as they are meant, for whoever does not see them.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final

from kpi_api.dictionary.differences import LABELS, applies_to
from kpi_api.dictionary.document.queries import Entry
from kpi_api.dictionary.schemas import VersionOutput

STYLE: Final = """
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; } h2 { font-size: 1.4rem; margin-top: 3rem; border-bottom: 2px solid #1f4e79; }
h3 { font-size: 1.15rem; margin: 2rem 0 .25rem; } h4 { font-size: 1rem; margin: 1rem 0 .25rem; }
a { color: #1f4e79; } a:focus { outline: 3px solid #b35900; } code { font-size: .95em; background: #f2f4f7; padding: 0 .25em; }
nav ul { columns: 2; padding-left: 1.2rem; } nav li { break-inside: avoid; } .lead { color: #444; }
dl { display: grid; grid-template-columns: minmax(10rem, 1fr) 3fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: #444; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } nav ul { columns: 1; } }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } a { color: inherit; text-decoration: none; }
  h2 { break-before: page; } h3, h4 { break-after: avoid; } section.definition { break-inside: avoid; } }
"""

WITHOUT_OUTCOME: Final = "Without an outcome"
AS_CODE: Final = {"competency_code", "leads_to_code"}


def write_page(entries: Sequence[Entry], organization: str, day: str, label: str) -> str:
    """The whole page. `label` is what the organization's people call an indicator."""
    ordered = sorted(entries, key=lambda entry: (entry.outcome is None, _area(entry), entry.version.name.casefold(), entry.definition.code))
    chapters = [(area, list(of)) for area, of in groupby(ordered, key=_area)]
    title = escape(f"{label} dictionary of {organization}")
    contents = "".join(_contents(n, area, of) for n, (area, of) in enumerate(chapters, start=1))
    body = "".join(_chapter(n, area, of) for n, (area, of) in enumerate(chapters, start=1))
    count = f"{len(entries)} definition{'' if len(entries) == 1 else 's'} in force on {day}."
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title><style>{STYLE}</style></head>\n'
        f"<body>\n<header><h1>{title}</h1><p>{count}</p></header>\n"
        f'<nav aria-label="Contents"><h2 id="contents">Contents</h2>{contents}</nav>\n<main>{body}</main>\n</body>\n</html>\n'
    )


def _area(entry: Entry) -> str:
    return entry.outcome.area if entry.outcome else ""


def _heading(area: str) -> str:
    return escape(area.replace("_", " ").capitalize() if area else WITHOUT_OUTCOME)


def _contents(number: int, area: str, entries: Sequence[Entry]) -> str:
    items = "".join(f'<li><a href="#d-{escape(e.definition.code)}">{escape(e.version.name)}</a></li>' for e in entries)
    return f'<p><a href="#chapter-{number}">{_heading(area)}</a></p><ul>{items}</ul>'


def _chapter(number: int, area: str, entries: Sequence[Entry]) -> str:
    sections = "".join(_definition(entry) for entry in entries)
    return f'\n<section aria-labelledby="chapter-{number}"><h2 id="chapter-{number}">{_heading(area)}</h2>{sections}</section>'


def _definition(entry: Entry) -> str:
    version, anchor = entry.version, f"d-{escape(entry.definition.code)}"
    lead = f'<p class="lead">{escape(version.description)}</p>' if version.description else ""
    fields = "".join(f"<dt>{escape(term)}</dt><dd>{text}</dd>" for term, text in _fields(entry))
    history = "".join(
        f"<li>Version {row.number}, from {row.effective_from}{_until(row.retired_from)}{_said(row.note)}</li>" for row in entry.history
    )
    return (
        f'\n<section class="definition" aria-labelledby="{anchor}"><h3 id="{anchor}" dir="auto">{escape(version.name)}</h3>{lead}'
        f"<dl>{fields}</dl><h4>History</h4><ul>{history}</ul></section>"
    )


def _until(day: object) -> str:
    return f", retired from {day}" if day else ""


def _said(note: str) -> str:
    return f": {escape(note)}" if note else ""


def _fields(entry: Entry) -> Iterator[tuple[str, str]]:
    """Terms with their text as HTML; what is empty is left out."""
    version = entry.version
    yield "Code", f"<code>{escape(entry.definition.code)}</code>"
    if entry.outcome:
        yield "Outcome", escape(entry.outcome.name)
    yield from _computation(version)
    yield "Leading or lagging", "Leading" if version.leading else "Lagging"
    for name, label in LABELS.items():
        value = getattr(version, name)
        if name not in {"name", "description"} and value not in (None, ""):
            yield label, f"<code>{escape(value)}</code>" if name in AS_CODE else escape(str(value).replace("_", " "))
    yield "Applies to", escape(applies_to(version.applicability.model_dump()))


def _computation(version: VersionOutput) -> Iterator[tuple[str, str]]:
    for part in version.parts:
        several = f" of {part.name}" if len(version.parts) > 1 else ""
        if several:
            yield f"Part {part.code}", escape(f"{part.name}, in {part.unit}, {part.direction.replace('_', ' ')}")
        if formula := version.formulas.get(part.code):
            yield f"Formula{several}", f"<code>{escape(formula)}</code>"
    if version.measures:
        yield (
            "Measures",
            ", ".join(f"<code>{escape(name)}</code> in {escape(str(unit))}" for name, unit in sorted(version.measures.items())),
        )
