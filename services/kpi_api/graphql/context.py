"""What a GraphQL operation carries: who looks, how to read and write, and its loaders.

Sibling fields are resolved at the same time and one session serves one statement at a time, so each load opens a session of its own with
`read`, a few at once; the first takes over the session that found the viewer, so most queries need no second. A mutation opens its own
`transaction`, which is committed before the fields below it are read.
"""

from asyncio import Semaphore
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from chassis.access import Viewer
from chassis.database import Database, ReadSession, WriteSession
from chassis.identity import Principal
from chassis.pagination import CursorSigner
from chassis.service import Resources
from kpi_api.access.viewer import load_viewer

if TYPE_CHECKING:
    from kpi_api.graphql.loaders import Loaders

CONCURRENT_READS = 3

Charge = Callable[[int], None]
"""Counts so many further requests to the viewer. Raises TooManyRequests."""


@dataclass
class Context:
    """One operation's context."""

    viewer: Viewer
    database: Database
    resources: Resources
    signer: CursorSigner
    charge: Charge
    _first: ReadSession | None
    _closing: AsyncExitStack
    _turns: Semaphore = field(default_factory=lambda: Semaphore(CONCURRENT_READS))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        async with self._turns, self._closing.pop_all() as closing:
            session, self._first = self._first, None
            if session is None:
                session = await closing.enter_async_context(self.database.read(self.viewer.organization_id))
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[WriteSession]:
        self._first = None
        await self._closing.aclose()  # whoever waits for a connection holds none
        async with self.database.write(self.viewer.organization_id) as session:
            yield session
        self.forget_loaded()

    def forget_loaded(self) -> None:
        """What was loaded before a change is out of date."""
        self.__dict__.pop("loaders", None)

    @cached_property
    def loaders(self) -> "Loaders":
        from kpi_api.graphql.loaders import Loaders

        return Loaders(self)


@asynccontextmanager
async def open_context(
    principal: Principal, database: Database, resources: Resources, signer: CursorSigner, charge: Charge
) -> AsyncIterator[Context]:
    """The context of a proven identity's operation. Raises Unauthenticated."""
    async with AsyncExitStack() as closing:
        session = await closing.enter_async_context(database.read(principal.organization_id))
        viewer = await load_viewer(principal, session)
        yield Context(viewer, database, resources, signer, charge, session, closing)
