"""Makes the cast: two organizations with every kind of record, through the public API alone."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis import jobs
from chassis.identifiers import new_id
from chassis.identity import TokenSigner, load_private_key
from chassis.identity.api_keys import create_api_key
from kpi_api.closing.actions import ADVANCE
from kpi_api.identities.models import PersonIdentity
from kpi_api.scorecards.corrections.applying import CORRECT
from kpi_api.scores.pushing import PUSH
from tests.attack.cast import GRANTS, MANAGERS, UNIT_OF, UNITS, Cast, Side
from tests.world import World

PLAN = """
plan: bonus
title: Bonus
composite: composite
payout: payout
steps:
  - {name: attainment, kind: attainment, cap: 2}
  - {name: composite, kind: weighted_mean, of: attainment}
  - {name: bonus, kind: amount, basis: target_bonus, factors: [composite]}
  - {name: payout, kind: rounding, of: bonus, to_nearest: minor_unit}
"""
PAID = ("employee", "peer", "manager", "executive", "chief", "stakeholder")
TARGET = {"value": "100", "unit": "count"}

# The cascade of 2026: owner, level, and what it contributes to.
KPIS: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "vision": ({"unit_code": "vale"}, "strategic", []),
    "field": ({"unit_code": "field"}, "business_unit", ["vision"]),
    "care": ({"unit_code": "care"}, "business_unit", ["vision"]),
    "sales": ({"unit_code": "sales"}, "functional", ["field"]),
    "north": ({"unit_code": "north"}, "team", ["sales"]),
    "shared": ({"unit_code": "north"}, "team", ["sales"]),
    "employee": ({"person_external_id": "x-employee"}, "individual", ["north", "sales"]),  # by the north and directly: counted twice
    "peer": ({"person_external_id": "x-peer"}, "individual", ["north"]),
    "manager": ({"person_external_id": "x-manager"}, "individual", ["sales"]),
    "executive": ({"person_external_id": "x-executive"}, "individual", ["field"]),
    "chief": ({"person_external_id": "x-chief"}, "individual", ["vision"]),
    "stakeholder": ({"person_external_id": "x-stakeholder"}, "individual", ["care"]),
    "annex": ({"unit_code": "annex"}, "team", []),
    "orphan": ({"person_external_id": "x-employee"}, "individual", []),
}


def secret_number(what: str, name: str) -> str:
    """An amount that only its owner's records hold, so that it is recognised wherever it leaks."""
    return str(50_000 + int(hashlib.sha256(f"{what} {name}".encode()).hexdigest()[:4], 16))


async def make_cast(world: World) -> Cast:
    """The whole story: 2025 closed, paid and in correction; 2026 under way."""
    home, abroad = [await _found(world) for _ in range(2)]
    cast = Cast(world, home, abroad)
    for side in (home, abroad):
        await _settle(side)
        await _run_2025(side)
    await _pay_2025(cast)
    await _begin_2026(cast)
    await _connect(cast)
    await _look_up(cast)
    return cast


async def _found(world: World) -> Side:
    organization = await world.new_organization()
    side = Side(organization, {"founder": str(organization.person_id)})
    for service in ("kpi_api", "scoring"):
        async with getattr(world, service).database.write(organization.id) as session:
            key = await create_api_key(session, name="integration", scopes=["integration"], created_by="operator")
        side.keys[f"key {service}"] = key.text
        signer = TokenSigner("kpi_api", load_private_key(world.scoring.service.settings.key_folder / "kpi_api.jwk.json"))
        token = signer.sign(subject="kpi_api", audience="scoring", organization_id=organization.id, life=timedelta(hours=1))
        side.keys[f"service {service}"] = token
    return side


async def _settle(side: Side) -> None:
    """People, units, roles."""
    await side.organization.set_clock("2025-03-03T09:00:00Z")
    await side.post("founder", "/v1/legal-entities", code="inc", name="Vale Inc", currency="USD")
    units: dict[str, str] = {}
    for code, (kind, parent, _) in UNITS.items():
        made = await side.post("founder", "/v1/units", code=code, name=code.title(), kind=kind, parent_id=units.get(parent or ""))
        units[code] = made["id"]
    await side.post("founder", "/v1/roles", code="clerk", name="Clerk", core_responsibilities=["Writes things down"])
    rows = [_person(name, manager) for name, manager in MANAGERS.items()]
    answer = await side.call("founder", "POST", "/v1/people/import", json=rows)
    assert answer["error"] == 0, answer
    listed = await side.call("founder", "GET", "/v1/people", params={"limit": 200})
    side.people |= {row["external_id"].removeprefix("x-"): row["id"] for row in listed["items"] if row["external_id"].startswith("x-")}
    for code, (kind, parent, head) in UNITS.items():
        body = {"code": code, "name": code.title(), "kind": kind, "parent_id": units.get(parent or ""),
                "head_id": side.people.get(head or "")}
        await side.call("founder", "PUT", f"/v1/units/{units[code]}", json=body, headers={"If-Match": "*"})
    await grant(side, "hr", "hr_admin")
    for name, role in GRANTS.items():
        await grant(side, name, role, unit_id=units["field"] if role == "executive" else None)


def _person(name: str, manager: str | None) -> dict[str, Any]:
    row = {"external_id": f"x-{name}", "user_name": f"u-{name}", "email": f"{name}@example.com", "given_name": name.title()}
    row |= {"family_name": "Vale", "hire_date": "2024-01-01", "birth_date": "1971-03-05", "gender": f"gender-{name}"}
    row |= {"unit": UNIT_OF.get(name, "vale"), "legal_entity": "inc"}
    return row | ({"manager": f"x-{manager}"} if manager else {})


async def grant(side: Side, name: str, role: str, **given: Any) -> str:
    """Give a role, with a second person's approval where that is asked for."""
    made = await side.post("founder", "/v1/grants", person_id=side.people[name], role=role, **given)
    if "approved_at" in made and made["approved_at"] is None:
        await side.post("hr", f"/v1/grants/{made['id']}/approve")
    return str(made["id"])


async def work(side: Side, *names: str) -> None:
    """Let the workers do what is due, periodic jobs too; twice, since one service waits for the other."""
    world = side.organization.world
    for _ in range(2):
        for name in names:
            async with world.kpi_api.database.write(side.organization.id) as session:
                await jobs.enqueue(session, name)
        await world.work()


async def define(side: Side, code: str, name: str = "") -> str:
    version = {"name": name or f"Calls of {code}", "unit": "count", "effective_from": "2025-01-01", "update_frequency": "year"}
    made = await side.post("founder", "/v1/definitions", code=code, version=version)
    path = f"/v1/definitions/{made['id']}/versions/1"
    await side.post("founder", f"{path}/propose")
    await side.post("hr", f"{path}/approve")
    return str(made["id"])


async def _run_2025(side: Side) -> None:
    """A cycle with an imposed scorecard, a result and a released review for everybody who is paid, closed and sent to scoring."""
    for code in ("2025", "2026"):
        cycle = {"code": code, "name": code, "starts_on": f"{code}-01-01", "ends_on": f"{code}-12-31", "status": "open"}
        await side.post("founder", "/v1/cycles", **cycle)
    await define(side, "calls")
    await define(side, "dials", "Calls of calls")  # looks like the other
    await side.post("founder", "/v1/templates", code="caller", name="Caller", lines=[
        {"definition_code": "calls", "weight": "100.00", "targets": [TARGET]}])  # fmt: skip
    people = [{"person_external_id": f"x-{name}"} for name in PAID]
    opened = await side.post("founder", "/v1/scorecards/bulk", template_code="caller", cycle_code="2025", people=people)
    assert opened["error"] == 0, opened
    cards = dict(zip(PAID, (row["id"] for row in opened["results"]), strict=True))
    for card in cards.values():
        await side.call("founder", "POST", f"/v1/scorecards/{card}/force", json={"reason": "Agreed by word"}, headers={"If-Match": "*"})
    for name, card in cards.items():
        kpi = (await side.call("founder", "GET", f"/v1/scorecards/{card}"))["lines"][0]["kpi_id"]
        row = {"kpi_id": kpi, "period_start": "2025-01-01", "value": "1" + secret_number("value", name)[-2:], "source": "CRM"}
        assert (await side.call("founder", "POST", "/v1/measurements", json=[row]))["created"] == 1
    await _review(side, "2025", "annual", cards, release=True)
    await _review(side, "2025", "mid_year", {"chief": cards["chief"]}, release=False)
    await work(side, PUSH)
    await _agree_on_pay(side)
    await side.organization.set_clock("2026-01-10T09:00:00Z")
    await side.post("hr", "/v1/cycles/2025/close")
    await work(side, ADVANCE)


async def _review(side: Side, cycle: str, stage: str, cards: dict[str, str], *, release: bool) -> dict[str, str]:
    """Reviews of these scorecards, written by both sides."""
    opened = await side.post("founder", "/v1/reviews/bulk", cycle_code=cycle, stage=stage, scorecard_ids=list(cards.values()))
    reviews = dict(zip(cards, (row["id"] for row in opened["results"]), strict=True))
    for name, review in reviews.items():
        path, manager = f"/v1/reviews/{review}", MANAGERS[name] or "board"
        texts = {name: ("self", f"own-{stage}-of-{name}"), manager: ("manager", f"judged-{stage}-of-{name}")}
        for author, (side_name, text) in texts.items():
            body, star = {"text": text, "rating": "4.0"}, {"If-Match": "*"}
            await side.call(author, "PUT", f"{path}/{side_name}-assessment", json=body, headers=star)
        if release:
            await side.call(manager, "POST", f"{path}/release", json={}, headers={"If-Match": "*"})
    return reviews


async def _agree_on_pay(side: Side) -> None:
    await side.post("comp", "/v1/plans", "scoring", code="bonus", name="Bonus", document=PLAN)
    await side.post("second", "/v1/plans/bonus/versions/1/approve", "scoring")
    assignment = {"plan_code": "bonus", "population": {"everyone": True}, "valid_from": "2025-01-01"}
    await side.post("comp", "/v1/plan-assignments", "scoring", **assignment)
    rows = [
        {
            "external_id": f"x-{name}", "valid_from": "2025-01-01", "salary": secret_number("salary", name), "currency": "USD",
            "target_bonus_amount": secret_number("bonus", name), "pay_group": "monthly", "payroll_number": f"number-{name}",
        }
        for name in PAID
    ]  # fmt: skip
    assert (await side.call("comp", "POST", "/v1/pay-bases/import", "scoring", json=rows))["error"] == 0


async def _pay_2025(cast: Cast) -> None:
    """The run is released and paid in a locked batch; a second batch is a draft, and a correction run waits for its approval."""
    side = cast.home
    closing = await side.call("hr", "GET", "/v1/cycles/2025/closing")
    cast.add("run", "released", id=closing["id"])
    await side.post("board", f"/v1/runs/{closing['id']}/approve", "scoring")
    await side.post("comp", f"/v1/runs/{closing['id']}/release", "scoring")
    await work(side, ADVANCE)
    batch = await side.post("payroll", "/v1/payroll-batches", "scoring", pay_group="monthly", check_date="2026-01-15")
    await side.post("payroll", f"/v1/payroll-batches/{batch['id']}/lock", "scoring")
    cast.add("payroll_batch", "locked", id=batch["id"], pay_group="monthly")
    kpis = await side.call("founder", "GET", "/v1/kpis", params={"owner_person_id": side.people["employee"]})
    cast.add("closed_kpi", "employee", id=kpis["items"][0]["id"])
    row = {"kpi_id": kpis["items"][0]["id"], "period_start": "2025-01-01", "value": "50", "source": "CRM",
           "correction_reason": "Miscounted"}
    assert (await side.call("hr", "POST", "/v1/measurements", json=[row]))["updated"] == 1
    correction = await side.post("hr", "/v1/cycles/2025/corrections")
    await work(side, ADVANCE)
    cast.add("run", "correction", id=correction["id"])


async def _begin_2026(cast: Cast) -> None:
    """The cascade over five levels, scorecards in several states, measurements, check-ins, and reviews that are not released."""
    ids: list[list[str]] = []
    for side in (cast.home, cast.abroad):
        await side.organization.set_clock("2026-06-15T09:00:00Z")
        halves = [{"person_external_id": f"x-{name}", "part": "half"} for name in ("employee", "stakeholder")]
        shared = {"collaborative": True, "stakeholders": halves}
        kpis = [
            {"code": f"k-{code}", "definition_code": "calls", "cycle_code": "2026", "name": f"KPI of {code}", "why": f"why-{code}",
             "level": level, "owner": owner, "targets": [TARGET], "contributes_to": [{"parent": f"k-{parent}"} for parent in above]}
            | (shared if code == "shared" else {}) | ({"roll_up": "sum"} if code in {"north", "sales"} else {})
            for code, (owner, level, above) in KPIS.items()
        ]  # fmt: skip
        made = await side.post("founder", "/v1/kpis/bulk", kpis=kpis)
        assert made["error"] == 0, made
        ids.append([row["id"] for row in made["results"]])
    side = cast.home
    for code, id_ in zip(KPIS, ids[0], strict=True):
        cast.add("kpi", code, id=id_, code=f"k-{code}")
        value = {"kpi_id": id_, "period_start": "2026-01-01", "value": secret_number("measured", code)[-4:], "source": f"source-{code}"}
        await side.call("founder", "POST", "/v1/measurements", json=[value])
    await _open_scorecards(cast)


async def _open_scorecards(cast: Cast) -> None:
    """Draft: employee and chief; proposed: peer; active: the others, under review."""
    side, active = cast.home, {}
    for name in PAID:
        lines = [{"kpi_id": cast.records["kpi"][name]["id"], "weight": "100.00"}]
        card = await side.post("founder", "/v1/scorecards", person_external_id=f"x-{name}", cycle_code="2026", lines=lines)
        cast.add("scorecard", name, id=card["id"], person_id=side.people[name], kpi_id=lines[0]["kpi_id"])
        await side.post("founder", f"/v1/scorecards/{card['id']}/comments", text=f"comment-{name}")
        muting = {"code": "no_behavioural", "scorecard_id": card["id"], "reason": f"muted-{name}", "ends_on": "2199-12-31"}
        cast.add("finding_muting", name, id=(await side.post("founder", "/v1/findings/mutings", **muting))["id"])
        goal = {"skill": f"skill-{name}", "aim": "next_role", "why": "w", "due_on": "2026-12-01", "steps": [{"text": "s"}]}
        made = await side.post(name, "/v1/development-goals", person_id=side.people[name], **goal)
        cast.add("development_goal", name, id=made["id"], person_id=side.people[name])
        if name in {"employee", "chief"}:
            continue
        star = {"If-Match": "*"}
        await side.call(MANAGERS[name] or "", "POST", f"/v1/scorecards/{card['id']}/propose", json={"comment": f"comment-{name}"},
                        headers=star)
        if name != "peer":
            await side.call(name, "POST", f"/v1/scorecards/{card['id']}/agree", json={}, headers=star)
            active[name] = card["id"]
            wanted = {"effective_from": "2026-02-01", "reason": f"reason-{name}", "lines": [lines[0] | {"component": "other"}]}
            made = await side.post(name, f"/v1/scorecards/{card['id']}/changes", **wanted)
            cast.add("scorecard_change", name, id=made["id"], scorecard_id=card["id"])
    correction = {"cycle_code": "2026", "lines": [{"definition_code": "calls", "targets": [{"value": "110"}]}], "reason": "r"}
    made = await side.post("founder", "/v1/scorecard-corrections", **correction, objections_until="2026-12-31")
    await work(side, CORRECT)
    cast.add("correction", "home", id=made["id"])
    for name, review in (await _review(side, "2026", "mid_year", active, release=False)).items():
        cast.add("review", name, id=review, person_id=side.people[name], the_owner=name)
    for name in ("employee", "peer", "stakeholder", "chief"):
        content = {"kpi_id": cast.records["kpi"][name]["id"], "period_start": "2026-03-01", "what_moved": f"moved-{name}", "why": "w"}
        made = await side.post(name, "/v1/check-ins", **content, expected_impact="i")
        cast.add("check_in", name, id=made["id"], person_id=side.people[name], kpi_id=content["kpi_id"])
    content = {"kpi_id": cast.records["kpi"]["shared"]["id"], "period_start": "2026-03-01", "what_moved": "moved-shared", "why": "w"}
    made = await side.post("employee", "/v1/check-ins", **content, expected_impact="i")
    cast.add("check_in", "shared", id=made["id"], person_id=side.people["employee"], kpi_id=content["kpi_id"])


async def _connect(cast: Cast) -> None:
    """Webhooks in both services, an HRIS source, a library, a draft of a definition, and somebody who has left."""
    side = cast.home
    absence = {"delegate_id": side.people["deputy"], "valid_to": "2026-12-31"}
    made = await side.post("manager", "/v1/delegations", **absence)
    cast.add("delegation", "manager", id=made["id"])
    async with cast.world.kpi_api.database.write(side.organization.id) as session:
        facts = {"issuer": "https://login.example.com", "subject": "e", "how": "hr_admin", "linked_by": "operator",
                 "linked_at": session.now}
        session.add(identity := PersonIdentity(id=new_id(), person_id=UUID(side.people["employee"]), **facts))
    cast.add("identity", "employee", id=identity.id, person_id=identity.person_id)
    await side.post("founder", "/v1/library/install")
    calendar = await side.call("founder", "PUT", "/v1/calendars", json={"holidays": ["2026-12-25"]})
    [sprint] = await side.post("founder", f"/v1/calendars/{calendar['id']}/sprints",
                               sprints=[{"name": "Sprint 1", "starts_on": "2026-01-05", "ends_on": "2026-01-18"}])
    cast.add("sprint", "home", id=sprint["id"], calendar_id=calendar["id"])
    event = await side.post("founder", "/v1/window-events", code="launch", name="launch")
    cast.add("window_event", "launch", id=event["id"], code="launch")
    whom = [{"person_external_id": "x-employee"}]
    assigned = await side.post("manager", "/v1/template-assignments", template_code="caller", cycle_code="2026", people=whom)
    cast.add("template_assignment", "manager", id=assigned["id"])
    owner = side.people["manager"]
    draft = await side.post("regent", "/v1/definitions", code="draft", owner_id=owner, steward_id=owner,
                            version={"name": "Draft", "unit": "count", "effective_from": "2026-01-01"})
    cast.add("draft", "draft", id=draft["version"]["id"], definition_id=draft["id"])
    change = await side.post("founder", "/v1/business-changes", kind="pricing", name="Prices", effective_on="2026-07-01",
                             definition_codes=["calls"])
    cast.add("business_change", "prices", id=change["id"])
    [review] = (await side.call("hr", "GET", "/v1/definition-reviews"))["items"]
    cast.add("definition_review", "calls", id=review["id"])
    for service in ("kpi_api", "scoring"):
        made = await side.post("hr", "/v1/webhook-endpoints", service, url="https://hooks.example.com/x")
        await side.post("hr", f"/v1/webhook-endpoints/{made['id']}/ping", service)
        await cast.world.work()
        deliveries = await side.call("hr", "GET", f"/v1/webhook-endpoints/{made['id']}/deliveries", service)
        cast.add("webhook", service, id=made["id"], delivery_id=deliveries["items"][0]["id"] if deliveries["items"] else UUID(int=0))
    source = await side.post("founder", "/v1/hris/sources", name="Personnel")
    cast.add("hris_source", "home", id=source["id"])
    await side.post("founder", f"/v1/people/{side.people['leaver']}/leave", last_day="2026-05-31")
    await work(side, PUSH)


async def _look_up(cast: Cast) -> None:  # noqa: C901  # one list after the other
    """What was made along the way, by its owner."""
    side = cast.home
    for name, id_ in side.people.items():
        if name not in {"founder", "second"}:
            cast.add("person", name, id=id_, the_chief=side.people["chief"], external_id=f"x-{name}", user_name=f"u-{name}",
                     email=f"{name}@example.com")
    names = {id_: name for name, id_ in side.people.items()}
    for row in (await side.call("hr", "GET", "/v1/reviews", params={"cycle_code": "2025"}))["items"]:
        kind = "released_review" if row["stage"] == "annual" else "review"
        cast.add(kind, names[row["person_id"]], id=row["id"], person_id=row["person_id"], the_owner=names[row["person_id"]])
    for row in (await side.call("hr", "GET", "/v1/scorecards", params={"cycle_code": "2025"}))["items"]:
        cast.add("closed_scorecard", names[row["person_id"]], id=row["id"], person_id=row["person_id"])
    for row in (await side.call("comp", "GET", "/v1/pay-bases", "scoring"))["items"]:
        cast.add("pay_basis", names[row["person_id"]], id=row["id"], person_id=row["person_id"])
    for state, kind in (("released", "payout"), ("correction", "run_line")):
        run = cast.records["run"][state]["id"]
        for row in (await side.call("comp", "GET", f"/v1/runs/{run}/lines", "scoring"))["items"]:
            cast.add(kind, names[row["person_id"]], id=row["id"], person_id=row["person_id"])
    assert set(cast.records["run_line"]) == {"employee"}, cast.records["run_line"]
    for row in (await side.call("hr", "GET", "/v1/grants", params={"limit": 200}))["items"]:
        cast.add("grant", names[row["person_id"]], id=row["id"], person_id=row["person_id"])
    for path, kind in (("roles", "role"), ("legal-entities", "legal_entity"), ("cycles", "cycle"), ("templates", "template"),
                       ("outcomes", "outcome"), ("calendars", "calendar")):  # fmt: skip
        listed = await side.call("hr", "GET", f"/v1/{path}")
        for row in listed["items"] if isinstance(listed, dict) else listed:
            cast.add(kind, row.get("code", "home"), id=row["id"], code=row.get("code", ""))
    for row in (await side.call("hr", "GET", "/v1/units"))["items"]:
        cast.add("unit", row["code"], id=row["id"], code=row["code"], parent_id=row["parent_id"] or "", head_id=row["head_id"] or "")
    for row in (await side.call("hr", "GET", "/v1/competencies"))["items"][:1]:
        cast.add("competency", row["code"], id=row["id"], code=row["code"])
    definitions = {row["code"]: row for row in (await side.call("hr", "GET", "/v1/definitions", params={"limit": 200}))["items"]}
    cast.add("definition", "calls", id=definitions["calls"]["id"], code="calls")
    for code, kpi in cast.records["kpi"].items():
        cast.add("kpi_in_use", code, id=kpi["id"], definition_id=definitions["calls"]["id"])
        if code == "employee":
            cast.add("doubled", code, id=kpi["id"])
        cast.add("kpi_below", code, id=kpi["id"], unit_id=cast.records["unit"]["vale"]["id"])
    await _look_up_pay(cast)


async def _look_up_pay(cast: Cast) -> None:
    side, runs = cast.home, cast.records["run"]
    cast.add("organization", "home", id=side.organization.id)
    shared = cast.records["kpi"]["shared"]["id"]
    for name in PAID:
        cast.add("kpi_of", name, id=cast.records["kpi"][name]["id"], person_id=side.people[name])
    cast.add("shared_with", "stakeholder", id=side.people["stakeholder"], the_kpi=shared)
    cast.add("scoring_organization", "home", id="Organization")
    closing = await side.call("hr", "GET", "/v1/cycles/2025/closing")
    cast.add("closing", "2025", id=closing["id"], cycle_id=closing["cycle_id"])
    (row,) = (await side.call("comp", "GET", "/v1/plan-assignments", "scoring"))["items"]
    cast.add("plan_assignment", "bonus", id=row["id"])
    cast.add("plan", "bonus", code="bonus", id="bonus")
    await side.post("comp", "/v1/plans", "scoring", code="private", name="Private", document=PLAN)
    cast.add("private_plan", "private", code="private", id="private")
    line = (await side.call("comp", "GET", f"/v1/runs/{runs['released']['id']}/lines", "scoring"))["items"][0]
    cast.add("line_of_run", "released", id=line["id"], run_id=runs["released"]["id"])
    batch = cast.records["payroll_batch"]["locked"]["id"]
    answers = (await side.call("payroll", "GET", f"/v1/payroll-batches/{batch}/acknowledgements", "scoring"))["items"]
    cast.add("batch_line", "locked", id=answers[0]["line_id"], batch_id=batch)
    for service, kind in (("kpi_api", "audit_record"), ("scoring", "scoring_audit_record")):
        cast.add(kind, "first", id=(await side.call("auditor", "GET", "/v1/audit-records", service))["items"][0]["id"])
    cast.add("api_key", "integration", id=(await side.call("hr", "GET", "/v1/api-keys"))["items"][0]["id"])
    for who, service, kind in (("hr", "kpi_api", "event"), ("comp", "scoring", "scoring_event")):
        events = (await side.call(who, "GET", "/v1/events", service))["events"]
        cast.add(kind, "first", id=events[0]["id"])
