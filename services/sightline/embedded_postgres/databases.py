"""The two databases, who owns them and the role that each service works as.

The owner may change tables and is used by migrations only. A service's role can neither create anything nor bypass row-level security, and
may connect to its own database alone. Which tables it may read or write is granted by the migrations.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sightline.embedded_postgres.cluster import Cluster
from sightline.embedded_postgres.psql import Psql

OWNER = "sightline_owner"
SERVICE_ROLES: Mapping[str, str] = {"kpi_api": "kpi_api_service", "scoring": "scoring_service"}
ROLES = (OWNER, *SERVICE_ROLES.values())

# Where an earlier launcher was killed, its psql may still be at work on the same thing: the advisory lock lets one go after the other.

CREATE_ROLE = r"""
SELECT pg_advisory_lock(hashtext('sightline databases'));
SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', :'role', :'password')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
"""

CREATE_DATABASE = r"""
SELECT pg_advisory_lock(hashtext('sightline databases'));
SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE %I', :'database', :'owner', :'template')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database", postgres, template1 FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE :"database" TO :"service";
\connect :"database"
SELECT pg_advisory_lock(hashtext('sightline databases'));
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"service";
"""


@dataclass(frozen=True)
class DatabaseUrls:
    """`postgresql://user:password@host:port/database` of both databases, as the service's role and as the owner."""

    kpi_api: str = field(repr=False)
    kpi_api_owner: str = field(repr=False)
    scoring: str = field(repr=False)
    scoring_owner: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """The settings by which the services and the migrations find their databases."""
        return {
            "KPI_API_DATABASE_URL": self.kpi_api,
            "KPI_API_OWNER_DATABASE_URL": self.kpi_api_owner,
            "SCORING_DATABASE_URL": self.scoring,
            "SCORING_OWNER_DATABASE_URL": self.scoring_owner,
        }


def urls(cluster: Cluster, host: str, port: int, suffix: str) -> DatabaseUrls:
    def url(role: str, service: str) -> str:
        return f"postgresql://{role}:{cluster.password(role)}@{host}:{port}/{database_name(service, suffix)}"

    kpi_api, scoring = ((url(role, service), url(OWNER, service)) for service, role in SERVICE_ROLES.items())
    return DatabaseUrls(*kpi_api, *scoring)


def create_pair(psql: Psql, cluster: Cluster, suffix: str, template: str | None = None) -> None:
    """Create what is missing of the roles and both databases of `suffix`; repeating it changes nothing."""
    for role in ROLES:
        psql.run(CREATE_ROLE, role=role, password=cluster.password(role))
    for service, role in SERVICE_ROLES.items():
        origin = "template1" if template is None else database_name(service, template)
        psql.run(CREATE_DATABASE, database=database_name(service, suffix), owner=OWNER, service=role, template=origin)


def drop_pair(psql: Psql, suffix: str) -> None:
    for service in SERVICE_ROLES:
        psql.run('DROP DATABASE IF EXISTS :"database" WITH (FORCE);', database=database_name(service, suffix))


def database_name(service: str, suffix: str) -> str:
    """`kpi_api` for the default pair, `kpi_api_<suffix>` for another."""
    if not suffix:
        return service
    if not re.fullmatch(r"[a-z0-9_]{1,40}", suffix):
        raise ValueError(f"a database suffix has 1 to 40 lower-case letters, digits or underscores, not {suffix!r}")
    return f"{service}_{suffix}"
