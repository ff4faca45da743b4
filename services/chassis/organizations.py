"""The list of organizations in a database: ids only. What an organization is called and how it works is the service's business."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import WriteSession
from chassis.rows import ChassisRow


class OrganizationId(ChassisRow):
    """One tenant. Exempt from row-level security, because it is read before the organization is known."""

    __tablename__ = "organizations"

    id: Mapped[UUID] = mapped_column(primary_key=True)


async def ensure_organization(session: WriteSession) -> None:
    """Register the transaction's organization; a repeat is harmless."""
    await session.execute(text("INSERT INTO organizations (id) VALUES (:id) ON CONFLICT DO NOTHING"), {"id": session.organization_id})
