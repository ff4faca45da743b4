"""Writes of people, structure, cycles, dictionary, roles and connections."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.attack.attacking import Call, Door, Write
from tests.attack.cast import Cast, Thing
from tests.attack.doors.reads import FOREIGN
from tests.attack.staging import work

STAR = {"If-Match": "*"}
VERSION = {"name": "Another", "unit": "count", "effective_from": "2026-01-01"}


def send(method: str, path: str, body: Any = None, *, star: bool = False) -> Callable[[Thing], Call]:
    """A call whose path and body hold `{name}` of the record's values; a value that is empty becomes null."""
    return lambda thing: Call(method, path.format(**thing), _filled(body, thing), headers=STAR if star else {})


def _filled(body: Any, thing: Thing) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, thing) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, thing) for value in body]
    if isinstance(body, str) and body.startswith("{") and body.endswith("}"):
        return thing[body[1:-1]] or None
    return body


def write(operation: str, kind: str, body: Any = None, *, twin: str = "hr", permit: str, path: str = "", star: bool = False,
          **given: Any) -> Write:
    method, template = operation.split(" ")
    return Write(f"kpi_api {operation}", kind, send(method, path or template, body, star=star), permit, twin, **given)


def create(operation: str, kind: str, body: Any, *, permit: str, twin: str = "hr") -> Write:
    """Something new under a code; the foreigners may do as much at home."""
    return write(operation, kind, body, permit=permit, twin=twin, creates=True, not_by=FOREIGN)


def passing() -> dict[str, str]:
    """A short time long from now, another one each time."""
    day = date(2100, 1, 1) + timedelta(days=uuid.uuid4().int % 30_000)
    return {"valid_from": day.isoformat(), "valid_to": (day + timedelta(days=1)).isoformat()}


async def a_future_grant(cast: Cast, thing: Thing) -> Thing:
    grant = {"person_id": cast.home.people["neighbour"], "role": "payroll"} | passing()
    made = await cast.home.post("founder", "/v1/grants", **grant)
    return {"id": made["id"]}


async def an_empty_cycle(cast: Cast, thing: Thing) -> Thing:
    year = 2050 + uuid.uuid4().int % 100
    cycle = {"code": uuid.uuid4().hex[:12], "name": "Empty", "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31", "status": "open"}
    return {"id": (await cast.home.post("founder", "/v1/cycles", **cycle))["id"]}


async def a_superseded_correction(cast: Cast, thing: Thing) -> Thing:
    closing = await cast.home.call("hr", "GET", "/v1/cycles/2025/closing")
    await cast.home.post("comp", f"/v1/runs/{closing['id']}/supersede", "scoring")
    await work(cast.home, "closing.advance")
    return {"id": closing["cycle_id"]}


async def a_source(cast: Cast, thing: Thing) -> Thing:
    return {"id": (await cast.home.post("founder", "/v1/hris/sources", name="Passing"))["id"]}


def a_version(*verbs: str, author: str = "regent") -> Callable[[Cast, Thing], Any]:
    """A definition whose first version has gone as far as the verbs say."""

    async def prepare(cast: Cast, thing: Thing) -> Thing:
        made = await cast.home.post(author, "/v1/definitions", code=f"d-{uuid.uuid4().hex[:8]}", version=VERSION)
        for verb in verbs:
            await cast.home.post(author if verb == "propose" else "hr", f"/v1/definitions/{made['id']}/versions/1/{verb}")
        return {"id": made["id"]}

    return prepare


async def a_formula(cast: Cast, thing: Thing) -> Thing:
    """A draft of the executive with a formula."""
    version = VERSION | {"formulas": {"main": "won"}, "measures": {"won": "count"}}
    made = await cast.home.post("regent", "/v1/definitions", code=f"d-{uuid.uuid4().hex[:8]}", version=version)
    return {"id": made["id"]}


async def a_definition_review(cast: Cast, thing: Thing) -> Thing:
    """Of a definition that the executive owns."""
    code = f"d-{uuid.uuid4().hex[:8]}"
    await cast.home.post("regent", "/v1/definitions", code=code, version=VERSION)
    change = {"kind": "process", "name": code, "effective_on": "2026-08-01", "definition_codes": [code]}
    made = await cast.home.post("founder", "/v1/business-changes", **change)
    reviews = (await cast.home.call("hr", "GET", "/v1/definition-reviews", params={"limit": 200}))["items"]
    return {"id": next(row["id"] for row in reviews if row["business_change_id"] == made["id"])}


async def a_cycle_to_fill(cast: Cast, thing: Thing) -> Thing:
    year, code = 2150 + uuid.uuid4().int % 100, uuid.uuid4().hex[:12]
    cycle = {"code": code, "name": "To fill", "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31", "status": "open"}
    return {"id": (await cast.home.post("founder", "/v1/cycles", **cycle))["id"], "code": code}


async def a_new_code(cast: Cast, thing: Thing) -> Thing:
    return thing | {"new_code": f"d-{uuid.uuid4().hex[:8]}"}


async def two_alike(cast: Cast, thing: Thing) -> Thing:
    """Two definitions of one name, both in force; the executive owns them."""
    prepare = a_version("propose", "approve")
    one, other = await prepare(cast, thing), await prepare(cast, thing)
    return {"id": one["id"], "other": other["id"], "name": uuid.uuid4().hex}


def resolve(by: str, **given: Any) -> Write:
    """Resolving a pair of definitions that look alike."""
    body = {"definition_id": "{id}", "other_id": "{other}", "by": by, "note": "n"} | ({"name": "{name}"} if by == "rename" else {})
    return write("POST /v1/definition-duplicates/resolve", "definition", body, sees="open", prepare=two_alike, **given)


def webhooks(service: str, permit: str) -> list[Door]:
    """The doors of webhooks, the same in both services. The record is made for each door, since the last removes it."""
    base = "/v1/webhook-endpoints"
    change = {"url": "https://hooks.example.com/y", "enabled": True}

    def at(operation: str, body: Any = None, *, star: bool = False, path: str = "", **given: Any) -> Write:
        method, template = operation.split(" ")
        call = send(method, path or template.replace("{endpoint_id}", "{id}"), body, star=star)
        return Write(f"{service} {operation}", "webhook", call, permit, "hr", service, sees="webhook", **given)

    return [
        Write(f"{service} POST {base}", "webhook", send("POST", base, {"url": "https://hooks.example.com/z"}), permit, "hr", service,
              not_by=FOREIGN),
        at(f"PUT {base}/{{endpoint_id}}", change, star=True),
        at(f"POST {base}/{{endpoint_id}}/secrets", {"overlap_hours": 1}),
        at(f"POST {base}/{{endpoint_id}}/ping"),
        at(f"POST {base}/{{endpoint_id}}/replay", {}),
        at(f"POST {base}/{{endpoint_id}}/deliveries/{{delivery_id}}/replay"),
        at(f"DELETE {base}/{{endpoint_id}}"),
    ]


PEOPLE: list[Door] = [
    write("PATCH /v1/organization", "organization", {"indicator_label": "KPI"}, permit="organization.change", star=True, not_by=FOREIGN),
    create("POST /v1/people", "person", {"external_id": "{external_id}", "given_name": "A", "family_name": "B"}, permit="people.write"),
    Write(
        "kpi_api POST /v1/people/import", "person",
        send("POST", "/v1/people/import", [{"external_id": "{external_id}", "given_name": "A"}]),
        "people.write", "hr", creates=True, not_by=FOREIGN,
    ),
    write("PATCH /v1/people/{person_id}", "person", {"hire_date": "2023-12-31"}, path="/v1/people/{id}", permit="people.write", star=True,
          owner="peer", sees="person"),
    write("POST /v1/people/{person_id}/employments", "person", {"valid_from": "2026-07-01", "fte": "0.9"},
          path="/v1/people/{id}/employments",
          permit="people.write", owner="peer", sees="person"),
    write("POST /v1/people/{person_id}/leave", "person", {"last_day": "2027-12-31"}, path="/v1/people/{id}/leave", permit="people.write",
          owner="peer", sees="person"),
    create("POST /v1/units", "unit", {"code": "{code}", "name": "Unit", "kind": "team"}, permit="structure.write"),
    write("PUT /v1/units/{unit_id}", "unit",
          {"code": "{code}", "name": "Care", "kind": "business_unit", "parent_id": "{parent_id}", "head_id": "{head_id}"},
          path="/v1/units/{id}", permit="structure.write", star=True, owner="care", sees="open"),
    write("POST /v1/units/{unit_id}/move", "unit", {"parent_id": "{parent_id}"}, path="/v1/units/{id}/move", permit="structure.write",
          star=True, owner="care", sees="open"),
    create("POST /v1/roles", "role", {"code": "{code}", "name": "Role"}, permit="structure.write"),
    write("PUT /v1/roles/{role_id}", "role", {"code": "{code}", "name": "Clerk"}, path="/v1/roles/{id}", permit="structure.write",
          star=True,
          owner="clerk", sees="open"),
    create("POST /v1/legal-entities", "legal_entity", {"code": "{code}", "name": "Entity", "currency": "USD"}, permit="structure.write"),
    write("POST /v1/grants", "person", {"person_id": "{id}", "role": "auditor", "valid_from": "2031-01-01"}, permit="grants.give",
          owner="neighbour", sees="person"),
    write("POST /v1/grants/{grant_id}/end", "grant", {"valid_to": None}, path="/v1/grants/{id}/end", permit="grants.give",
          sees="grant", prepare=a_future_grant),
]  # fmt: skip

CYCLES: list[Door] = [
    create("POST /v1/cycles", "cycle", {"code": "{code}", "name": "C", "starts_on": "2040-01-01", "ends_on": "2040-12-31"},
          permit="cycles.write"),
    write("PATCH /v1/cycles/{cycle}", "cycle", {"name": "This year"}, path="/v1/cycles/{id}", permit="cycles.write", star=True,
          owner="2026",
          sees="open"),
    write("POST /v1/cycles/{cycle}/open", "cycle", path="/v1/cycles/{id}/open", permit="cycles.write", owner="2026", sees="open"),
    write("PUT /v1/calendars", "calendar", {"holidays": ["2026-12-26"]}, permit="cycles.write", star=True, not_by=FOREIGN),
    write("POST /v1/cycles/{cycle}/close", "cycle", path="/v1/cycles/{id}/close", permit="closings.begin", sees="open",
          prepare=an_empty_cycle),
    write("POST /v1/cascade/copies", "cycle", {"from_cycle": "2026", "to_cycle": "{code}", "levels": ["strategic"]}, not_by=FOREIGN,
          permit="roll_ups.write", prepare=a_cycle_to_fill),
    write("POST /v1/cycles/{cycle}/corrections", "cycle", path="/v1/cycles/{id}/corrections", permit="closings.begin", owner="2025",
          sees="open", prepare=a_superseded_correction),
]  # fmt: skip

DICTIONARY: list[Door] = [
    write("POST /v1/library/install", "organization", permit="library.install", not_by=FOREIGN),
    create("POST /v1/competencies", "competency", {"code": "{code}", "name": "Candour"}, permit="competencies.write"),
    write("PUT /v1/competencies/{competency_id}", "competency", {"name": "Collaboration", "levels": ["Shares", "Helps"]},
          path="/v1/competencies/{id}", permit="competencies.write", star=True, sees="open"),
    create("POST /v1/definitions", "definition", {"code": "{code}", "version": VERSION}, permit="definitions.write"),
    write("PATCH /v1/definitions/{definition_id}", "definition", {"review_every_months": 6}, path="/v1/definitions/{id}", star=True,
          permit="definition.propose", owner="regent", sees="open", twin="regent", prepare=a_version()),
    write("POST /v1/definitions/reassign", "person", {"from_person_id": "{id}", "to_person_id": "{id}"}, permit="library.install",
          owner="peer", sees="person"),
    write("POST /v1/business-changes", "definition",
          {"kind": "process", "name": "P", "effective_on": "2026-08-01", "definition_codes": ["{code}"]}, permit="definitions.write",
          not_by=FOREIGN),
    write("POST /v1/definition-reviews/{review_id}/complete", "definition_review", {"outcome": "confirmed"},
          path="/v1/definition-reviews/{id}/complete", permit="definition.propose", owner="regent", sees="open", twin="regent",
          prepare=a_definition_review),
    write("POST /v1/definitions/{definition_id}/versions", "definition", VERSION | {"note": "n", "effective_from": "2030-01-01"},
          path="/v1/definitions/{id}/versions",
          permit="definitions.write", sees="open", twin="regent", prepare=a_version("propose", "approve")),
    write("POST /v1/definitions/{definition_id}/versions/{number}/propose", "definition", path="/v1/definitions/{id}/versions/1/propose",
          permit="definition.propose", owner="regent", sees="open", twin="regent", prepare=a_version()),
    write("POST /v1/definitions/{definition_id}/versions/{number}/approve", "definition", path="/v1/definitions/{id}/versions/1/approve",
          permit="definition.approve", owner="regent", sees="open", prepare=a_version("propose")),
    write("POST /v1/definitions/{definition_id}/versions/{number}/approve", "definition", path="/v1/definitions/{id}/versions/1/approve",
          permit="definitions.approve", sees="open", twin="regent", prepare=a_version("propose", author="founder")),
    write("POST /v1/definitions/{definition_id}/versions/{number}/send-back", "definition", {"reason": "Say more"},
          path="/v1/definitions/{id}/versions/1/send-back", permit="definitions.approve", sees="open", twin="regent",
          prepare=a_version("propose", author="founder")),
    write("POST /v1/definitions/{definition_id}/versions/{number}/try", "definition", {"part": "main", "samples": [{"won": "1"}]},
          path="/v1/definitions/{id}/versions/1/try", permit="definitions.write", sees="open", twin="regent", prepare=a_formula),
    write("POST /v1/definitions/{definition_id}/versions/{number}/retire", "definition", {"from_day": "2027-01-01"},
          path="/v1/definitions/{id}/versions/1/retire", permit="definitions.retire", sees="open", prepare=a_version("propose", "approve")),
    resolve("merge", permit="definitions.retire"),
    write("POST /v1/definitions/document", "definition",
          [{"code": "{new_code}", "name": "N", "unit": "count", "effective_from": "2026-01-01"}],
          permit="definitions.write", sees="open", not_by=FOREIGN, prepare=a_new_code),
    resolve("rename", permit="definition.propose", owner="regent", twin="regent"),
    resolve("stated_difference", permit="definition.propose", owner="regent", twin="regent"),
    create("POST /v1/outcome-areas", "outcome", {"code": "{code}", "name": "Trust"}, permit="outcome_areas.write"),
    write("PATCH /v1/outcomes/{outcome_id}", "outcome", {"description": "Why"}, path="/v1/outcomes/{id}", permit="definitions.write",
          star=True, sees="open"),
    create("POST /v1/outcomes", "outcome", {"code": "{code}", "name": "O", "area": "quality"}, permit="definitions.write"),
    create("POST /v1/templates", "template", {"code": "{code}", "name": "T", "lines": [
        {"definition_code": "calls", "weight": "100.00", "targets": [{"value": "100", "unit": "count"}]}]}, permit="templates.write"),
]  # fmt: skip

CONNECTIONS: list[Door] = [
    write("POST /v1/hris/sources", "hris_source", {"name": "Another"}, permit="hris.write", not_by=FOREIGN),
    write("POST /v1/hris/sources/{source_id}/rotate-secret", "hris_source", path="/v1/hris/sources/{id}/rotate-secret", permit="hris.write",
          sees="hris_source", prepare=a_source),
    write("POST /v1/hris/sources/{source_id}/disable", "hris_source", path="/v1/hris/sources/{id}/disable", permit="hris.write",
          sees="hris_source", prepare=a_source),
    *webhooks("kpi_api", "webhooks.write"),
]  # fmt: skip

DOORS: list[Door] = [*PEOPLE, *CYCLES, *DICTIONARY, *CONNECTIONS]
