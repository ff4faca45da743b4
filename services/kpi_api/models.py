"""Every table of kpi_api, gathered for migrations. Each domain is imported for its tables."""

from kpi_api.access import models as access
from kpi_api.cascade import models as cascade
from kpi_api.cycles import models as cycles
from kpi_api.database import Base
from kpi_api.dictionary import models as dictionary
from kpi_api.people import models as people

PARTITIONED_TABLES: tuple[str, ...] = ()

__all__ = ["PARTITIONED_TABLES", "Base", "access", "cascade", "cycles", "dictionary", "people"]
