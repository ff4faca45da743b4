"""What a GraphQL operation carries: who looks, how to read and write, and its loaders.

Sibling fields are resolved at the same time and one session serves one statement at a time, so each load opens a session of its own with
`read`, a few at once. A mutation opens its own `transaction`, which is committed before the fields below it are read.
"""

from asyncio import Semaphore
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from chassis.database import Database, ReadSession, WriteSession
from chassis.pagination import CursorSigner
from chassis.service import Resources
from kpi_api.access.viewer import Viewer

if TYPE_CHECKING:
    from kpi_api.graphql.loaders import Loaders

CONCURRENT_READS = 3


@dataclass
class Context:
    """One operation's context."""

    viewer: Viewer
    database: Database
    resources: Resources
    signer: CursorSigner
    _turns: Semaphore = field(default_factory=lambda: Semaphore(CONCURRENT_READS))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadSession]:
        async with self._turns, self.database.read(self.viewer.organization_id) as session:
            yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[WriteSession]:
        async with self.database.write(self.viewer.organization_id) as session:
            yield session
        self.__dict__.pop("loaders", None)  # what was loaded before the change is out of date

    @cached_property
    def loaders(self) -> "Loaders":
        from kpi_api.graphql.loaders import Loaders

        return Loaders(self)
