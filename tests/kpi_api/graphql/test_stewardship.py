"""What keeps definitions true, through the graph: business changes, reviews, and handing on."""

from typing import Any

from tests.kpi_api.dictionary.test_definitions import a_colleague, create
from tests.kpi_api.given import a_person, store
from tests.kpi_api.graphql.asking import ask
from tests.world import Organization

PROBLEM = "... on Problem { code errors { field code } }"
RECORD = f"""mutation ($change: BusinessChangeInput!) {{ recordBusinessChange(businessChange: $change) {{
  __typename {PROBLEM} ... on BusinessChangeChanged {{ businessChange {{ uuid kind definitions {{ code }} }} }} }} }}"""
REVIEWS = """query ($mine: Boolean!) { definitionReviews(mine: $mine) { edges { node {
  uuid reason dueOn outcome verbs { verb allowed } definition { code owner { displayName } } businessChange { name definitions { code } }
} } } }"""
COMPLETE = f"""mutation ($id: ID!) {{ completeDefinitionReview(id: $id, outcome: CONFIRMED, note: "Fits") {{
  __typename {PROBLEM} ... on DefinitionReviewChanged {{ review {{ outcome note completedAt }} }} }} }}"""
REASSIGN = f"""mutation ($from: ID!, $to: ID!) {{ reassignDefinitions(fromPerson: $from, toPerson: $to) {{
  __typename {PROBLEM} ... on DefinitionsReassignedChanged {{ owned stewarded }} }} }}"""


async def only(client: Any, query: str, **variables: Any) -> Any:
    [found] = (await ask(client, query, **variables)).values()
    return found


async def test_a_business_change_opens_reviews_that_owners_complete(organization: Organization) -> None:
    await organization.set_clock("2026-03-02T08:00:00Z")
    admin, reader = (await organization.admin()).kpi_api, (await a_colleague(organization)).kpi_api
    await create(await organization.admin(), code="calls")
    change = {"kind": "PRICING", "name": "Price list of April", "effectiveOn": "2026-04-01", "definitionCodes": ["calls"]}

    refused = await only(reader, RECORD, change=change)
    unknown = await only(admin, RECORD, change=change | {"definitionCodes": ["calls", "nope"]})
    nothing = await only(admin, RECORD, change=change | {"definitionCodes": []})
    recorded = await only(admin, RECORD, change=change)
    [edge] = (await only(admin, REVIEWS, mine=True))["edges"]
    others = await only(reader, COMPLETE, id=edge["node"]["uuid"])
    done = await only(admin, COMPLETE, id=edge["node"]["uuid"])
    again = await only(admin, COMPLETE, id=edge["node"]["uuid"])

    assert (refused["__typename"], others["__typename"]) == ("NotAllowedProblem", "NotAllowedProblem")
    assert unknown["errors"] == [{"field": "/definition_codes/1", "code": "unknown_reference"}]
    assert nothing["errors"] == [{"field": "/", "code": "touches_nothing"}]
    assert recorded["businessChange"]["definitions"] == [{"code": "calls"}]
    review = {name: value for name, value in edge["node"].items() if name != "uuid"}
    assert review == {
        "reason": "BUSINESS_CHANGE", "dueOn": "2026-04-01", "outcome": None, "verbs": [{"verb": "complete", "allowed": True}],
        "definition": {"code": "calls", "owner": {"displayName": "Ada Quill"}},
        "businessChange": {"name": "Price list of April", "definitions": [{"code": "calls"}]},
    }  # fmt: skip
    assert (done["review"]["outcome"], done["review"]["note"]) == ("CONFIRMED", "Fits")
    assert (again["__typename"], again["code"]) == ("ConflictProblem", "wrong_status")
    changes = await only(admin, "{ businessChanges { edges { node { name kind } } } }")
    recorded_alone = [{"node": {"name": "Price list of April", "kind": "PRICING"}}]
    assert changes["edges"] == recorded_alone, "what was refused left nothing"
    assert (await only(reader, REVIEWS, mine=False))["edges"] == []


async def test_what_one_answered_for_is_handed_on(organization: Organization) -> None:
    heir = a_person("heir")
    await store(organization, heir)
    admin, colleague = (await organization.admin()).kpi_api, (await organization.as_person(heir.id)).kpi_api
    await create(await organization.admin(), code="calls")
    pair = {"from": str(organization.person_id), "to": str(heir.id)}

    refused = await only(colleague, REASSIGN, **pair)
    done = await only(admin, REASSIGN, **pair)

    assert refused["__typename"] == "NotAllowedProblem"
    assert done == {"__typename": "DefinitionsReassignedChanged", "owned": 1, "stewarded": 0}
    owned = await only(admin, '{ definition(code: "calls") { owner { displayName } } }')
    assert owned == {"owner": {"displayName": heir.display_name}}
