-- The same company in scoring: its people with their pay bases, and the two officers who run pay.

INSERT INTO people (organization_id, id, external_id, display_name, active, as_of)
SELECT pg_temp.organization(), pg_temp.made('person', n), 'E' || n, 'Given Family' || n, true, '2026-01-01Z'
FROM generate_series(0, pg_temp.people() + 1) n;

INSERT INTO pay_bases (organization_id, id, version, person_id, valid_from, salary, currency, target_bonus_share, fte, pay_group)
SELECT pg_temp.organization(), pg_temp.made('person', n), 1, pg_temp.made('person', n), '2020-01-01',
  30000 + (n * 7919::bigint) % 170000, 'USD', 0.05 * (1 + n % 4), 1, 'MONTHLY'
FROM generate_series(0, pg_temp.people() - 1) n;

INSERT INTO grants (organization_id, id, person_id, role, valid_from)
SELECT pg_temp.organization(), gen_random_uuid(), pg_temp.made('person', n), 'comp_admin', '2020-01-01'
FROM generate_series(pg_temp.people(), pg_temp.people() + 1) n;
