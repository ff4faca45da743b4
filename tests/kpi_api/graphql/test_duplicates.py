"""Definitions that look alike, through the graph."""

from tests.kpi_api.dictionary.test_duplicates import two
from tests.kpi_api.given import a_person, store
from tests.kpi_api.graphql.asking import ask
from tests.world import Organization

LIST = "{ definitionDuplicates { edges { node { definition { uuid code } other { uuid code } why similarity sentence note } } } }"
MERGE = """mutation ($one: ID!, $other: ID!) {
  resolveDefinitionDuplicate(definition: $one, other: $other, by: MERGE, note: "One is enough") {
    __typename ... on DuplicateChanged { mergedInto } ... on Problem { code } } }"""


async def test_a_pair_is_listed_and_merged(organization: Organization) -> None:
    ids = await two(organization)
    await store(organization, reader := a_person("reader"))
    client = (await organization.admin()).kpi_api

    [edge] = (await ask(client, LIST))["definitionDuplicates"]["edges"]
    assert (edge["node"]["definition"]["code"], edge["node"]["why"], edge["node"]["note"]) == ("win_rate", ["SIMILAR_NAME"], None)

    pair = {"one": ids["winrate"], "other": ids["win_rate"]}
    refused = await ask((await organization.as_person(reader.id)).kpi_api, MERGE, **pair)
    assert refused["resolveDefinitionDuplicate"]["__typename"] == "NotAllowedProblem"
    done = await ask(client, MERGE, **pair)
    assert done["resolveDefinitionDuplicate"] == {"__typename": "DuplicateChanged", "mergedInto": "win_rate"}
    assert (await ask(client, LIST))["definitionDuplicates"]["edges"] == []
    again = await ask(client, MERGE, **pair)
    assert again["resolveDefinitionDuplicate"] == {"__typename": "ConflictProblem", "code": "definition_merged"}
