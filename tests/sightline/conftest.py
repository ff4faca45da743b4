"""Fixtures of the operator's command: homes of their own, outside the checkout, that every account may enter."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from sightline.embedded_postgres import EmbeddedPostgres


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home; whatever server a test starts in it is stopped."""
    for variable in ("SIGHTLINE_POSTGRES_PORT", "KPI_API_DATABASE_URL", "SCORING_DATABASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    folder = Path(tempfile.mkdtemp(prefix="sightline-"))
    folder.chmod(0o755)
    yield folder
    monkeypatch.undo()
    EmbeddedPostgres(folder).reset()
    shutil.rmtree(folder)


@pytest.fixture
def ask() -> Callable[[str, str], object]:
    """Run one statement over a fresh connection, as a service would, and return the first value of its answer."""

    async def connect_and_ask(url: str, statement: str) -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return lambda url, statement: asyncio.run(connect_and_ask(url, statement))
