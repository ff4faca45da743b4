-- A company in kpi_api: units and people as trees, six KPIs for each person, one for each unit, agreed scorecards, December's values.
-- Units: 0 is the company, 1 to 8 its business units, 9 to 72 their functions, from 73 on teams of a hundred people.

CREATE FUNCTION pg_temp.unit_of(person int) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT 73 + person / 100 $$;
CREATE FUNCTION pg_temp.unit_above(unit int) RETURNS int IMMUTABLE LANGUAGE sql AS $$
  SELECT CASE WHEN unit < 9 THEN 0 WHEN unit < 73 THEN 1 + (unit - 9) / 8 ELSE 9 + (unit - 73) % 64 END
$$;
CREATE FUNCTION pg_temp.by_level(unit int, names text[]) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT names[CASE WHEN unit = 0 THEN 1 WHEN unit < 9 THEN 2 WHEN unit < 73 THEN 3 ELSE 4 END]
$$;
CREATE FUNCTION pg_temp.target(person int, k int) RETURNS int IMMUTABLE LANGUAGE sql AS $$
  SELECT 50 + (person * 7919::bigint + k * 104729)::int % 450
$$;
CREATE TEMP TABLE people ON COMMIT DROP AS SELECT n, pg_temp.made('person', n) AS id FROM generate_series(0, pg_temp.people() - 1) n;
CREATE TEMP TABLE units ON COMMIT DROP AS
  SELECT n, pg_temp.made('unit', n) AS id, pg_temp.made('unit_kpi', n) AS kpi_id, pg_temp.unit_above(n) AS above
  FROM generate_series(0, pg_temp.unit_of(pg_temp.people() - 1)) n;
CREATE TEMP TABLE lines ON COMMIT DROP AS
  SELECT n, k, id AS person_id, pg_temp.made('kpi', n * 6 + k) AS kpi_id, pg_temp.made('version', k) AS version_id,
    pg_temp.target(n, k) AS target, ('{30,20,15,15,10,10}'::int[])[k + 1] AS weight
  FROM people, generate_series(0, 5) k;
ANALYZE people, units, lines;

INSERT INTO cycles (organization_id, id, version, code, name, starts_on, ends_on, mid_year_on, status)
SELECT pg_temp.organization(), pg_temp.made('cycle', 0), 1, '2026', '2026', '2026-01-01', '2026-12-31', '2026-06-30', 'open';

INSERT INTO org_units (organization_id, id, version, code, name, kind, parent_id)
SELECT pg_temp.organization(), id, 1, 'u' || n, 'Unit ' || n, pg_temp.by_level(n, '{company,business_unit,function,team}'),
  CASE WHEN n > 0 THEN pg_temp.made('unit', above) END
FROM units;

INSERT INTO persons (organization_id, id, version, external_id, given_name, family_name, display_name, active, hire_date)
SELECT pg_temp.organization(), id, 1, 'E' || n, 'Given', 'Family' || n, 'Given Family' || n, true, '2020-01-01' FROM people;

INSERT INTO employments (organization_id, id, person_id, valid_from, unit_id, manager_id, fte, is_primary)
SELECT pg_temp.organization(), id, id, '2020-01-01', pg_temp.made('unit', pg_temp.unit_of(n)),
  CASE WHEN n > 0 THEN pg_temp.made('person', (n - 1) / 8) END, 1, true
FROM people;

INSERT INTO reporting_lines (organization_id, id, manager_id, person_id, depth, valid_from)
WITH RECURSIVE up (person_id, manager, depth) AS (
  SELECT id, (n - 1) / 8, 1 FROM people WHERE n > 0
  UNION ALL
  SELECT person_id, (manager - 1) / 8, depth + 1 FROM up WHERE manager > 0
)
SELECT pg_temp.organization(), gen_random_uuid(), pg_temp.made('person', manager), person_id, depth, '2020-01-01' FROM up;

INSERT INTO kpi_definitions (organization_id, id, version, code, origin)
SELECT pg_temp.organization(), pg_temp.made('definition', k), 1, 'd' || k, 'organization' FROM generate_series(0, 5) k;

INSERT INTO definition_versions (organization_id, id, definition_id, number, status, effective_from, name, description, direction, unit,
  precision, dimension, combine, parts, combine_parts, formulas, measures, update_frequency, "leading", kind, controllability, note,
  applicability)
SELECT pg_temp.organization(), pg_temp.made('version', k), pg_temp.made('definition', k), 1, 'approved', '2026-01-01', 'KPI ' || k, '',
  'higher', 'count', 2, 'output', 'mean', '[]', 'all', '{}', '{}', 'month', false, 'result', 'high', '',
  '{"roles": [], "grades": [], "has_direct_reports": null}'
FROM generate_series(0, 5) k;

INSERT INTO kpis (organization_id, id, version, definition_version_id, cycle_id, name, why, level, owner_person_id, owner_unit_id,
  collaborative, window_start, window_end, controllability, status, roll_up)
SELECT pg_temp.organization(), kpi_id, 1, version_id, pg_temp.made('cycle', 0), name, '', level, person_id, unit_id,
  false, '2026-01-01', '2026-12-31', 'high', 'active', CASE WHEN level = 'individual' THEN 'measured' ELSE 'sum' END
FROM (
  SELECT kpi_id, pg_temp.made('version', 0), 'Result of unit ' || n,
    pg_temp.by_level(n, '{strategic,business_unit,functional,team}'), NULL::uuid, id FROM units
  UNION ALL
  SELECT kpi_id, version_id, 'KPI ' || k, 'individual', person_id, NULL FROM lines
) AS k (kpi_id, version_id, name, level, person_id, unit_id);

INSERT INTO kpi_targets (organization_id, id, kpi_id, part, position, comparison, value, unit, period)
SELECT pg_temp.organization(), kpi_id, kpi_id, 'main', 1, 'at_least', target, 'count', 'window'
FROM (SELECT kpi_id, 100 AS target FROM units UNION ALL SELECT kpi_id, target FROM lines) AS k;

INSERT INTO contributions (organization_id, id, child_id, parent_id, weight)
SELECT pg_temp.organization(), child_id, child_id, pg_temp.made('unit_kpi', above), 1
FROM (SELECT kpi_id, above FROM units WHERE n > 0 UNION ALL SELECT kpi_id, pg_temp.unit_of(n) FROM lines) AS c (child_id, above);

INSERT INTO kpi_sights (organization_id, id, person_id, kpi_id, sight)
WITH RECURSIVE up (person_id, unit) AS (
  SELECT id, pg_temp.unit_of(n) FROM people
  UNION ALL
  SELECT person_id, pg_temp.unit_above(unit) FROM up WHERE unit > 0
)
SELECT pg_temp.organization(), gen_random_uuid(), person_id, pg_temp.made('unit_kpi', unit), 'ancestor' FROM up;

INSERT INTO scorecards (organization_id, id, version, person_id, cycle_id, status, written_by_side, window_start, window_end, imposed,
  agreement, agreement_digest, agreed_at, created_at)
SELECT pg_temp.organization(), pg_temp.made('card', n), 3, person_id, pg_temp.made('cycle', 0), 'active', 'manager', '2026-01-01',
  '2026-12-31', false,
  jsonb_build_object(
    'scorecard_id', pg_temp.made('card', n), 'person_id', person_id, 'window_start', '2026-01-01', 'window_end', '2026-12-31',
    'cycle', jsonb_build_object('id', pg_temp.made('cycle', 0), 'code', '2026', 'starts_on', '2026-01-01'),
    'lines', jsonb_agg(jsonb_build_object(
      'line', k + 1, 'kpi_id', kpi_id, 'kpi_code', 'd' || k, 'name', 'KPI ' || k, 'status', 'active', 'component', 'output',
      'weight', weight::text, 'definition_version_id', version_id, 'definition_version', 1, 'direction', 'higher', 'combine', 'mean',
      'combine_parts', 'all', 'update_frequency', 'month', 'window_start', '2026-01-01', 'window_end', '2026-12-31',
      'parts', jsonb_build_array(jsonb_build_object('part', 'main', 'comparison', 'at_least', 'value', target::text, 'unit', 'count',
        'period', 'window', 'direction', 'higher'))) ORDER BY k)),
  md5(n::text), '2026-01-10Z', '2026-01-05Z'
FROM lines GROUP BY n, person_id ORDER BY n;

INSERT INTO scorecard_lines (organization_id, id, scorecard_id, kpi_id, weight, component, position)
SELECT pg_temp.organization(), kpi_id, pg_temp.made('card', n), kpi_id, weight, 'output', k + 1 FROM lines;

INSERT INTO measurements (organization_id, id, kpi_id, part, period_start, period_end, revision, value, source, provenance, recorded_by,
  recorded_at, after_closing)
SELECT pg_temp.organization(), kpi_id, kpi_id, 'main', '2026-12-01', '2026-12-31', 1,
  round(target * (0.7 + (n * 31::bigint + k * 17) % 61 / 100.0), 2), 'CRM', 'system', 'import', '2026-11-01Z', false
FROM lines;

INSERT INTO persons (organization_id, id, version, external_id, given_name, family_name, display_name, active)
SELECT pg_temp.organization(), pg_temp.made('person', n), 1, 'officer ' || n, 'Pay', 'Officer', 'Pay Officer', true
FROM generate_series(pg_temp.people(), pg_temp.people() + 1) n;

INSERT INTO grants (organization_id, id, person_id, role, valid_from, granted_by, approved_by, approved_at, alone)
SELECT pg_temp.organization(), gen_random_uuid(), pg_temp.made('person', n), 'comp_admin', '2020-01-01', 'operator', 'operator',
  '2020-01-01Z', true
FROM generate_series(pg_temp.people(), pg_temp.people() + 1) n;
