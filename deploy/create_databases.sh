#!/bin/sh
# Run once by the postgres image when its data folder is empty: the two databases, their owner, and the role each service works as.
# The owner changes tables and is used by migrations only; a service's role creates nothing and cannot bypass row-level security.
set -eu

administrator() { psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" "$@"; }

administrator --dbname postgres --set=password="$OWNER_PASSWORD" <<'SQL'
CREATE ROLE sightline_owner LOGIN PASSWORD :'password';
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
SQL

create() {
    administrator --dbname postgres --set=database="$1" --set=service="$1_service" --set=password="$2" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"database" OWNER sightline_owner;
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"service";
\connect :"database"
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"service";
SQL
}

create kpi_api "$KPI_API_PASSWORD"
create scoring "$SCORING_PASSWORD"
