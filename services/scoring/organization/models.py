"""The organization's profile."""

from decimal import Decimal

from sqlalchemy.orm import Mapped

from chassis.rows import Versioned
from scoring.database import Row


class OrganizationProfile(Versioned, Row):
    """One row for each organization; `id` is the organization's own id. `currency` is an ISO 4217 code.

    A run that pays more than `second_approval_above` in some currency (in that currency) needs a second approver; null asks for one only.
    """

    __tablename__ = "organization_profiles"

    name: Mapped[str]
    currency: Mapped[str]
    second_approval_above: Mapped[Decimal | None]
