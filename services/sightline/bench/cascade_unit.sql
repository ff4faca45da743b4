-- A function of 300 KPIs added to the company: 10 of its own, 6 teams with 5 each, 52 people with 5 each, led by the first of them.
-- Ids of a number range of their own.

CREATE FUNCTION pg_temp.far(number int) RETURNS bigint IMMUTABLE LANGUAGE sql AS $$ SELECT 100000000000 + number $$;

INSERT INTO persons (organization_id, id, version, external_id, given_name, family_name, display_name, active, hire_date)
SELECT pg_temp.organization(), pg_temp.made('person', pg_temp.far(n)), 1, 'F' || n, 'Given', 'Far' || n, 'Given Far' || n, true, '2020-01-01'
FROM generate_series(0, 51) n;

INSERT INTO org_units (organization_id, id, version, code, name, kind, parent_id, head_id)
SELECT pg_temp.organization(), pg_temp.made('unit', pg_temp.far(u)), 1, 'far' || u, 'Far unit ' || u,
  CASE WHEN u = 0 THEN 'function' ELSE 'team' END, CASE WHEN u = 0 THEN pg_temp.made('unit', 1) ELSE pg_temp.made('unit', pg_temp.far(0)) END,
  CASE WHEN u = 0 THEN pg_temp.made('person', pg_temp.far(0)) END
FROM generate_series(0, 6) u;

INSERT INTO employments (organization_id, id, person_id, valid_from, unit_id, manager_id, fte, is_primary)
SELECT pg_temp.organization(), pg_temp.made('person', pg_temp.far(n)), pg_temp.made('person', pg_temp.far(n)), '2020-01-01',
  pg_temp.made('unit', pg_temp.far(CASE WHEN n = 0 THEN 0 ELSE 1 + n % 6 END)),
  CASE WHEN n > 0 THEN pg_temp.made('person', pg_temp.far(0)) END, 1, true
FROM generate_series(0, 51) n;

INSERT INTO reporting_lines (organization_id, id, manager_id, person_id, depth, valid_from)
SELECT pg_temp.organization(), gen_random_uuid(), pg_temp.made('person', pg_temp.far(0)), pg_temp.made('person', pg_temp.far(n)), 1, '2020-01-01'
FROM generate_series(1, 51) n;

CREATE TEMP TABLE far ON COMMIT DROP AS
  SELECT u * 10 + k AS n, 'functional' AS level, NULL::int AS person, 0 AS unit, NULL::int AS above FROM generate_series(0, 9) k, (SELECT 0) z(u)
  UNION ALL
  SELECT u * 100 + k, 'team', NULL, u, k FROM generate_series(1, 6) u, generate_series(0, 4) k
  UNION ALL
  SELECT 1000 + p * 10 + k, 'individual', p, NULL, (1 + p % 6) * 100 + k FROM generate_series(0, 51) p, generate_series(0, 4) k;

INSERT INTO kpis (organization_id, id, version, definition_version_id, cycle_id, name, why, level, owner_person_id, owner_unit_id,
  collaborative, window_start, window_end, controllability, status)
SELECT pg_temp.organization(), pg_temp.made('kpi', pg_temp.far(n)), 1, pg_temp.made('version', n % 6), pg_temp.made('cycle', 0),
  'Far KPI ' || n, '', level, pg_temp.made('person', pg_temp.far(person)), pg_temp.made('unit', pg_temp.far(unit)),
  false, '2026-01-01', '2026-12-31', 'high', 'active'
FROM far;

INSERT INTO kpi_targets (organization_id, id, kpi_id, part, position, comparison, value, unit, period)
SELECT pg_temp.organization(), pg_temp.made('kpi', pg_temp.far(n)), pg_temp.made('kpi', pg_temp.far(n)), 'main', 1, 'at_least', 100 + n,
  'count', 'window'
FROM far;

INSERT INTO contributions (organization_id, id, child_id, parent_id, weight)
SELECT pg_temp.organization(), pg_temp.made('kpi', pg_temp.far(n)), pg_temp.made('kpi', pg_temp.far(n)), pg_temp.made('kpi', pg_temp.far(above)), 1
FROM far WHERE above IS NOT NULL;
