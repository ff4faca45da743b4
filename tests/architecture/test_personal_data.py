"""Whatever a database holds about a person is listed in the holdings of its service: for the export, and for erasure."""

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

import asyncpg
import pytest

from chassis.personal_data import Holding
from sightline.embedded_postgres import DatabaseUrls

PEOPLE = {"kpi_api": "persons", "scoring": "people"}

# Every foreign key: table, column, table referred to; partitions stand for nothing of their own.
FOREIGN_KEYS = """
SELECT c.relname AS "table", a.attname AS "column", r.relname AS refers_to
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
JOIN pg_class r ON r.oid = k.confrelid
JOIN unnest(k.conkey) AS key (number) ON true
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.number AND a.attname <> 'organization_id'
WHERE k.contype = 'f' AND k.conparentid = 0
"""
PERSON_COLUMNS = """
SELECT c.relname AS "table", a.attname AS "column" FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
  AND (a.attname LIKE '%person_id' OR a.attname ~ '^(manager|author|approver|requester)_id$')
"""
TEXT_COLUMNS = """
SELECT c.relname AS "table", a.attname AS "column" FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = 'append_only'
WHERE NOT c.relispartition AND NOT a.attisdropped AND format_type(a.atttypid, a.atttypmod) IN ('text', 'jsonb', 'bytea', 'text[]')
"""

# Text in rows that are never changed: what it may hold, so that no name and no free text of a person is among it.
APPEND_ONLY_TEXT = {
    "audit_records": {"actor": "opaque id", "action": "word", "subject_type": "word", "facts": "ids, words, field names, dates"},
    "audit_links": {"digest": "digest", "previous_digest": "digest", "seal": "digest"},
    "events": {"type": "word", "subject_type": "word", "data": "ids, words, counts"},
    "kpi_agreements": {"digest": "digest", "terms": "ids, codes, numbers and the name of a KPI"},
    "hris_messages": {"message_id": "the sender's id of a message", "outcome": "word"},
    "measurements": {
        "part": "name of a part of a definition",
        "source": "name of a system",
        "source_record_id": "that system's id of a record",
        "provenance": "word",
        "recorded_by": "opaque id",
    },
    "scorecard_history": {"verb": "word", "from_status": "word", "to_status": "word", "side": "word", "actor": "opaque id"},
    "scorecard_texts": {"status": "word", "digest": "digest", "document": "ids, codes, numbers and names of KPIs"},
    "template_versions": {"content": "names, codes and numbers of a template"},
    "scorecard_signatures": {"side": "word", "digest": "digest"},
    "run_approvals": {"input_digest": "digest"},
}


def holdings_of(service: str) -> ModuleType:
    return import_module(f"{service}.people.privacy.holdings")


def own_tables(service: str, holdings: Sequence[Holding]) -> set[str]:
    """Tables whose rows are somebody's: shown whole, with their own column for whose they are."""
    return {holding.table for holding in holdings if holding.shows is None and holding.belongs is None and not holding.prefix}


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
async def test_every_column_that_names_a_person_is_listed(service: str, database_urls: DatabaseUrls) -> None:
    listed = {(holding.table, holding.person) for holding in holdings_of(service).HOLDINGS if holding.belongs is None}
    connection = await asyncpg.connect(getattr(database_urls, service))
    found = {(row["table"], row["column"]) for row in await connection.fetch(FOREIGN_KEYS) if row["refers_to"] == PEOPLE[service]}
    found |= {(row["table"], row["column"]) for row in await connection.fetch(PERSON_COLUMNS)}
    await connection.close()
    assert len(found) > 5
    excepted = {(table, column) for table, column in found if table in holdings_of(service).EXCEPTIONS}
    assert found - excepted - listed == set(), "say in holdings.py what an export shows of these and what erasure empties"


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
async def test_what_belongs_to_somebodys_rows_is_listed(service: str, database_urls: DatabaseUrls) -> None:
    module = holdings_of(service)
    own = own_tables(service, module.HOLDINGS) - {PEOPLE[service]}
    connection = await asyncpg.connect(getattr(database_urls, service))
    found = {row["table"] for row in await connection.fetch(FOREIGN_KEYS) if row["refers_to"] in own}
    await connection.close()
    assert found - {holding.table for holding in module.HOLDINGS} - module.EXCEPTIONS.keys() == set()


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
def test_holdings_name_tables_and_columns_that_are_there(service: str) -> None:
    module = holdings_of(service)
    import_module(f"{service}.models")
    tables = module.tables()
    for holding in module.HOLDINGS:
        names = {*(holding.shows or ()), *holding.erases, *({holding.person} if holding.belongs is None else {holding.belongs[0]})}
        assert names <= set(tables[holding.table].c.keys()), holding.name
    assert len({holding.name for holding in module.HOLDINGS}) == len(module.HOLDINGS)
    assert module.EXCEPTIONS.keys() <= tables.keys()


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
async def test_text_that_can_never_be_erased_is_known(service: str, database_urls: DatabaseUrls) -> None:
    """A new text column of an append-only table needs its place here, or better a row that can be erased."""
    connection = await asyncpg.connect(getattr(database_urls, service))
    found = {(row["table"], row["column"]) for row in await connection.fetch(TEXT_COLUMNS)}
    await connection.close()
    known = {(table, column) for table, columns in APPEND_ONLY_TEXT.items() for column in columns}
    assert found - known == set()
    assert ("audit_records", "facts") in found
