"""A proposed version is sent back with a reason, and proposed once more or written anew; who decides at the same moment is one."""

import asyncio

from tests.kpi_api.dictionary.test_definitions import WIN_RATE, a_colleague, another_hr_admin, create, try_win_rate
from tests.kpi_api.given import a_grant, a_person, store
from tests.kpi_api.graphql.asking import ask
from tests.world import Organization

REASON = "Say what happens to renewals."
SEND_BACK = """mutation ($id: ID!, $reason: String!) { sendDefinitionVersionBack(id: $id, number: 1, reason: $reason) { __typename
  ... on DefinitionChanged { definition { version { status sentBack { at reason by { displayName } } verbs { verb allowed } } } }
  ... on Problem { code errors { field } } } }"""


async def test_a_proposal_goes_back_with_a_reason_and_comes_again(organization: Organization) -> None:
    author, approver, reader = await organization.admin(), await another_hr_admin(organization), await a_colleague(organization)
    definition = await create(author)
    path = f"/v1/definitions/{definition['id']}/versions/1"
    early = await approver.kpi_api.post(f"{path}/send-back", json={"reason": REASON})
    await try_win_rate(author, definition["id"])
    proposed = (await author.kpi_api.post(f"{path}/propose")).json()

    hidden = await reader.kpi_api.post(f"{path}/send-back", json={"reason": REASON})
    blank = await approver.kpi_api.post(f"{path}/send-back", json={"reason": " "})
    back = await approver.kpi_api.post(f"{path}/send-back", json={"reason": REASON})
    approved_too_early = await approver.kpi_api.post(f"{path}/approve")
    again = (await author.kpi_api.post(f"{path}/propose")).json()
    approved = (await approver.kpi_api.post(f"{path}/approve")).json()

    assert (early.status_code, early.json()["code"]) == (409, "wrong_status")
    assert ({"verb": "send_back", "allowed": True, "reason": None} in proposed["verbs"], proposed["sent_back"]) == (True, None)
    assert hidden.status_code == 404
    assert (blank.status_code, blank.json()["errors"][0]["field"]) == (422, "/reason")
    assert (back.json()["status"], back.json()["sent_back"]["reason"]) == ("draft", REASON)
    assert approved_too_early.json()["code"] == "wrong_status"
    assert (again["status"], again["sent_back"]["reason"]) == ("proposed", REASON)
    assert (approved["status"], approved["sent_back"]) == ("approved", None)
    await organization.world.work()
    events = (await author.kpi_api.get("/v1/events", params={"type": ["definition.sent_back"]})).json()["events"]
    assert [event["data"] for event in events] == [{"number": 1}]


async def test_its_author_takes_it_back_and_nobody_without_a_part_in_it(organization: Organization) -> None:
    """An executive writes; another, who approves versions, may send it back; the definition's owner alone may not."""
    author, owner = a_person("eva"), a_person("olga")
    await store(organization, author, owner, a_grant(author, "executive"))
    admin, executive = await organization.admin(), await organization.as_person(author.id)
    definition = await create(executive)
    path = f"/v1/definitions/{definition['id']}"
    changed = await admin.kpi_api.patch(path, json={"owner_id": str(owner.id)}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200
    await executive.kpi_api.post(f"{path}/versions/1/propose")

    refused = await (await organization.as_person(owner.id)).kpi_api.post(f"{path}/versions/1/send-back", json={"reason": REASON})
    taken = await executive.kpi_api.post(f"{path}/versions/1/send-back", json={"reason": "I forgot the renewals."})

    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert taken.json()["sent_back"] == {
        "at": taken.json()["sent_back"]["at"],
        "by_person_id": str(author.id),
        "reason": "I forgot the renewals.",
    }


async def test_by_the_graph(organization: Organization) -> None:
    author, approver = await organization.admin(), await another_hr_admin(organization)
    definition = await create(author)
    await author.kpi_api.post(f"/v1/definitions/{definition['id']}/versions/1/propose")

    blank = (await ask(approver.kpi_api, SEND_BACK, id=definition["id"], reason=""))["sendDefinitionVersionBack"]
    back = (await ask(approver.kpi_api, SEND_BACK, id=definition["id"], reason=REASON))["sendDefinitionVersionBack"]
    twice = (await ask(approver.kpi_api, SEND_BACK, id=definition["id"], reason=REASON))["sendDefinitionVersionBack"]

    assert (blank["__typename"], blank["errors"]) == ("InvalidProblem", [{"field": "/reason"}])
    version = back["definition"]["version"]
    assert (version["status"], version["sentBack"]["reason"]) == ("DRAFT", REASON)
    assert version["sentBack"]["by"]["displayName"] == "hugo"
    assert {"verb": "send_back", "allowed": False} in version["verbs"]
    assert (twice["__typename"], twice["code"]) == ("ConflictProblem", "wrong_status")


async def test_of_two_decisions_at_once_one_holds(organization: Organization) -> None:
    """Two approve one proposal, or one approves what the other sends back: the second is told where it stands."""
    author, approver = await organization.admin(), await another_hr_admin(organization)
    third = a_person("ida")
    await store(organization, third, a_grant(third, "hr_admin"))
    other = (await organization.as_person(third.id)).kpi_api
    for number, (verb, body) in enumerate([("approve", None), ("send-back", {"reason": REASON})]):
        definition = await create(author, WIN_RATE, code=f"win_rate_{number}")
        path = f"/v1/definitions/{definition['id']}/versions/1"
        await try_win_rate(author, definition["id"])
        await author.kpi_api.post(f"{path}/propose")

        answers = await asyncio.gather(approver.kpi_api.post(f"{path}/approve"), other.post(f"{path}/{verb}", json=body))

        assert sorted(answer.status_code for answer in answers) == [200, 409]
        (done,), (refused,) = [[answer.json() for answer in answers if answer.status_code == code] for code in (200, 409)]
        assert refused["code"] == "wrong_status"
        assert (await author.kpi_api.get(path)).json()["status"] == done["status"]
