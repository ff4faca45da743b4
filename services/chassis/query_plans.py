"""Plans for statements over many rows.

Statistics know nothing of what this transaction wrote, and of an organization that came this minute they say that it has no rows.
Planned for that organization, a join becomes nested loops and a foreign key is checked by an index that only names the organization:
quadratic both. Planned for any organization, statements over many rows hash, and keys are looked up by their whole index.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from chassis.database import WriteSession

MANY = 500


@asynccontextmanager
async def planned_for(session: WriteSession, rows: int) -> AsyncIterator[None]:
    """Within this block, plan statements for about so many rows. Few keep the planner's choice."""
    if rows < MANY:
        yield
        return
    await session.execute(text("SET LOCAL enable_nestloop = off"))
    await session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    yield
    await session.execute(text("SET LOCAL enable_nestloop = on"))
    await session.execute(text("SET LOCAL plan_cache_mode = auto"))
