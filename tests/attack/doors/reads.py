"""Reads of kpi_api over REST: single ones, lists, filters, search."""

from collections.abc import Callable

import httpx

from tests.attack.attacking import Call, Door, Read, Shown, default_shows
from tests.attack.cast import Thing

FOREIGN = ("foreign_hr", "foreign_comp", "foreign_key", "foreign_employee")
PERFORMERS = ("employee", "peer", "manager", "executive", "chief", "stakeholder")


def get(path: str, **params: str) -> Callable[[Thing], Call]:
    """GET of a path with the record's values filled in."""

    def call(thing: Thing) -> Call:
        return Call("GET", path.format(**thing), params={name: value.format(**thing) for name, value in params.items()})

    return call


def pictured(path: str, **params: str) -> Callable[[Thing], Call]:
    """GET of a picture as the data that it is drawn from, where a leak can be read."""
    call = get(path, **params)
    return lambda thing: call(thing).with_headers(Accept="application/vnd.vegalite.v5+json")


def one(kind: str, path: str, **given: object) -> Read:
    """A single read; `{id}` of the path is the record's."""
    named = given.pop("operation", None) or path.replace("{id}", "{" + str(given.pop("parameter", f"{kind}_id")) + "}")
    return Read(f"kpi_api GET {named}", kind, get(path), **given)  # type: ignore[arg-type]


def listed(kind: str, path: str, **given: object) -> Read:
    return Read(f"kpi_api GET {path}", kind, get(path, limit="200"), is_list=True, **given)  # type: ignore[arg-type]


def found(kind: str, path: str, *owners: str, **params: str) -> Read:
    """A list asked with a filter that names a record which may be hidden. By names that the foreigners use too, they find their own."""
    by_id = any("id}" in value and value != "{external_id}" for value in params.values())
    return Read(f"kpi_api GET {path}", kind, get(path, **params), no_ancestors=True, owners=owners, not_by=() if by_id else FOREIGN)


def succeeds(thing: Thing, answer: httpx.Response) -> Shown:
    """For answers that do not repeat the record's id."""
    return "whole" if answer.is_success else "out" if answer.status_code == 401 else "nothing"


def holds(text: str) -> Callable[[Thing, httpx.Response], Shown]:
    """The answer holds a text, with the record's values filled in."""
    return lambda thing, answer: "whole" if text.format(**thing) in answer.text else "out" if answer.status_code == 401 else "nothing"


def suppose(thing: Thing) -> Call:
    """That a KPI is missed, which only who sees it whole may suppose."""
    return Call("POST", "/v1/cascade/what-if", {"cycle": "2026", "changes": [{"kpi_id": thing["id"], "value": "1"}]})


PEOPLE: list[Door] = [
    one("person", "/v1/people/{id}"),
    listed("person", "/v1/people"),
    Read("kpi_api GET /v1/people", "person", get("/v1/people", limit="200", active="true"), is_list=True, owners=PERFORMERS),
    found("person", "/v1/people", search="{external_id}"),
    found("person", "/v1/people", search="{user_name}"),
    found("person", "/v1/people", search="{email}"),
    listed("grant", "/v1/grants"),
    found("grant", "/v1/grants", person_id="{person_id}"),
    one("grant", "/v1/grants/{id}"),
    Read("kpi_api GET /v1/hris/sources", "hris_source", get("/v1/hris/sources"), is_list=True),
    one("hris_source", "/v1/hris/sources/{id}", parameter="source_id"),
]

CASCADE: list[Door] = [
    one("kpi", "/v1/kpis/{id}"),
    one("kpi", "/v1/kpis/{id}/measurements", no_ancestors=True),
    Read("kpi_api GET /v1/kpis/{kpi_id}/leads", "kpi", get("/v1/kpis/{id}/leads"), shows=succeeds, no_ancestors=True),
    Read(
        "kpi_api GET /v1/kpis/{kpi_id}/line-of-sight",
        "kpi",
        get("/v1/kpis/{id}/line-of-sight"),
        # A line of sight holds nothing but ancestor views, so whoever sees the KPI at all may read it.
        shows=succeeds,
        sees="line_of_sight",
    ),
    Read(
        "kpi_api GET /v1/kpis/{kpi_id}/line-of-sight",
        "kpi",
        get("/v1/kpis/{id}/line-of-sight", direction="down"),
        shows=succeeds,
        sees="line_of_sight",
    ),
    Read(
        "kpi_api GET /v1/kpis/{kpi_id}/line-of-sight/picture",
        "kpi",
        pictured("/v1/kpis/{id}/line-of-sight/picture", direction="up"),
        shows=succeeds,
        sees="line_of_sight",
    ),
    Read(
        "kpi_api GET /v1/kpis/{kpi_id}/line-of-sight/picture",
        "kpi",
        pictured("/v1/kpis/{id}/line-of-sight/picture", direction="down"),
        shows=succeeds,
        sees="line_of_sight",
    ),
    Read(
        "kpi_api GET /v1/units/{unit_id}/cascade/picture",
        "kpi_below",
        pictured("/v1/units/{unit_id}/cascade/picture", cycle="2026"),
        sees="line_of_sight",
        is_list=True,
    ),
    Read(
        "kpi_api GET /v1/units/{unit_id}/cascade",
        "kpi_below",
        get("/v1/units/{unit_id}/cascade", cycle="2026"),
        sees="line_of_sight",
        is_list=True,
    ),
    one("unit", "/v1/units/{id}/stray-contributions", sees="open", shows=succeeds),
    listed("kpi", "/v1/kpis", no_ancestors=True),
    found("kpi", "/v1/kpis", code="{code}"),
    Read("kpi_api GET /v1/cascade/roll-up", "kpi", get("/v1/cascade/roll-up", cycle="2026", limit="200"), is_list=True, no_ancestors=True),
    Read("kpi_api GET /v1/cascade/roll-up", "kpi", get("/v1/cascade/roll-up", cycle="2026", kpi_id="{id}"), no_ancestors=True),
    Read("kpi_api GET /v1/cascade/double-counting", "doubled", get("/v1/cascade/double-counting", cycle="2026"), is_list=True),
    Read("kpi_api POST /v1/cascade/what-if", "kpi", suppose, shows=succeeds, no_ancestors=True),
    Read("kpi_api GET /v1/orphans", "kpi", get("/v1/orphans", limit="200"), is_list=True, no_ancestors=True, owners=("orphan",)),
]

PERFORMANCE: list[Door] = [
    one("scorecard", "/v1/scorecards/{id}"),
    one("closed_scorecard", "/v1/scorecards/{id}", parameter="scorecard_id"),
    listed("scorecard", "/v1/scorecards"),
    found("scorecard", "/v1/scorecards", person_id="{person_id}", cycle_code="2026"),
    Read("kpi_api GET /v1/scorecards", "scorecard", get("/v1/scorecards", status="draft"), is_list=True, owners=("employee", "chief")),
    Read(
        "kpi_api GET /v1/scorecards/{scorecard_id}/score",
        "scorecard",
        get("/v1/scorecards/{id}/score"),
        shows=succeeds,
    ),
    one("review", "/v1/reviews/{id}"),
    one("released_review", "/v1/reviews/{id}", parameter="review_id"),
    listed("review", "/v1/reviews"),
    found("review", "/v1/reviews", person_id="{person_id}", stage="mid_year"),
    found("released_review", "/v1/reviews", person_id="{person_id}", cycle_code="2025"),
    # What the manager wrote, before its release: theirs and HR's.
    one("review", "/v1/reviews/{id}", shows=holds("judged-mid_year-of-{the_owner}"), sees="unreleased", inside="review"),
    listed("check_in", "/v1/check-ins"),
    found("check_in", "/v1/check-ins", kpi_id="{kpi_id}"),
    found("check_in", "/v1/check-ins", "peer", "stakeholder", person_id="{person_id}"),
]

OPEN_READS: list[Door] = [
    Read("kpi_api GET /v1/organization", "organization", get("/v1/organization"), sees="open", is_list=True),
    one("unit", "/v1/units/{id}", sees="open"),
    listed("unit", "/v1/units", sees="open"),
    one("role", "/v1/roles/{id}", sees="open"),
    listed("role", "/v1/roles", sees="open"),
    Read("kpi_api GET /v1/roles/{role_id}/versions", "role", get("/v1/roles/{id}/versions"), sees="open", shows=succeeds),
    Read("kpi_api GET /v1/roles/{role_id}/difference", "role", get("/v1/roles/{id}/difference", from_number="1", to_number="1"),
         sees="open", shows=succeeds),
    listed("legal_entity", "/v1/legal-entities", sees="open"),
    listed("cycle", "/v1/cycles", sees="open"),
    Read("kpi_api GET /v1/cycles/{cycle}", "cycle", get("/v1/cycles/{id}"), sees="open"),
    Read(
        "kpi_api GET /v1/cycles/{cycle}/periods",
        "cycle",
        get("/v1/cycles/{id}/periods", length="year"),
        sees="open",
        shows=succeeds,
    ),
    Read("kpi_api GET /v1/calendars", "calendar", get("/v1/calendars"), sees="open", is_list=True),
    listed("definition", "/v1/definitions", sees="open"),
    Read("kpi_api GET /v1/definitions/{definition_id}", "definition", get("/v1/definitions/{id}"), sees="open"),
    Read("kpi_api GET /v1/definitions/{definition_id}/versions", "definition", get("/v1/definitions/{id}/versions"), sees="open"),
    Read("kpi_api GET /v1/definitions/{definition_id}/difference", "definition",
         get("/v1/definitions/{id}/difference", from_number="1", to_number="1"), sees="open", shows=succeeds),
    Read("kpi_api GET /v1/definitions/{definition_id}/difference", "draft",
         get("/v1/definitions/{definition_id}/difference", from_number="1", to_number="1"), sees="definition_draft", shows=succeeds),
    Read("kpi_api GET /v1/definitions/{definition_id}/versions/{number}/trials", "definition",
         get("/v1/definitions/{id}/versions/1/trials"), sees="open", shows=succeeds),
    Read("kpi_api GET /v1/definitions/{definition_id}/uses", "definition", get("/v1/definitions/{id}/uses"), sees="open", shows=succeeds),
    Read("kpi_api GET /v1/definitions/{definition_id}/uses", "kpi_in_use", get("/v1/definitions/{definition_id}/uses"), sees="kpi",
         is_list=True, no_ancestors=True),
    # Whoever sees a person counts them, nobody else.
    Read("kpi_api GET /v1/cascade/coverage", "person", get("/v1/cascade/coverage", cycle="2026"), is_list=True,
         owners=("neighbour",)),
    Read("kpi_api GET /v1/definition-duplicates", "definition", get("/v1/definition-duplicates", limit="200"), sees="open", is_list=True,
         shows=holds("{id}")),
    Read("kpi_api GET /v1/definitions/document", "definition", get("/v1/definitions/document"), sees="open", is_list=True,
         shows=holds('id="d-dials"'), not_by=FOREIGN),
    listed("business_change", "/v1/business-changes", sees="open"),
    listed("definition_review", "/v1/definition-reviews", sees="open"),
    listed("template", "/v1/templates", sees="open"),
    one("template", "/v1/templates/{id}", sees="open"),
    listed("outcome", "/v1/outcomes", sees="open"),
    one("outcome", "/v1/outcomes/{id}", sees="open"),
    Read("kpi_api GET /v1/outcome-areas", "organization", get("/v1/outcome-areas"), sees="open", shows=holds("strategic_execution"),
         not_by=FOREIGN),
    listed("competency", "/v1/competencies", sees="open"),
    one("competency", "/v1/competencies/{id}", sees="open"),
    Read("kpi_api GET /v1/competencies/{competency_id}/uses", "competency", get("/v1/competencies/{id}/uses"), sees="open",
         shows=succeeds),
    Read("kpi_api GET /v1/people/{person_id}/applicable-definitions", "person", get("/v1/people/{id}/applicable-definitions"),
         shows=succeeds),
    # A version that nobody has approved yet.
    Read("kpi_api GET /v1/definitions/{definition_id}", "draft", get("/v1/definitions/{definition_id}"), is_list=True,
          sees="definition_draft"),
    Read(
        "kpi_api GET /v1/definitions/{definition_id}/versions",
        "draft",
        get("/v1/definitions/{definition_id}/versions"),
        is_list=True,
        sees="definition_draft",
    ),
    Read(
        "kpi_api GET /v1/definitions/{definition_id}/versions/{number}",
        "draft",
        get("/v1/definitions/{definition_id}/versions/1"),
        sees="definition_draft",
    ),
    Read("kpi_api GET /v1/definitions", "draft", get("/v1/definitions", limit="200"), is_list=True, sees="definition_draft"),
]

CONNECTIONS: list[Door] = [
    Read("kpi_api GET /v1/cycles/{cycle}/closing", "closing", get("/v1/cycles/{cycle_id}/closing"), inside="open"),
    Read("kpi_api GET /v1/events", "event", get("/v1/events", limit="1000"), is_list=True, sees="event"),
    *(
        Read(f"{service} GET {path}", "webhook", get(path.replace("{endpoint_id}", "{id}")), owners=(service,), sees=rule, is_list=is_list,
             shows=shows)
        for service, rule in (("kpi_api", "webhook"), ("scoring", "scoring_webhook"))
        for path, is_list, shows in (
            ("/v1/webhook-endpoints", True, default_shows),
            ("/v1/webhook-endpoints/{endpoint_id}", False, default_shows),
            ("/v1/webhook-endpoints/{endpoint_id}/deliveries", False, holds("{delivery_id}")),
        )
    ),
    *(
        Read(
            f"{service} GET /v1/webhook-event-types",
            "webhook",
            get("/v1/webhook-event-types"),
            owners=(service,),
            sees=rule,
            is_list=True,
            # The catalogue is the same for every organization: only the role decides.
            shows=holds("webhook.ping"),
            not_by=("foreign_hr", "foreign_key", "foreign_comp"),
        )
        for service, rule in (("kpi_api", "webhook"), ("scoring", "scoring_webhook"))
    ),
]

DOORS: list[Door] = [*PEOPLE, *CASCADE, *PERFORMANCE, *OPEN_READS, *CONNECTIONS]
