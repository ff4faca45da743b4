"""Every table of kpi_api, gathered for migrations. Each domain is imported for its tables."""

from kpi_api.access import models as access
from kpi_api.cascade import models as cascade
from kpi_api.cascade.leading import models as leading
from kpi_api.closing import models as closing
from kpi_api.collaboration import models as collaboration
from kpi_api.cycles import models as cycles
from kpi_api.database import Base
from kpi_api.development import models as development
from kpi_api.dictionary import models as dictionary
from kpi_api.dictionary.duplicates import models as duplicates
from kpi_api.dictionary.formulas import models as formulas
from kpi_api.dictionary.search import models as search
from kpi_api.dictionary.stewardship import models as stewardship
from kpi_api.hris import models as hris
from kpi_api.identities import models as identities
from kpi_api.measurements import models as measurements
from kpi_api.measurements.milestones import models as milestones
from kpi_api.people import models as people
from kpi_api.people.leaves import models as leaves
from kpi_api.people.privacy import models as privacy
from kpi_api.reviews import models as reviews
from kpi_api.scorecards import models as scorecards
from kpi_api.scorecards.assignments import models as assignments
from kpi_api.scorecards.corrections import models as corrections
from kpi_api.scorecards.discussion import models as discussion
from kpi_api.scorecards.findings import models as findings
from kpi_api.scores import models as scores

PARTITIONED_TABLES: tuple[str, ...] = ("measurements",)

__all__ = [
    "PARTITIONED_TABLES",
    "Base",
    "access",
    "assignments",
    "cascade",
    "closing",
    "collaboration",
    "corrections",
    "cycles",
    "development",
    "dictionary",
    "discussion",
    "duplicates",
    "findings",
    "formulas",
    "hris",
    "identities",
    "leading",
    "leaves",
    "measurements",
    "milestones",
    "people",
    "privacy",
    "reviews",
    "scorecards",
    "scores",
    "search",
    "stewardship",
]
