"""`measurements.bulk`: values a second through `POST /v1/measurements`, against the same rows written by hand.

The hand-written way: COPY the file into a temporary table and one INSERT ... SELECT into `measurements`. It trusts the file: it neither
looks who may record what, nor for earlier values of the same period, nor what periods a KPI is measured in.
"""

from datetime import date
from uuid import UUID

from sightline.bench.company import Company, company_of
from sightline.bench.figures import Figure
from sightline.bench.people_import import copy_csv
from sightline.bench.stage import BenchFailed, Stage, accepted, seconds

ROUNDS = 2
ROWS_PER_PERSON = 2
ROWS_PER_REQUEST = 50_000
HEADER = "kpi_id,period_start,value,source,source_record_id"
CSV = {"Content-Type": "text/csv"}

ARRIVING = """
CREATE TEMP TABLE arriving (
  kpi_id uuid, period_start date, value numeric, source text, source_record_id text, id uuid DEFAULT gen_random_uuid()
) ON COMMIT DROP
"""

INSERT = """
INSERT INTO measurements (organization_id, id, kpi_id, part, period_start, period_end, revision, value, source, source_record_id,
  provenance, recorded_by, recorded_at, after_closing)
SELECT $1, id, kpi_id, 'main', period_start, period_start + interval '1 month' - interval '1 day', 1, value, source, source_record_id,
  'form', $2, now(), false
FROM arriving
"""

WRITTEN = """
SELECT count(*) AS values, sum(hashtextextended(concat_ws(' ', kpi_id, value, period_end - period_start, source, provenance), 0)) AS digest
FROM measurements WHERE organization_id = $1 AND period_start = $2
"""


async def run(stage: Stage, people: int) -> Figure:
    """Values a second, ours and theirs, the better of two rounds each."""
    stage.rest()
    company = await company_of(stage, people)
    mine, theirs = [], []
    for number in range(ROUNDS):
        # Months of 31 days, so that both sides write the same but for the month.
        by_hand, ours = date(2026, 1 + 4 * number, 1), date(2026, 3 + 4 * number, 1)
        theirs.append(await _by_hand(stage, company, _files(company, by_hand)))
        mine.append(await _through_the_api(stage, company, _files(company, ours)))
        await _require_same(stage, company.organization_id, ours, by_hand)
    rows = people * ROWS_PER_PERSON
    return Figure("measurements.bulk", rows / min(mine), "rows/s", rows / min(theirs), "higher", 0.5)


def _files(company: Company, month: date) -> list[bytes]:
    """One value of a month for each of the first KPIs, in CSV files of the size of a request."""
    rows = [f"{company.kpi(number)},{month},{50 + number % 400}.25,CRM,r{number}" for number in range(company.people * ROWS_PER_PERSON)]
    parts = [rows[start : start + ROWS_PER_REQUEST] for start in range(0, len(rows), ROWS_PER_REQUEST)]
    return ["\n".join([HEADER, *part, ""]).encode() for part in parts]


async def _through_the_api(stage: Stage, company: Company, files: list[bytes]) -> float:
    await stage.settle()
    async with stage.client("kpi_api", company.organization_id, company.closer) as client:

        async def post() -> None:
            for content in files:
                accepted(await client.post("/v1/measurements", content=content, headers=CSV))

        return await seconds(post)


async def _by_hand(stage: Stage, company: Company, files: list[bytes]) -> float:
    await stage.settle()

    async def write() -> None:
        for content in files:
            async with stage.connection("kpi_api", company.organization_id) as connection:
                await connection.execute(ARRIVING)
                await copy_csv(connection, "arriving", HEADER, content)
                await connection.execute(INSERT, company.organization_id, str(company.closer))

    return await seconds(write)


async def _require_same(stage: Stage, organization_id: UUID, ours: date, theirs: date) -> None:
    async with stage.administrator("kpi_api") as connection:
        written = [await connection.fetchrow(WRITTEN, organization_id, month) for month in (ours, theirs)]
    if written[0] != written[1]:
        raise BenchFailed(f"The service wrote {written[0]}, the hand-written statement {written[1]}.", "Make both do the same.")
