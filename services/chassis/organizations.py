"""The list of organizations in a database: ids only. What an organization is called and how it works is the service's business."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import WriteSession
from chassis.rows import ChassisRow

log = structlog.get_logger()

Result = TypeVar("Result")


class OrganizationId(ChassisRow):
    """One tenant. Exempt from row-level security, because it is read before the organization is known."""

    __tablename__ = "organizations"

    id: Mapped[UUID] = mapped_column(primary_key=True)


async def ensure_organization(session: WriteSession) -> None:
    """Register the transaction's organization; a repeat is harmless."""
    await session.execute(text("INSERT INTO organizations (id) VALUES (:id) ON CONFLICT DO NOTHING"), {"id": session.organization_id})


async def for_each_organization(ids: Iterable[UUID], work: Callable[[UUID], Awaitable[Result]]) -> list[Result]:
    """Do the work of each organization and return what came of it. Where it fails for one, the others get theirs all the same.

    Each failure is logged with its organization; raises ExceptionGroup of all of them in the end.
    """
    results: list[Result] = []
    failures: list[Exception] = []
    for organization_id in ids:
        try:
            results.append(await work(organization_id))
        except Exception as error:
            log.warning("organization_failed", organization_id=str(organization_id), exc_info=error)
            failures.append(error)
    if failures:
        raise ExceptionGroup("the work of some organizations failed", failures)
    return results
