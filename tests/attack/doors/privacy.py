"""Export of everything about one person, and erasure."""

import uuid

from tests.attack.attacking import Door
from tests.attack.cast import Cast, Thing
from tests.attack.doors.pay_reads import read
from tests.attack.doors.people_writes import write
from tests.attack.doors.reads import one


async def somebody_who_left(cast: Cast, thing: Thing) -> Thing:
    """Each time somebody else, with a last day long over."""
    name = uuid.uuid4().hex[:12]
    made = await cast.home.post("founder", "/v1/people", external_id=name, given_name="A", family_name="B", hire_date="2020-01-01")
    await cast.home.post("founder", f"/v1/people/{made['id']}/leave", last_day="2020-12-31")
    return {"id": made["id"]}


READS: list[Door] = [
    one("person", "/v1/people/{id}/export", sees="personal_data", inside="person"),
    read("/v1/people/{person_id}/export", "person", "/v1/people/{id}/export", sees="personal_pay", inside="scoring_person"),
]
WRITES: list[Door] = [
    write("POST /v1/people/{person_id}/erase", "person", {"reason": "retention_over"}, path="/v1/people/{id}/erase", permit="people.erase",
          owner="peer", sees="person", prepare=somebody_who_left),
]  # fmt: skip
