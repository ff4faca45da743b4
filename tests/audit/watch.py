"""Calls an operation of the table and compares the records it left: who, what, whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from chassis.audit import AuditRecord
from chassis.database import Database
from tests.audit.table import RECORDED


@dataclass
class Watch:
    """Watches the audit of one service and organization, operation by operation."""

    service: str
    database: Database
    organization_id: UUID
    called: set[str] = field(default_factory=set)

    async def records(self) -> Counter[tuple[str, str, str, str]]:
        """Every record as (actor, action, subject type, subject id)."""
        async with self.database.read(self.organization_id) as session:
            rows = await session.scalars(select(AuditRecord))
            return Counter((row.actor, row.action, row.subject_type, str(row.subject_id)) for row in rows)

    async def call(
        self,
        operation: str,
        by: tuple[Any, httpx.AsyncClient],
        whom: Mapping[str, Sequence[Any]],
        path: Mapping[str, Any] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """The answer, which came with exactly the records of the table, by the actor and about the subjects that `whom` names by type."""
        before = await self.records()
        method, _, template = operation.partition(" ")
        answer = await by[1].request(method, template.format(**(path or {})), **content)
        assert answer.is_success, (operation, answer.status_code, answer.text)
        await self.compare(operation, str(by[0]), whom, before)
        return answer

    async def compare(
        self, operation: str, actor: str, whom: Mapping[str, Sequence[Any]], before: Counter[tuple[str, str, str, str]]
    ) -> None:
        left = RECORDED[self.service][operation]
        expected = Counter((actor, action, type_, str(id_)) for action, type_ in left for id_ in whom[type_])
        assert await self.records() - before == expected, operation
        self.called.add(operation)

    async def nothing_by(self, client: httpx.AsyncClient, method: str, path: str, status: int, **content: Any) -> None:
        """The call answers with `status` and leaves no record."""
        before = await self.records()
        answer = await client.request(method, path, **content)
        assert (answer.status_code, await self.records() - before) == (status, Counter()), (path, answer.text)

    def assert_complete(self) -> None:
        """Every operation of the table was called."""
        assert self.called == RECORDED[self.service].keys()
