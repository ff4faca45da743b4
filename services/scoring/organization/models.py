"""The organization's profile."""

from sqlalchemy.orm import Mapped

from chassis.rows import Versioned
from scoring.database import Row


class OrganizationProfile(Versioned, Row):
    """One row for each organization; `id` is the organization's own id. `currency` is an ISO 4217 code."""

    __tablename__ = "organization_profiles"

    name: Mapped[str]
    currency: Mapped[str]
