"""Objects say what the viewer may do now and why not, as the action itself will answer; lists and what is out of sight say nothing."""

from typing import Any

import httpx

from tests.kpi_api.cascade.company import found_company, kpi
from tests.kpi_api.dictionary.test_definitions import a_colleague, another_hr_admin, create, try_win_rate
from tests.kpi_api.given import a_grant, a_person, store
from tests.kpi_api.people.test_moves import join
from tests.verbs import do_as_said, said
from tests.world import Organization

NOT_YOURS = "Only the owner, whoever leads them, or HR may change this KPI."


async def ok(answer: Any) -> Any:
    found: httpx.Response = await answer
    assert found.is_success, found.text
    return found.json()


async def an_auditor(organization: Organization) -> httpx.AsyncClient:
    person = a_person("audra")
    await store(organization, person, a_grant(person, "auditor"))
    return (await organization.as_person(person.id)).kpi_api


async def test_a_kpi_says_who_changes_links_and_shares_it(organization: Organization) -> None:
    company = await found_company(organization)
    shared = {"collaborative": True, "stakeholders": [{"person_external_id": "x-hal", "part": "half"}]}
    ids = await company.create(kpi("north", "team", unit="north"), kpi("eli", "individual", person="eli", **shared))
    place = f"/v1/kpis/{ids['eli']}"
    link = {"contributions": [{"child": "eli", "parent": "north"}]}
    targets = {"targets": [{"value": "5", "unit": "USD", "period": "quarter"}]}
    stakeholders = {"stakeholders": [{"person_external_id": "x-fay", "part": "half"}]}

    # Given a stakeholder, who sees the KPI whole: they are told why they change nothing, and change nothing.
    hal = await company.client("hal")
    seen = await ok(hal.get(place))
    assert [said(seen, verb) for verb in ("change_targets", "contribute", "add_stakeholders")] == [(False, NOT_YOURS)] * 3
    assert not await do_as_said(seen, "change_targets", hal.put(f"{place}/targets", json=targets, headers={"If-Match": "*"}))
    assert not await do_as_said(seen, "add_stakeholders", hal.post(f"{place}/stakeholders", json=stakeholders))
    (refused,) = (await ok(hal.post("/v1/contributions", json=link)))["results"]
    assert refused["status"] == "error"
    assert await ok(hal.get(place)) == seen

    # Then whoever leads the owner may do all three.
    dora = await company.client("dora")
    seen = await ok(dora.get(place))
    assert await do_as_said(seen, "change_targets", dora.put(f"{place}/targets", json=targets, headers={"If-Match": "*"}))
    assert await do_as_said(seen, "add_stakeholders", dora.post(f"{place}/stakeholders", json=stakeholders))
    assert said(seen, "contribute") == (True, None)
    assert (await ok(dora.post("/v1/contributions", json=link)))["created"] == 1

    # And what is nobody's to share says so; lists and ancestors say nothing of verbs.
    own = await ok(dora.get(f"/v1/kpis/{ids['north']}"))
    assert said(own, "add_stakeholders") == (False, "Only a collaborative KPI has stakeholders.")
    assert not await do_as_said(own, "add_stakeholders", dora.post(f"/v1/kpis/{ids['north']}/stakeholders", json=stakeholders))
    assert all("verbs" not in row for row in (await ok(dora.get("/v1/kpis")))["items"])
    eli = await company.client("eli")
    above = await ok(eli.get(f"/v1/kpis/{ids['north']}"))
    assert (above["view"], "verbs" in above) == ("ancestor", False)


async def test_measurements_say_who_records_them(organization: Organization) -> None:
    company = await found_company(organization)
    ids = await company.create(kpi("eli", "individual", person="eli"))
    place, auditor, eli = f"/v1/kpis/{ids['eli']}/measurements", await an_auditor(organization), await company.client("eli")
    row = {"kpi_code": "eli", "period_start": "2026-01-01", "value": "7", "source": "CRM"}
    # Given an auditor, who sees the KPI whole: they are told why they record nothing, and record nothing.
    allowed, reason = said(await ok(auditor.get(place)), "record")
    (refused,) = (await ok(auditor.post("/v1/measurements", json=[row])))["results"]
    assert (allowed, refused["errors"][0]["message"]) == (False, reason)
    # Then the owner may, until the cycle closes; from then on HR alone.
    assert said(await ok(eli.get(place)), "record") == (True, None)
    assert (await ok(eli.post("/v1/measurements", json=[row])))["created"] == 1
    admin = await company.admin()
    await ok(admin.post("/v1/cycles/2026/close"))
    allowed, reason = said(await ok(eli.get(place)), "record")
    (late,) = (await ok(eli.post("/v1/measurements", json=[row | {"value": "8"}])))["results"]
    assert (allowed, late["errors"][0]["message"]) == (False, reason)
    assert said(await ok(admin.get(place)), "record") == (True, None)
    corrected = row | {"value": "9", "correction_reason": "Miscounted."}
    assert (await ok(admin.post("/v1/measurements", json=[corrected])))["updated"] == 1


async def test_a_cycle_says_what_may_be_done_with_it(organization: Organization) -> None:
    admin, auditor = (await organization.admin()).kpi_api, await an_auditor(organization)
    dates = {"starts_on": "2030-01-01", "ends_on": "2030-12-31"}
    planned = await ok(admin.post("/v1/cycles", json={"code": "2030", "name": "2030", **dates}))
    place, anyhow = "/v1/cycles/2030", {"If-Match": "*"}
    shorter = {"ends_on": "2030-11-30"}
    # Given a planned cycle, an auditor may do nothing with it, and HR all but close it.
    seen = await ok(auditor.get(place))
    for verb, action in (
        ("change", auditor.patch(place, json={"name": "X"}, headers=anyhow)),
        ("change_dates", auditor.patch(place, json=shorter, headers=anyhow)),
        ("open", auditor.post(f"{place}/open")),
        ("close", auditor.post(f"{place}/close")),
    ):
        assert not await do_as_said(seen, verb, action)
    assert await ok(admin.get(place)) == planned
    assert not await do_as_said(planned, "close", admin.post(f"{place}/close"))
    assert await do_as_said(planned, "change_dates", admin.patch(place, json=shorter, headers=anyhow))
    assert await do_as_said(planned, "open", admin.post(f"{place}/open"))
    # Then an open one keeps its dates, takes another name, and can be closed.
    opened = await ok(admin.get(place))
    assert said(opened, "open") == (False, "The cycle is open; only one that is planned can become open.")
    assert not await do_as_said(opened, "change_dates", admin.patch(place, json=shorter, headers=anyhow))
    assert await do_as_said(opened, "change", admin.patch(place, json={"name": "Thirty"}, headers=anyhow))
    assert await do_as_said(opened, "close", admin.post(f"{place}/close"))
    assert said(await ok(admin.get(place)), "close")[0] is False


async def test_a_definition_version_says_who_proposes_approves_and_retires_it(organization: Organization) -> None:
    author, other = await organization.admin(), (await another_hr_admin(organization)).kpi_api
    auditor, colleague = await an_auditor(organization), (await a_colleague(organization)).kpi_api
    draft = await create(author)
    place = f"/v1/definitions/{draft['id']}/versions/1"
    # Given a draft: its author proposes it, and an auditor does not.
    seen = await ok(auditor.get(place))
    assert said(seen, "propose") == (False, "The author or HR proposes a version.")
    assert not await do_as_said(seen, "propose", auditor.post(f"{place}/propose"))
    assert not await do_as_said(draft["version"], "approve", author.kpi_api.post(f"{place}/approve"))
    assert (await colleague.get(place)).status_code == 404, "a draft is nobody else's business"
    assert await do_as_said(draft["version"], "propose", author.kpi_api.post(f"{place}/propose"))
    # Then another approves it once its formula was tried, and from then on it may be retired.
    await try_win_rate(author, draft["id"])
    proposed = await ok(author.kpi_api.get(place))
    assert said(proposed, "approve") == (False, "You wrote this version, so somebody else must approve it.")
    assert not await do_as_said(proposed, "approve", author.kpi_api.post(f"{place}/approve"))
    waiting, retirement = await ok(other.get(place)), {"from_day": "2027-01-01"}
    assert not await do_as_said(waiting, "retire", other.post(f"{place}/retire", json=retirement))
    assert await do_as_said(waiting, "approve", other.post(f"{place}/approve"))
    approved = (await ok(colleague.get(f"/v1/definitions/{draft['id']}")))["version"]
    assert not await do_as_said(approved, "retire", colleague.post(f"{place}/retire", json=retirement))
    assert await do_as_said(await ok(other.get(place)), "retire", other.post(f"{place}/retire", json=retirement))


async def test_a_grant_says_who_approves_and_ends_it_and_is_never_made_longer(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T08:00:00Z")
    giver, other = (await organization.admin()).kpi_api, (await another_hr_admin(organization)).kpi_api
    auditor = await an_auditor(organization)
    person = await join(organization, "one")
    role = {"person_id": person, "role": "payroll", "valid_to": "2026-04-01"}
    given = await ok(giver.post("/v1/grants", json=role))
    place = f"/v1/grants/{given['id']}"
    # Given a role that waits: its giver does not approve it, and an auditor neither approves nor ends it.
    assert said(given, "approve") == (False, "You gave this role, so another hr_admin must approve it.")
    assert not await do_as_said(given, "approve", giver.post(f"{place}/approve"))
    seen = await ok(auditor.get(place))
    for verb, action in (("approve", auditor.post(f"{place}/approve")), ("end", auditor.post(f"{place}/end", json={}))):
        assert said(seen, verb) == (False, "This needs the role hr_admin.")
        assert not await do_as_said(seen, verb, action)
    assert await do_as_said(await ok(other.get(place)), "approve", other.post(f"{place}/approve"))
    assert said(await ok(other.get(place)), "approve") == (False, "It is approved already.")
    # When it is ended, it ends earlier only: longer would be a role that nobody approved.
    longer = await giver.post(f"{place}/end", json={"valid_to": "2030-01-01"})
    assert (longer.status_code, longer.json()["code"]) == (422, "grant_invalid")
    assert (await ok(giver.get(place)))["valid_to"] == "2026-04-01"
    assert await do_as_said(await ok(giver.get(place)), "end", giver.post(f"{place}/end", json={}))
    await organization.set_clock("2026-03-05T08:00:00Z")
    ended = await ok(giver.get(place))
    assert said(ended, "end") == (False, "It ends on 2026-03-02 already; give another one to go on.")
    assert not await do_as_said(ended, "end", giver.post(f"{place}/end", json={}))
    assert (await (await organization.as_person(person)).kpi_api.get(place)).status_code == 403
    # And a role that was refused, which is to end it, is not approved.
    refused = await ok(giver.post("/v1/grants", json={"person_id": person, "role": "auditor"}))
    await ok(other.post(f"/v1/grants/{refused['id']}/end", json={}))
    seen = await ok(other.get(f"/v1/grants/{refused['id']}"))
    assert said(seen, "approve") == (False, "It was ended before it held. Give the role anew.")
    assert not await do_as_said(seen, "approve", other.post(f"/v1/grants/{refused['id']}/approve"))


async def test_a_delegation_says_who_ends_it(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T08:00:00Z")
    boss = await join(organization, "boss")
    one, two = await join(organization, "one", "boss"), await join(organization, "two", "boss")
    manager, auditor = (await organization.as_person(boss)).kpi_api, await an_auditor(organization)
    given = await ok(manager.post("/v1/delegations", json={"delegate_id": one, "valid_to": "2026-04-01"}))
    place = f"/v1/delegations/{given['id']}"
    seen = await ok(auditor.get(place))
    assert said(seen, "end") == (False, "Only the manager, the delegate or an hr_admin ends it.")
    assert not await do_as_said(seen, "end", auditor.post(f"{place}/end", json={}))
    outside = (await organization.as_person(two)).kpi_api
    assert (await outside.get(place)).status_code == 404
    delegate = (await organization.as_person(one)).kpi_api
    assert await do_as_said(await ok(delegate.get(place)), "end", delegate.post(f"{place}/end", json={}))
    await organization.set_clock("2026-03-03T08:00:00Z")
    ended = await ok(delegate.get(place))
    assert not await do_as_said(ended, "end", delegate.post(f"{place}/end", json={}))


async def test_an_api_key_says_who_approves_rotates_and_revokes_it(organization: Organization) -> None:
    maker, other = (await organization.admin()).kpi_api, (await another_hr_admin(organization)).kpi_api
    auditor = await an_auditor(organization)
    made = await ok(maker.post("/v1/api-keys", json={"name": "Pay", "scopes": ["payroll"]}))
    place = f"/v1/api-keys/{made['id']}"
    seen = await ok(auditor.get(place))
    for verb in ("approve", "rotate", "revoke"):
        assert said(seen, verb) == (False, "This needs the role hr_admin.")
        assert not await do_as_said(seen, verb, auditor.post(f"{place}/{verb}", json={}))
    assert not await do_as_said(made, "approve", maker.post(f"{place}/approve"))
    assert not await do_as_said(made, "rotate", maker.post(f"{place}/rotate", json={}))
    assert await do_as_said(await ok(other.get(place)), "approve", other.post(f"{place}/approve"))
    assert await do_as_said(await ok(maker.get(place)), "revoke", maker.post(f"{place}/revoke"))
    revoked = await ok(maker.get(place))
    assert said(revoked, "revoke") == (False, "The key is revoked already.")
    assert not await do_as_said(revoked, "rotate", maker.post(f"{place}/rotate", json={}))
    feed = await ok(maker.post("/v1/api-keys", json={"name": "HRIS", "scopes": ["integration"]}))
    rotated = await maker.post(f"/v1/api-keys/{feed['id']}/rotate", json={})
    assert said(feed, "rotate") == (True, None)
    assert said(await ok(maker.get(f"/v1/api-keys/{feed['id']}")), "approve") == (False, "It is approved already.")
    assert rotated.is_success
