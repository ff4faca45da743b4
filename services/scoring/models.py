"""Every table of scoring, gathered for migrations. Each domain is imported for its tables."""

from scoring.access import models as access
from scoring.database import Base
from scoring.organization import models as organization
from scoring.pay_bases import models as pay_bases
from scoring.payroll import models as payroll
from scoring.people import models as people
from scoring.plans import models as plans
from scoring.runs import models as runs

PARTITIONED_TABLES: tuple[str, ...] = ()

__all__ = ["PARTITIONED_TABLES", "Base", "access", "organization", "pay_bases", "payroll", "people", "plans", "runs"]
