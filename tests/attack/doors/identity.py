"""Who is asking and on whose behalf: delegations, identities, API keys, approvals of roles; and who read what."""

from typing import Any
from uuid import UUID

from chassis.identifiers import new_id
from kpi_api.identities.models import PersonIdentity
from tests.attack.attacking import Door, Read, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.people_writes import passing, send, write
from tests.attack.doors.reads import FOREIGN, found, get, listed, one, succeeds

ISSUER = "https://login.example.com"

READS: list[Door] = [
    listed("delegation", "/v1/delegations"),
    one("delegation", "/v1/delegations/{id}"),
    listed("identity", "/v1/person-identities"),
    found("identity", "/v1/person-identities", person_id="{person_id}"),
    Read("kpi_api GET /v1/person-identities/settings", "identity", get("/v1/person-identities/settings"), shows=succeeds, not_by=FOREIGN),
    listed("api_key", "/v1/api-keys"),
    one("api_key", "/v1/api-keys/{id}", parameter="key_id"),
    one("person", "/v1/people/{id}/readings", sees="reading", shows=succeeds),
    Read("scoring GET /v1/people/{person_id}/readings", "person", get("/v1/people/{id}/readings"), sees="reading", shows=succeeds,
         extra_viewers=("service",)),
    Read("kpi_api GET /v1/audit-records", "audit_record", get("/v1/audit-records"), is_list=True),
    Read("scoring GET /v1/audit-records", "scoring_audit_record", get("/v1/audit-records"), is_list=True, sees="audit_record",
         extra_viewers=("service",)),
]  # fmt: skip


async def a_grant_to_approve(cast: Cast, thing: Thing) -> Thing:
    grant = {"person_id": cast.home.people["neighbour"], "role": "payroll"} | passing()
    return {"id": (await cast.home.post("founder", "/v1/grants", **grant))["id"]}


async def a_key(cast: Cast, thing: Thing) -> Thing:
    return {"id": (await cast.home.post("founder", "/v1/api-keys", name="passing", scopes=["integration"]))["id"]}


async def a_key_to_approve(cast: Cast, thing: Thing) -> Thing:
    return {"id": (await cast.home.post("founder", "/v1/api-keys", name="passing", scopes=["payroll"]))["id"]}


async def a_link_to_approve(cast: Cast, thing: Thing) -> Thing:
    facts = {"issuer": ISSUER, "subject": str(new_id()), "how": "hr_admin", "linked_by": "somebody"}
    person_id = UUID(str(cast.home.people["employee"]))
    async with cast.world.kpi_api.database.write(cast.home.organization.id) as session:
        session.add(linked := PersonIdentity(id=new_id(), person_id=person_id, linked_at=session.now, **facts))
    return {"id": str(linked.id)}


def key(verb: str, body: Any = None, prepare: Any = a_key) -> Write:
    return write(f"POST /v1/api-keys/{{key_id}}/{verb}", "api_key", body, path=f"/v1/api-keys/{{id}}/{verb}", permit="api_keys.write",
                 sees="api_key", prepare=prepare)  # fmt: skip


WRITES: list[Door] = [
    write("POST /v1/grants/{grant_id}/approve", "grant", path="/v1/grants/{id}/approve", permit="grants.give", sees="grant",
          prepare=a_grant_to_approve),
    # Whose rights one gives away, and to whom: nobody learns from it who is there.
    write("POST /v1/delegations", "person", {"delegator_id": "{id}", "delegate_id": "{the_chief}", "valid_from": "2026-11-01",
          "valid_to": "2026-11-02"},
          permit="delegation.give", owner="executive", sees="person", twin="executive"),
    write("POST /v1/delegations", "person", {"delegate_id": "{id}", "valid_from": "2026-09-01", "valid_to": "2026-09-02"},
          permit="delegation.take", owner="stakeholder", sees="person", twin="neighbour"),
    write("POST /v1/delegations/{delegation_id}/end", "delegation", {"valid_to": "2026-12-30"}, path="/v1/delegations/{id}/end",
          permit="delegation.end", owner="manager", sees="delegation", twin="manager"),
    # No outside issuer is trusted here, which whoever may link is told: tests/kpi_api/identities links for real.
    write("POST /v1/person-identities", "person", {"person_id": "{id}", "issuer": ISSUER, "subject": "s"}, permit="identities.write",
          owner="peer", sees="identity", twin_fails_with=422, not_by=FOREIGN),
    write("POST /v1/person-identities/{identity_id}/approve", "identity", path="/v1/person-identities/{id}/approve",
          permit="identities.write", sees="identity", prepare=a_link_to_approve),
    write("PUT /v1/person-identities/settings", "identity", {"link_by_email": []}, permit="identities.write", star=True, not_by=FOREIGN),
    write("DELETE /v1/person-identities/{identity_id}", "identity", path="/v1/person-identities/{id}", permit="identities.write",
          owner="employee", sees="identity"),
    write("POST /v1/api-keys", "api_key", {"name": "new", "scopes": ["integration"]}, permit="api_keys.write", not_by=FOREIGN),
    key("approve", prepare=a_key_to_approve),
    key("rotate", {}),
    key("revoke"),
    Write("scoring PUT /v1/api-keys", "api_key", send("PUT", "/v1/api-keys", {"keys": []}), "scoring.api_keys", "service",
          extra_viewers=("service",)),
    Write("scoring PUT /v1/organization/approval-rules", "organization",
          send("PUT", "/v1/organization/approval-rules", {"second_approval_above": None}, star=True), "approval_rules.write", "board",
          extra_viewers=("service",), not_by=FOREIGN),
]  # fmt: skip
