"""Who read the viewer's own reviews and scores, in the graph."""

from datetime import datetime
from uuid import UUID

import strawberry

from chassis.audit import readings
from kpi_api.graphql.nodes import Connection, Info, connection, page_request
from kpi_api.reviews.queries import WHOSE


@strawberry.type(description="Who read: a person by name with the roles they had then, a key by its name, a service, or the operator.")
class Reader:
    kind: str
    name: str | None = strawberry.field(description="Null for somebody who is no longer known.")
    roles: list[str]


@strawberry.type(description="One read of what is a person's.")
class Reading:
    read_at: datetime
    what: str
    subject_type: str
    subject_uuid: UUID
    reader: Reader

    @classmethod
    def of(cls, given: readings.Reading) -> "Reading":
        reader = Reader(kind=given.reader.kind, name=given.reader.name, roles=given.reader.roles)
        return cls(
            read_at=given.read_at, what=given.what, subject_type=given.subject_type, subject_uuid=given.subject_id, reader=reader
        )


async def own_readings(info: Info, first: int, after: str | None) -> Connection[Reading] | None:
    """The latest first; null for an integration, of which there is nothing to read."""
    viewer, page = info.context.viewer, page_request(info, first, after)
    if viewer.person_id is None:
        return None
    async with info.context.read() as session:
        rows = await readings.readings(viewer, session, page, WHOSE, viewer.person_id)
        shown = dict(zip((row.id for row in rows), await readings.shown(session, WHOSE, rows), strict=True))
    return connection(rows, after, lambda row: Reading.of(shown[row.id]))
