-- What both databases' scripts share: the organization, its size, and ids in the order of their making, as UUIDs of version 7 are.
SET LOCAL session_replication_role = replica; -- No foreign keys and triggers: what is written is right by construction. Every index is kept.

CREATE FUNCTION pg_temp.organization() RETURNS uuid STABLE LANGUAGE sql AS $$ SELECT current_setting('bench.organization')::uuid $$;
CREATE FUNCTION pg_temp.people() RETURNS int STABLE LANGUAGE sql AS $$ SELECT current_setting('bench.people')::int $$;
CREATE FUNCTION pg_temp.made(kind text, number bigint) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
  SELECT (lpad(to_hex(array_position('{cycle,person,unit,definition,version,unit_kpi,kpi,card}', kind)), 8, '0')
    || '000070008000' || lpad(to_hex(number), 12, '0'))::uuid
$$;
