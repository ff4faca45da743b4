"""Scorecards streamed through: results and digest come back, nothing is stored, and whatever is wrong is told before the first byte."""

import hashlib
import io
from decimal import Decimal
from typing import Any

import httpx
import pyarrow as pa
import pytest
from sqlalchemy import text

from scoring.engine import load_plan
from scoring.engine.batches import Batch
from tests.scoring.company import Company, found, ok
from tests.scoring.engine.test_batches import one_person
from tests.world import Organization

PLAN = """
plan: streamed
steps:
  - {name: attainment, kind: attainment}
  - {name: composite, kind: weighted_mean, of: attainment}
  - {name: bonus, kind: amount, basis: target_bonus, factors: [composite], places: 2, floor: 0}
  - {name: share, kind: pool, of: bonus, size: 600, places: 2}
composite: composite
payout: share
"""


def body(*batches: Batch, plan: str | None = PLAN) -> bytes:
    sink = io.BytesIO()
    for batch in batches:
        for table in batch:
            schema = table.schema.with_metadata({"plan": plan} if plan and not sink.tell() else None)
            with pa.ipc.new_stream(sink, schema) as writer:
                writer.write_table(table.cast(schema))
    return sink.getvalue()


def tables(content: bytes) -> list[pa.Table]:
    reader, found = pa.BufferReader(content), []
    while reader.tell() < reader.size():
        found.append(pa.ipc.open_stream(reader).read_all())
    return found


@pytest.fixture
async def company(organization: Organization) -> Company:
    return await found(organization)


async def sent(client: httpx.AsyncClient, content: bytes, **parameters: Any) -> httpx.Response:
    headers = {"Content-Type": "application/vnd.apache.arrow.stream"}
    return await client.post("/v1/scores/stream", content=content, headers=headers, params=parameters)


async def test_a_pool_over_two_batches_is_answered_batch_by_batch(company: Company) -> None:
    """Given two people in two batches and a pool for both, when they are streamed, then each batch has its results, by what both claim."""
    content = body(one_person("s1"), one_person("s2"))
    answer = ok(await sent(company.service, content))
    first, people, _, more = tables(answer.content)
    assert first.select(["scorecard_id", "line", "attainment_raw", "reason_code"]).to_pylist() == [
        {"scorecard_id": "s1", "line": 1, "attainment_raw": Decimal("0.500000000000"), "reason_code": None}
    ]
    assert [(row["scorecard_id"], row["amount"]) for table in (people, more) for row in table.to_pylist()] == [
        ("s1", Decimal("300.00")),
        ("s2", Decimal("300.00")),
    ]
    assert "steps" not in people.column_names
    assert answer.headers["Received-Digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert answer.headers["Plan-Digest"] == load_plan(PLAN).digest
    assert (answer.headers["Scored-People"], answer.headers["Failed-People"], answer.headers["Engine-Version"]) == ("2", "0", "1")
    # And nothing of it is kept.
    async with company.world.scoring.database.read(company.organization.id) as session:
        assert await session.scalar(text("SELECT count(*) FROM runs")) == 0


async def test_steps_are_told_to_who_asks(company: Company) -> None:
    _, people = tables(ok(await sent(company.service, body(one_person("s1")), steps="true")).content)
    assert people["steps"][0].as_py()["bonus"] == Decimal("500.00")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_stream"),
        (body(one_person("s1"))[:-400], "unreadable_stream"),
        (body(one_person("s1"))[:-8], "stream_cut_off"),
        (body(one_person("s1"), plan=None), "plan_missing"),
        (body(one_person("s1"), one_person("s1")), "repeated_scorecard"),
        (body((one_person("s1")[0], one_person("s2")[1])), "unknown_scorecard"),
        (body(one_person("s1"), plan="plan: p\nsteps: [{name: a, kind: magic}]"), "unknown_step_kind"),
    ],
    ids=["nothing", "cut off", "cut off between batches", "no plan", "twice", "somebody else's lines", "wrong plan"],
)
async def test_what_is_wrong_is_told_instead_of_an_answer(company: Company, content: bytes, code: str) -> None:
    answer = await sent(company.service, content)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_who_may_not_compute_scores_streams_nothing(company: Company) -> None:
    await company.appoint("ana")
    assert (await sent(company.clients["ana"], body(one_person("s1")))).status_code == 403
