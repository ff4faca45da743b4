"""PostgreSQL: one engine per process, read and write transactions as distinct types.

    async with database.read(organization_id) as session: ...     # BEGIN READ ONLY
    async with database.write(organization_id) as session: ...    # committed at the end of the block, rolled back on any error

A transaction belongs to one organization: it sets `sightline.organization_id` for row-level security, filters each ORM select, fills in
`organization_id` of new rows, and reads `session.now` from the organization's clock once. A query takes a `ReadSession`; an action takes a
`WriteSession`, which is one too.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from chassis.clock import moved_now
from chassis.rows import OrganizationRow

Subscriptions = Mapping[str, Sequence[str]]

Afterwards = Callable[["WriteSession"], Awaitable[None]]
"""What a read leaves to be written in a short transaction of its own, such as that it happened."""


class OrganizationSession(Session):
    """The synchronous heart of our sessions; the events below hang on it."""


class ReadSession(AsyncSession):
    """A read-only transaction of one organization. Once it has ended well, what stands in `afterwards` is written."""

    sync_session_class = OrganizationSession
    organization_id: UUID
    now: datetime
    subscriptions: Subscriptions
    afterwards: list[Afterwards]

    @property
    def today(self) -> date:
        """The UTC date of `now`; an organization's own calendar decides local dates."""
        return self.now.date()

    async def driver(self) -> asyncpg.Connection:
        """The asyncpg connection inside this transaction, for COPY, whole columns and the job queue."""
        connection = await self.connection()
        raw = await connection.get_raw_connection()
        return cast("asyncpg.Connection", raw.driver_connection)


class WriteSession(ReadSession):
    """A read-write transaction of one organization."""


def async_url(url: str) -> str:
    """The same database for SQLAlchemy's asyncpg driver."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


class Database:
    """Opens transactions. `subscriptions` maps event types to the jobs that they cause (see `chassis.events`)."""

    def __init__(self, url: str, *, pool_size: int = 10, movable_clock: bool = False, subscriptions: Subscriptions | None = None) -> None:
        self.url = url
        self.movable_clock = movable_clock
        self.subscriptions: Subscriptions = subscriptions or {}
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # an error may be logged, and parameters are names and salaries
            connect_args={"server_settings": {"jit": "off"}},
        )

    @asynccontextmanager
    async def read(self, organization_id: UUID, *, snapshot: bool = False) -> AsyncIterator[ReadSession]:
        """A read-only transaction; as a `snapshot` each of its statements sees the same moment."""
        async with self.engine.connect() as connection:
            level = {"isolation_level": "REPEATABLE READ"} if snapshot else {}
            await connection.execution_options(postgresql_readonly=True, **level)
            async with ReadSession(bind=connection, expire_on_commit=False, autoflush=False) as session:
                await self._open(session, organization_id)
                yield session
        if session.afterwards:  # only now, so that nobody who holds a connection waits for a second one
            async with self.write(organization_id) as writing:
                for write in session.afterwards:
                    await write(writing)

    @asynccontextmanager
    async def write(self, organization_id: UUID) -> AsyncIterator[WriteSession]:
        async with WriteSession(bind=self.engine, expire_on_commit=False) as session, session.begin():
            await self._open(session, organization_id)
            yield session

    async def _open(self, session: ReadSession, organization_id: UUID) -> None:
        offset = await session.scalar(text("SELECT open_transaction(:organization_id)"), {"organization_id": organization_id})
        session.organization_id = organization_id
        session.sync_session.info["organization_id"] = organization_id
        session.now = moved_now(offset if self.movable_clock else None)
        session.subscriptions = self.subscriptions
        session.afterwards = []

    async def organization_ids(self) -> list[UUID]:
        """Every organization's id: what a worker needs before it can open a transaction."""
        async with self.engine.connect() as connection:
            return list((await connection.execute(text("SELECT id FROM organizations ORDER BY id"))).scalars())

    async def close(self) -> None:
        await self.engine.dispose()


@event.listens_for(OrganizationSession, "before_flush")
def _fill_in_organization(session: Session, *_: Any) -> None:
    for row in session.new:
        if isinstance(row, OrganizationRow):
            row.organization_id = session.info["organization_id"]


@event.listens_for(OrganizationSession, "do_orm_execute")
def _filter_by_organization(state: ORMExecuteState) -> None:
    """The application's own filter, beside row-level security: either alone keeps organizations apart."""
    if state.is_select and not state.is_column_load and not state.is_relationship_load:
        organization_id = state.session.info["organization_id"]
        state.statement = state.statement.options(
            with_loader_criteria(OrganizationRow, lambda cls: cls.organization_id == organization_id, include_aliases=True)
        )
