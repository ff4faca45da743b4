"""Plans, their assignments and payroll batches say what the viewer may do now and why not, as the action itself will answer."""

from tests.scoring.company import PLAN, Company, found, ok
from tests.verbs import do_as_said, said
from tests.world import Organization


async def test_a_plan_version_says_who_may_approve_it(organization: Organization) -> None:
    company = await found(organization)
    author, other, auditor = company.clients["comp"], company.clients["second"], await company.appoint("audra", "auditor")
    approve = "/v1/plans/p/versions/1/approve"
    # Given a version, its author and an auditor are told why they may not approve it, and may not.
    written = ok(await author.post("/v1/plans", json={"code": "p", "name": "P", "document": PLAN})).json()["versions"][0]
    assert said(written, "approve") == (False, "You wrote this version, so somebody else must approve it.")
    assert not await do_as_said(written, "approve", author.post(approve))
    seen = ok(await auditor.get("/v1/plans/p")).json()["versions"][0]
    assert said(seen, "approve") == (False, "This needs the role board or comp_admin or hr_admin.")
    assert not await do_as_said(seen, "approve", auditor.post(approve))
    # When somebody else is told that they may, they may; and from then on it is done.
    assert await do_as_said(ok(await other.get("/v1/plans/p")).json()["versions"][0], "approve", other.post(approve))
    again = ok(await other.post(approve)).json()
    assert (again["status"], said(again, "approve")) == ("approved", (False, "It is approved already."))


async def test_a_plan_assignment_says_who_may_end_it(organization: Organization) -> None:
    company = await found(organization)
    await company.adopt_plan()
    comp, auditor = company.clients["comp"], await company.appoint("audra", "auditor")
    (listed,) = ok(await comp.get("/v1/plan-assignments")).json()["items"]
    assert "verbs" not in listed
    place, end = f"/v1/plan-assignments/{listed['id']}", {"valid_to": "2030-01-01"}
    # Given an auditor who sees it, they are told that they may not end it, and it goes on.
    seen = ok(await auditor.get(place)).json()
    assert said(seen, "end") == (False, "This needs the role comp_admin or integration.")
    assert not await do_as_said(seen, "end", auditor.post(f"{place}/end", json=end))
    assert ok(await auditor.get(place)).json()["valid_to"] is None
    # Then a comp_admin is told that they may, and it ends.
    assert await do_as_said(ok(await comp.get(place)).json(), "end", comp.post(f"{place}/end", json=end))
    assert ok(await auditor.get(place)).json()["valid_to"] == "2030-01-01"


async def test_a_payroll_batch_says_what_may_be_done_with_it(organization: Organization) -> None:
    company = await found(organization)
    clerk, comp, auditor = company.clients["clerk"], company.clients["comp"], await company.appoint("audra", "auditor")
    await company.adopt_plan()
    await company.hire("ana", salary="60000", target_bonus_share="0.10")
    wanted = {"pay_group": "monthly", "check_date": "2099-01-31"}
    # Given an empty draft, it is not locked, and nobody answers to it.
    empty = ok(await clerk.post("/v1/payroll-batches", json=wanted)).json()
    place = f"/v1/payroll-batches/{empty['id']}"
    assert not await do_as_said(empty, "lock", clerk.post(f"{place}/lock"))
    answers = {"lines": [{"line_id": empty["id"], "status": "acknowledged"}]}
    assert said(empty, "acknowledge") == (False, "Payroll answers to a locked batch. Lock it first.")
    assert not await do_as_said(empty, "acknowledge", clerk.post(f"{place}/acknowledgements", json=answers))
    # When a run is released and the batch gathered again, it can be locked, though not by an auditor.
    await company.released_run([company.scorecard("ana")])
    ok(await clerk.post("/v1/payroll-batches", json=wanted))
    seen = ok(await auditor.get(f"{place}/summary")).json()
    for verb, action in (("lock", auditor.post(f"{place}/lock")), ("discard", auditor.delete(place))):
        assert said(seen, verb) == (False, "This needs the role comp_admin or payroll.")
        assert not await do_as_said(seen, verb, action)
    assert await do_as_said(ok(await comp.get(f"{place}/summary")).json(), "lock", comp.post(f"{place}/lock"))
    # Then it stays, and payroll alone answers to it.
    locked = ok(await comp.get(f"{place}/summary")).json()
    assert said(locked, "lock") == (False, "It is locked already. What is released from now on is paid by another batch.")
    assert not await do_as_said(locked, "discard", comp.delete(place))
    assert not await do_as_said(locked, "acknowledge", comp.post(f"{place}/acknowledgements", json=answers))
    (line,) = ok(await clerk.get(place)).json()["lines"]
    answers["lines"][0]["line_id"] = line["line_id"]
    shown = ok(await clerk.get(f"{place}/summary")).json()
    assert await do_as_said(shown, "acknowledge", clerk.post(f"{place}/acknowledgements", json=answers))


async def test_a_batch_out_of_sight_says_nothing(organization: Organization) -> None:
    company: Company = await found(organization)
    await company.hire("ana", salary="60000", target_bonus_share="0.10")
    batch = ok(await company.clients["clerk"].post("/v1/payroll-batches", json={"pay_group": "monthly", "check_date": "2099-01-31"})).json()
    never = await company.clients["ana"].get("/v1/payroll-batches/00000000-0000-0000-0000-000000000000/summary")
    there = await company.clients["ana"].get(f"/v1/payroll-batches/{batch['id']}/summary")
    assert (there.status_code, there.text) == (404, never.text)
