"""What the table shows: every template that may still be given, which are everybody's to read."""

from collections.abc import Sequence

from chassis.access import Viewer
from chassis.database import ReadSession
from kpi_api.dictionary import queries as dictionary
from kpi_api.dictionary.models import ScorecardTemplate
from kpi_api.dictionary.templates.queries import templates_shown
from kpi_api.dictionary.templates.schemas import TemplateOutput


async def every_template(viewer: Viewer, session: ReadSession) -> Sequence[TemplateOutput]:
    """Templates by code."""
    wanted = dictionary.templates(viewer).where(ScorecardTemplate.retired_on.is_(None)).order_by(ScorecardTemplate.code)
    rows = (await session.scalars(wanted)).all()
    shown = await templates_shown(session, rows, session.today)
    return [shown[row.id] for row in rows]
