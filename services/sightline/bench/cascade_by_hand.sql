-- What GET /v1/units/{id}/cascade answers where nothing need be folded, by one statement: the same JSON under the same rules of sight.
-- Targets are worded by comparison, value, unit and period; due dates, lateness and evidence, which the generator has none of, are not.
WITH RECURSIVE units AS (
  SELECT id, name FROM org_units WHERE organization_id = :organization AND id = :unit
  UNION
  SELECT o.id, o.name FROM units u JOIN org_units o ON o.organization_id = :organization AND o.parent_id = u.id
),
led AS (
  SELECT id FROM org_units WHERE organization_id = :organization AND (head_id = :viewer OR head_id = ANY (ARRAY(
    SELECT person_id FROM reporting_lines WHERE organization_id = :organization AND manager_id = :viewer
      AND valid_from <= :today AND (valid_to IS NULL OR valid_to > :today))))
  UNION
  SELECT o.id FROM led l JOIN org_units o ON o.organization_id = :organization AND o.parent_id = l.id
),
cycle AS (SELECT id FROM cycles WHERE organization_id = :organization AND code = :cycle),
staff AS MATERIALIZED (
  SELECT person_id, unit_id FROM employments
  WHERE organization_id = :organization AND unit_id = ANY (ARRAY(SELECT id FROM units)) AND is_primary
    AND valid_from <= :today AND (valid_to IS NULL OR valid_to > :today)
),
-- No owner but where the KPI is seen whole, and not as an ancestor on the line of sight.
inside AS (
  SELECT k.id, k.name, k.level, k.status, u.id AS unit_id, u.name AS unit_name, NULL::uuid AS owner_id, NULL AS owner_name
  FROM kpis k JOIN units u ON u.id = k.owner_unit_id
  WHERE k.organization_id = :organization AND k.owner_unit_id = ANY (ARRAY(SELECT id FROM units))
    AND k.cycle_id = (SELECT id FROM cycle) AND (k.owner_unit_id IN (SELECT id FROM led) OR k.id = ANY (ARRAY(
      SELECT kpi_id FROM kpi_sights WHERE organization_id = :organization AND person_id = :viewer)))
  UNION ALL
  SELECT id, name, level, status, unit_id, unit_name, CASE WHEN whole THEN owner_id END, CASE WHEN whole THEN owner_name END
  FROM (
    SELECT k.id, k.name, k.level, k.status, u.id AS unit_id, u.name AS unit_name, p.id AS owner_id, p.display_name AS owner_name,
      k.owner_person_id = :viewer
        OR k.owner_person_id = ANY (ARRAY(
          SELECT person_id FROM reporting_lines WHERE organization_id = :organization AND manager_id = :viewer
            AND valid_from <= :today AND (valid_to IS NULL OR valid_to > :today)))
        OR k.id = ANY (ARRAY(
          SELECT kpi_id FROM kpi_sights WHERE organization_id = :organization AND person_id = :viewer AND sight = 'stakeholder')) AS whole
    FROM kpis k
    JOIN staff e ON e.person_id = k.owner_person_id
    JOIN persons p ON p.organization_id = :organization AND p.id = k.owner_person_id
    JOIN units u ON u.id = e.unit_id
    WHERE k.organization_id = :organization AND k.cycle_id = (SELECT id FROM cycle)
      AND k.owner_person_id = ANY (ARRAY(SELECT person_id FROM staff))
  ) of_people
  WHERE whole OR id = ANY (ARRAY(SELECT kpi_id FROM kpi_sights WHERE organization_id = :organization AND person_id = :viewer))
),
levels (level, place, one, many) AS (
  VALUES ('strategic', 1, 'strategic KPI', 'strategic KPIs'), ('business_unit', 2, 'business unit', 'business units'),
    ('functional', 3, 'function', 'functions'), ('team', 4, 'team', 'teams'), ('individual', 5, 'person', 'people')
),
counted AS (
  SELECT level, unit_id, unit_name, count(*) AS kpis, count(DISTINCT owner_id) AS people FROM inside GROUP BY level, unit_id, unit_name
),
summed AS (
  SELECT l.level, l.place, l.one, l.many, sum(c.kpis) AS kpis, count(*) AS units, sum(c.people) AS people,
    json_agg(json_build_object('unit', json_build_object('id', c.unit_id, 'name', c.unit_name), 'kpis', c.kpis)
      ORDER BY c.unit_name, c.unit_id) AS by_unit
  FROM levels l JOIN counted c ON c.level = l.level GROUP BY l.level, l.place, l.one, l.many
),
told AS (
  SELECT s.place, CASE WHEN n = 0 THEN s.kpis || ' individual KPI' || CASE s.kpis WHEN 1 THEN '' ELSE 's' END
    ELSE n || ' ' || CASE n WHEN 1 THEN s.one ELSE s.many END END AS words, row_number() OVER (ORDER BY s.place DESC) AS from_last
  FROM summed s, LATERAL (SELECT CASE s.level WHEN 'strategic' THEN s.kpis WHEN 'individual' THEN s.people ELSE s.units END) AS c (n)
)
SELECT json_build_object(
  'unit', (SELECT json_build_object('id', id, 'name', name) FROM units WHERE id = :unit),
  'cycle_id', (SELECT id FROM cycle),
  'sentence', (
    SELECT (SELECT name FROM units WHERE id = :unit) || ' has ' || (SELECT sum(kpis) FROM summed) || ' KPIs that you see: of '
      || string_agg(words || CASE from_last WHEN 1 THEN '' WHEN 2 THEN ' and ' ELSE ', ' END, '' ORDER BY place) || '.' FROM told),
  'levels', (
    SELECT json_agg(json_build_object('level', level, 'kpis', kpis, 'units', units, 'people', people, 'by_unit', by_unit) ORDER BY place)
    FROM summed),
  'nodes', (
    SELECT json_agg(json_build_object('id', i.id, 'name', i.name, 'level', i.level, 'status', i.status,
      'owning_unit', json_build_object('id', i.unit_id, 'name', i.unit_name),
      'owner', CASE WHEN i.owner_id IS NOT NULL THEN json_build_object('id', i.owner_id, 'name', i.owner_name) END,
      'targets', (
        SELECT json_agg(
          CASE WHEN t.comparison = 'at_most' AND t.value = 0 THEN 'zero'
            ELSE CASE t.comparison WHEN 'at_least' THEN 'at least' WHEN 'at_most' THEN 'at most' WHEN 'within' THEN 'between'
                ELSE t.comparison END || ' ' || n.low || CASE t.unit WHEN 'percent' THEN '%' WHEN 'count' THEN '' WHEN 'ratio' THEN ''
                WHEN 'score' THEN coalesce(' out of ' || n.scale, '') ELSE ' ' || replace(t.unit, '_', ' ') END
              || CASE WHEN t.value_high IS NULL THEN '' ELSE ' and ' || n.high || CASE t.unit WHEN 'percent' THEN '%' WHEN 'count' THEN ''
                WHEN 'ratio' THEN '' WHEN 'score' THEN coalesce(' out of ' || n.scale, '') ELSE ' ' || replace(t.unit, '_', ' ') END END
            END || CASE WHEN t.period = 'window' THEN '' ELSE CASE WHEN t.unit IN ('percent', 'ratio', 'score', 'days', 'business_days',
              'hours', 'minutes') THEN ' each ' ELSE ' per ' END || replace(t.period, '_', '-') END ORDER BY t.position)
        FROM kpi_targets t, LATERAL (SELECT
          rtrim(to_char(t.value, 'FM999,999,999,999,999,990.999999999999'), '.') AS low,
          rtrim(to_char(t.value_high, 'FM999,999,999,999,999,990.999999999999'), '.') AS high,
          rtrim(to_char(t.scale_maximum, 'FM999,990.999999999999'), '.') AS scale) n
        WHERE t.organization_id = :organization AND t.kpi_id = i.id))
      ORDER BY l.place, i.unit_name, i.name, i.id) FROM inside i JOIN levels l ON l.level = i.level),
  'edges', (
    SELECT json_agg(json_build_object('child_id', c.child_id, 'parent_id', c.parent_id, 'weight', c.weight::text, 'contributions', 1)
      ORDER BY l.place, i.unit_name, i.name, i.id, c.weight DESC, c.parent_id)
    FROM inside i JOIN levels l ON l.level = i.level JOIN contributions c ON c.organization_id = :organization AND c.child_id = i.id
    WHERE c.parent_id IN (SELECT id FROM inside)),
  'folded', '[]'::json,
  'complete', true)::text
WHERE EXISTS (SELECT FROM persons WHERE organization_id = :organization AND id = :viewer AND active
  AND coalesce(termination_date >= :today, true))
