"""A large company in the middle of its year: people in a tree of degree 8, six KPIs each, five levels up to the board's.

Written straight into both databases, as the services would have stored it: agreed scorecards, one value measured for each KPI, and in scoring
the people and their pay bases. The same size gives the same company, ids included. (What closing never reads is left out: signatures,
histories, and reporting lines in scoring.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from sightline.bench.stage import Stage

DEGREE = 8
KPIS_PER_PERSON = 6
PEOPLE_PER_TEAM = 100
UNITS_ABOVE = 1 + 8 + 64  # the company, its business units, their functions; teams follow
CYCLE_CODE = "2026"

CYCLE, PERSON, UNIT, DEFINITION, VERSION, UNIT_KPI, KPI, CARD = range(1, 9)


@dataclass(frozen=True)
class Company:
    """Who does what: `closer` is hr_admin; `payer` and `approver` run pay and are not paid by it."""

    organization_id: UUID
    people: int
    closer: UUID
    payer: UUID
    approver: UUID

    def kpi(self, number: int) -> UUID:
        """The id of an individual KPI, numbered from 0."""
        return made_id(KPI, number)

    def owner_of(self, number: int) -> UUID:
        return made_id(PERSON, number // KPIS_PER_PERSON)


def made_id(kind: int, number: int) -> UUID:
    """UUIDs in the order of their making, as version 7 gives them."""
    return UUID(f"{kind:08x}000070008000{number:012x}")


def _id(kind: int, number: str) -> str:
    return f"('{kind:08x}000070008000' || lpad(to_hex({number}), 12, '0'))::uuid"


UNIT_OF = f"({UNITS_ABOVE} + n / {PEOPLE_PER_TEAM})"
PARENT_UNIT = f"CASE WHEN n < 9 THEN 0 WHEN n < {UNITS_ABOVE} THEN 1 + (n - 9) / 8 ELSE 9 + (n - {UNITS_ABOVE}) % 64 END"
LEVEL = f"CASE WHEN n = 0 THEN 'strategic' WHEN n < 9 THEN 'business_unit' WHEN n < {UNITS_ABOVE} THEN 'functional' ELSE 'team' END"
KIND = f"CASE WHEN n = 0 THEN 'company' WHEN n < 9 THEN 'business_unit' WHEN n < {UNITS_ABOVE} THEN 'function' ELSE 'team' END"
WEIGHT = "CASE k WHEN 0 THEN 30 WHEN 1 THEN 20 WHEN 2 THEN 15 WHEN 3 THEN 15 ELSE 10 END"
TARGET = "(50 + (n * 7919 + k * 104729) % 450)"
ACTUAL = f"round({TARGET} * (0.7 + (n * 31 + k * 17) % 61 / 100.0), 2)"
PEOPLE = "generate_series(0, {people} - 1) n"
LINES = f"{PEOPLE}, generate_series(0, {KPIS_PER_PERSON - 1}) k"
UNITS = f"generate_series(0, {UNITS_ABOVE} + ({{people}} - 1) / {PEOPLE_PER_TEAM}) n"
NUMBER = f"n * {KPIS_PER_PERSON} + k"

TERMS = f"""
jsonb_build_object('scorecard_id', {_id(CARD, "n")}, 'person_id', {_id(PERSON, "n")},
  'cycle', jsonb_build_object('id', {_id(CYCLE, "0")}, 'code', '{CYCLE_CODE}', 'starts_on', '2026-01-01'),
  'window_start', '2026-01-01', 'window_end', '2026-12-31', 'lines', (
    SELECT jsonb_agg(jsonb_build_object('line', k + 1, 'kpi_id', {_id(KPI, NUMBER)}, 'kpi_code', 'd' || k, 'name', 'KPI ' || k,
      'status', 'active', 'component', 'output', 'weight', ({WEIGHT})::text, 'definition_version_id', {_id(VERSION, "k")},
      'definition_version', 1, 'direction', 'higher', 'combine', 'mean', 'combine_parts', 'all', 'update_frequency', 'month',
      'window_start', '2026-01-01', 'window_end', '2026-12-31', 'parts', jsonb_build_array(jsonb_build_object('part', 'main',
        'comparison', 'at_least', 'value', {TARGET}::text, 'unit', 'count', 'period', 'window', 'direction', 'higher'))) ORDER BY k)
    FROM generate_series(0, {KPIS_PER_PERSON - 1}) k))
"""

KPI_API = (
    f"""INSERT INTO cycles (organization_id, id, version, code, name, starts_on, ends_on, mid_year_on, status)
    VALUES ($1, {_id(CYCLE, "0")}, 1, '{CYCLE_CODE}', '{CYCLE_CODE}', '2026-01-01', '2026-12-31', '2026-06-30', 'open')""",
    f"""INSERT INTO org_units (organization_id, id, version, code, name, kind, parent_id)
    SELECT $1::uuid, {_id(UNIT, "n")}, 1, 'u' || n, 'Unit ' || n, {KIND}, CASE WHEN n > 0 THEN {_id(UNIT, f"({PARENT_UNIT})")} END FROM {UNITS}""",
    f"""INSERT INTO persons (organization_id, id, version, external_id, given_name, family_name, display_name, active, hire_date)
    SELECT $1::uuid, {_id(PERSON, "n")}, 1, 'E' || n, 'Given', 'Family' || n, 'Given Family' || n, true, '2020-01-01' FROM {PEOPLE}""",
    f"""INSERT INTO employments (organization_id, id, person_id, valid_from, unit_id, manager_id, fte, is_primary)
    SELECT $1::uuid, {_id(PERSON, "n")}, {_id(PERSON, "n")}, '2020-01-01', {_id(UNIT, UNIT_OF)},
      CASE WHEN n > 0 THEN {_id(PERSON, f"(n - 1) / {DEGREE}")} END, 1, true FROM {PEOPLE}""",
    f"""INSERT INTO reporting_lines (organization_id, id, manager_id, person_id, depth, valid_from)
    WITH RECURSIVE up (person, manager, depth) AS (
      SELECT n, (n - 1) / {DEGREE}, 1 FROM {PEOPLE} WHERE n > 0
      UNION ALL SELECT person, (manager - 1) / {DEGREE}, depth + 1 FROM up WHERE manager > 0)
    SELECT $1::uuid, gen_random_uuid(), {_id(PERSON, "manager")}, {_id(PERSON, "person")}, depth, '2020-01-01' FROM up""",
    f"""INSERT INTO kpi_definitions (organization_id, id, version, code, origin)
    SELECT $1::uuid, {_id(DEFINITION, "k")}, 1, 'd' || k, 'organization' FROM generate_series(0, {KPIS_PER_PERSON - 1}) k""",
    f"""INSERT INTO definition_versions (organization_id, id, definition_id, number, status, effective_from, name, description, direction, unit,
      precision, dimension, combine, parts, combine_parts, formulas, measures, update_frequency, "leading", kind, controllability, note)
    SELECT $1::uuid, {_id(VERSION, "k")}, {_id(DEFINITION, "k")}, 1, 'approved', '2026-01-01', 'KPI ' || k, '', 'higher', 'count',
      2, 'output', 'mean', '[]', 'all', '{{{{}}}}', '{{{{}}}}', 'month', false, 'result', 'high', ''
    FROM generate_series(0, {KPIS_PER_PERSON - 1}) k""",
    f"""INSERT INTO kpis (organization_id, id, version, definition_version_id, cycle_id, name, why, level, owner_unit_id, collaborative,
      window_start, window_end, controllability, status)
    SELECT $1::uuid, {_id(UNIT_KPI, "n")}, 1, {_id(VERSION, "0")}, {_id(CYCLE, "0")}, 'Result of unit ' || n, '', {LEVEL}, {_id(UNIT, "n")}, false,
      '2026-01-01', '2026-12-31', 'high', 'active' FROM {UNITS}""",
    f"""INSERT INTO kpis (organization_id, id, version, definition_version_id, cycle_id, name, why, level, owner_person_id, collaborative,
      window_start, window_end, controllability, status)
    SELECT $1::uuid, {_id(KPI, NUMBER)}, 1, {_id(VERSION, "k")}, {_id(CYCLE, "0")}, 'KPI ' || k, '', 'individual', {_id(PERSON, "n")}, false,
      '2026-01-01', '2026-12-31', 'high', 'active' FROM {LINES}""",
    f"""INSERT INTO kpi_targets (organization_id, id, kpi_id, part, position, comparison, value, unit, period)
    SELECT $1::uuid, {_id(KPI, NUMBER)}, {_id(KPI, NUMBER)}, 'main', 1, 'at_least', {TARGET}, 'count', 'window' FROM {LINES}
    UNION ALL SELECT $1::uuid, {_id(UNIT_KPI, "n")}, {_id(UNIT_KPI, "n")}, 'main', 1, 'at_least', 100, 'count', 'window' FROM {UNITS}""",
    f"""INSERT INTO contributions (organization_id, id, child_id, parent_id, weight)
    SELECT $1::uuid, {_id(KPI, NUMBER)}, {_id(KPI, NUMBER)}, {_id(UNIT_KPI, UNIT_OF)}, 1 FROM {LINES}
    UNION ALL
    SELECT $1::uuid, {_id(UNIT_KPI, "n")}, {_id(UNIT_KPI, "n")}, {_id(UNIT_KPI, f"({PARENT_UNIT})")}, 1 FROM {UNITS} WHERE n > 0""",
    f"""INSERT INTO kpi_sights (organization_id, id, person_id, kpi_id, sight)
    WITH RECURSIVE up (person, unit) AS (
      SELECT n, {UNIT_OF} FROM {PEOPLE}
      UNION ALL SELECT person, parent FROM up, LATERAL (SELECT {PARENT_UNIT} AS parent FROM (SELECT unit AS n) x) y WHERE unit > 0)
    SELECT $1::uuid, gen_random_uuid(), {_id(PERSON, "person")}, {_id(UNIT_KPI, "unit")}, 'ancestor' FROM up""",
    f"""INSERT INTO scorecards (organization_id, id, version, person_id, cycle_id, status, written_by_side, window_start, window_end, imposed,
      agreement, agreement_digest, agreed_at, created_at)
    SELECT $1::uuid, {_id(CARD, "n")}, 3, {_id(PERSON, "n")}, {_id(CYCLE, "0")}, 'active', 'manager', '2026-01-01', '2026-12-31', false,
      {TERMS}, md5(n::text), '2026-01-10Z', '2026-01-05Z' FROM {PEOPLE}""",
    f"""INSERT INTO scorecard_lines (organization_id, id, scorecard_id, kpi_id, weight, component, position)
    SELECT $1::uuid, {_id(KPI, NUMBER)}, {_id(CARD, "n")}, {_id(KPI, NUMBER)}, {WEIGHT}, 'output', k + 1 FROM {LINES}""",
    f"""INSERT INTO measurements (organization_id, id, kpi_id, part, period_start, period_end, revision, value, source, provenance, recorded_by,
      recorded_at, after_closing)
    SELECT $1::uuid, {_id(KPI, NUMBER)}, {_id(KPI, NUMBER)}, 'main', '2026-12-01', '2026-12-31', 1, {ACTUAL}, 'CRM', 'system', 'import',
      '2026-11-01Z', false FROM {LINES}""",
)

SCORING = (
    f"""INSERT INTO people (organization_id, id, external_id, display_name, active, as_of)
    SELECT $1::uuid, {_id(PERSON, "n")}, 'E' || n, 'Given Family' || n, true, '2026-01-01Z' FROM {PEOPLE}""",
    f"""INSERT INTO pay_bases (organization_id, id, version, person_id, valid_from, salary, currency, target_bonus_share, fte, pay_group)
    SELECT $1::uuid, {_id(PERSON, "n")}, 1, {_id(PERSON, "n")}, '2020-01-01', 30000 + (n * 7919) % 170000, 'USD', 0.05 * (1 + n % 4), 1, 'MONTHLY'
    FROM {PEOPLE}""",
)

OFFICERS = {
    "kpi_api": (
        """INSERT INTO persons (organization_id, id, version, external_id, given_name, family_name, display_name, active)
        VALUES ($1, $2, 1, $2::uuid::text, 'Officer', 'Officer', 'Officer', true)""",
        """INSERT INTO grants (organization_id, id, person_id, role, valid_from, granted_by)
        VALUES ($1, gen_random_uuid(), $2, 'comp_admin', '2020-01-01', 'operator')""",
    ),
    "scoring": (
        """INSERT INTO people (organization_id, id, external_id, display_name, active, as_of)
        VALUES ($1, $2, $2::uuid::text, 'Officer', true, '2026-01-01Z')""",
        """INSERT INTO grants (organization_id, id, person_id, role, valid_from)
        VALUES ($1, gen_random_uuid(), $2, 'comp_admin', '2020-01-01')""",
    ),
}


async def company_of(stage: Stage, people: int) -> Company:
    """The stage's company of this size, generated once for all its figures."""
    if people not in stage.companies:
        stage.companies[people] = await _found(stage, people)
    return stage.companies[people]


async def _found(stage: Stage, people: int) -> Company:
    stage.report(f"Generating a company of {people} people with {people * KPIS_PER_PERSON} KPIs")
    made = await stage.new_organization(f"company of {people}")
    officers = [made_id(PERSON, people), made_id(PERSON, people + 1)]
    for service, statements in (("kpi_api", KPI_API), ("scoring", SCORING)):
        async with stage.administrator(service) as connection:
            await _write(connection, made.organization_id, people, statements)
            for statement in OFFICERS[service]:
                for officer in officers:
                    await connection.execute(statement, made.organization_id, officer)
            await connection.execute("ANALYZE")
    return Company(made.organization_id, people, made.person_id, *officers)


async def _write(connection: asyncpg.Connection, organization_id: UUID, people: int, statements: Sequence[str]) -> None:
    """Without foreign keys and triggers: what is written here is right by construction, and the indexes are all kept."""
    async with connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement.format(people=people), organization_id)
