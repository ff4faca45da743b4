"""No operation that shows pay or a review, or changes what the audit is about, is missing in the table."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from chassis.app import create_app
from tests.audit.table import NOT_RECORDED, RECORDED
from tests.world import World

SHOWS = {
    "salary", "target_bonus_share", "target_bonus_amount", "amount", "payout", "released_before", "paid_amount", "totals", "control_totals",
    "composite", "overall_rating", "self_assessment", "manager_assessment", "granted_by", "previous_digest", "reader",
}  # fmt: skip
CHANGES = (
    "/v1/pay-bases", "/v1/plan", "/v1/runs", "/v1/payroll-batches", "/v1/reviews", "/v1/grants", "/v1/organization", "/v1/delegations",
    "/v1/person-identities", "/v1/api-keys",
)  # fmt: skip
METHODS = {"get", "post", "put", "patch", "delete"}


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        yield from ((f"{method.upper()} {path}", operation) for method, operation in methods.items() if method in METHODS)


def names(document: Mapping[str, Any], schema: Any, seen: set[str]) -> Iterator[str]:
    """The names of all properties that a schema's values may have, however deep."""
    if isinstance(schema, list):
        for item in schema:
            yield from names(document, item, seen)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {})
        if (reference := schema.get("$ref")) and reference not in seen:
            seen.add(reference)
            yield from names(document, document["components"]["schemas"][reference.rpartition("/")[2]], seen)
        for item in schema.values():
            yield from names(document, item, seen)


def shown(document: Mapping[str, Any], operation: Mapping[str, Any]) -> set[str]:
    answers = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    return set(names(document, answers, set()))


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
def test_every_operation_that_must_leave_a_record_stands_in_the_table(world: World, service: str) -> None:
    document = create_app(getattr(world, service).service).openapi()
    known = RECORDED[service].keys() | NOT_RECORDED[service].keys()
    found = dict(operations(document))
    showing = {name for name, operation in found.items() if shown(document, operation) & SHOWS}
    changing = {name for name in found if not name.startswith("GET") and name.partition(" ")[2].startswith(CHANGES)}
    assert sorted((showing | changing) - known) == []
    # And the table names no operation that is not there.
    assert sorted(name for name in known - found.keys() if not name.startswith("graphql")) == []
    # And the test sees what it is about.
    assert len(showing) >= {"kpi_api": 9, "scoring": 15}[service]


# Text that is neither a review's nor about pay: what people tell each other of goals, and of KPIs that they carry together.
OTHER_TEXT = {
    "Celebration", "DevelopmentEvidence", "DevelopmentStep", "DevelopmentStepInput", "KpiComment", "KpiProposal", "ScorecardComment",
}  # fmt: skip
GRAPH = {"text": OTHER_TEXT, "overallRating": {"Review"}, "composite": {"Payout", "Score"}, "amount": {"Payout"}, "payout": {"Payout"}}


def test_only_known_types_of_the_graph_show_pay_or_ratings() -> None:
    """The table's GraphQL rows are all there are: a type that begins to show such a field has to be recorded."""
    from kpi_api.graphql.schema import schema

    fields = {
        (name, field)
        for name, type_ in schema._schema.type_map.items()
        for field in getattr(type_, "fields", {})
        if not name.startswith("__")
    }
    sensitive = {"overallRating", "composite", "amount", "payout", "salary", "text", "selfAssessment", "managerAssessment", "totals"}
    assert {(name, field) for name, field in fields if field in sensitive} == {
        (name, field) for field, types in GRAPH.items() for name in types
    }
