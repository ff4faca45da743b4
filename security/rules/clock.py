"""Examples of `time-beside-the-clock`: what it refuses, and what it lets pass."""

import time
from datetime import UTC, date, datetime

from sqlalchemy import func, text

# ruleid: time-beside-the-clock
RETIRE = text("UPDATE kpis SET retired_at = now() WHERE organization_id = :organization_id AND id = :id")
# ok: time-beside-the-clock
RETIRE_AT = text("UPDATE kpis SET retired_at = :now WHERE organization_id = :organization_id AND id = :id")


def stamps(session):
    # ruleid: time-beside-the-clock
    yield datetime.now(UTC)
    # ruleid: time-beside-the-clock
    yield date.today()
    # ruleid: time-beside-the-clock
    yield func.now()
    # ruleid: time-beside-the-clock
    yield time.time()
    # ok: time-beside-the-clock
    yield session.now
    # ok: time-beside-the-clock
    yield session.today
    # ok: time-beside-the-clock
    yield time.monotonic()
