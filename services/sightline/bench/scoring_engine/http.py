"""A million scorecards through HTTP: streamed in, digested, validated, scored, streamed out, nothing stored.

The baseline is the same server echoing the same bytes, proven to come from the same caller, plus the engine over the same tables in this
process. `echo_server` has that one more route.
"""

import hashlib
from io import BytesIO

import httpx
import pyarrow as pa

from scoring.engine import load_plan
from sightline.bench.figures import Figure
from sightline.bench.scoring_engine.material import PLAN, Tables, facts, scored, seconds, tables
from sightline.bench.stage import BenchFailed, Stage
from sightline.bench.stage import seconds as seconds_of

PEOPLE_PER_PERSON = 10
BATCH = 50_000
ROUNDS = 2
ARROW = {"Content-Type": "application/vnd.apache.arrow.stream"}


async def run(stage: Stage, people: int) -> Figure:
    """Seconds of the request by seconds of the echo and the engine, the better of two rounds each."""
    given = tables(facts(people * PEOPLE_PER_PERSON))
    body, plan = _streams(given), load_plan(PLAN)
    stage.serve_instead("scoring", "sightline.bench.scoring_engine.echo_server")
    made = await stage.new_organization("Scores over HTTP")
    async with stage.client("scoring", made.organization_id, made.person_id) as client:
        mine, echoed, engine = [], [], []
        for _ in range(ROUNDS):
            echoed.append(await seconds_of(lambda: _sent(client, "/bench/echo", body)))
            engine.append(seconds(lambda: scored(plan, *given)))
            mine.append(await seconds_of(lambda: _sent(client, "/v1/scores/stream", body)))
        _require_everybody(await _sent(client, "/v1/scores/stream", body), body, given)
    return Figure("scoring.http", min(mine), "s", min(echoed) + min(engine), "lower", 1.5)


def _streams(given: Tables) -> bytes:
    """Batches of whole people, as the service takes them."""
    lines, people = given
    each = lines.num_rows // people.num_rows
    sink = BytesIO()
    for start in range(0, people.num_rows, BATCH):
        for table in (_own_ids(lines.slice(start * each, BATCH * each)), people.slice(start, BATCH)):
            schema = table.schema.with_metadata({"plan": PLAN})
            with pa.ipc.new_stream(sink, schema) as writer:
                writer.write_table(table.cast(schema).combine_chunks())
    return sink.getvalue()


def _own_ids(lines: pa.Table) -> pa.Table:
    """Lines that name only the scorecards they are of."""
    ids = lines["scorecard_id"].combine_chunks()
    own = ids.dictionary_decode().dictionary_encode()
    return lines.set_column(lines.column_names.index("scorecard_id"), "scorecard_id", own)


async def _sent(client: httpx.AsyncClient, path: str, body: bytes) -> httpx.Response:
    response = await client.post(path, content=body, headers=ARROW)
    if response.is_error:
        raise BenchFailed(f"POST {path} answered {response.status_code}: {response.text[:1000]}", "See what the services logged.")
    return response


def _require_everybody(answer: httpx.Response, body: bytes, given: Tables) -> None:
    """Raises BenchFailed where an amount is not the engine's, or the digest not the body's."""
    reader, amounts = pa.BufferReader(answer.content), []
    while reader.tell() < reader.size():
        table = pa.ipc.open_stream(reader).read_all()
        amounts += [table["amount"].cast(pa.decimal128(38, 2)).combine_chunks()] if "amount" in table.column_names else []
    wanted = scored(load_plan(PLAN), *given)[1]["amount"].cast(pa.decimal128(38, 2)).combine_chunks()
    if not pa.concat_arrays(amounts).equals(wanted):
        raise BenchFailed("What the service answers is not what the engine says.", "See scoring.scores.streaming.")
    if answer.headers["Received-Digest"] != f"sha256:{hashlib.sha256(body).hexdigest()}":
        raise BenchFailed("The digest is not the body's.", "See scoring.scores.streaming.")
