"""Every table of scoring, gathered for migrations. Each domain is imported for its tables."""

from scoring.access import models as access
from scoring.database import Base

PARTITIONED_TABLES: tuple[str, ...] = ()

__all__ = ["PARTITIONED_TABLES", "Base", "access"]
