"""Every error is an RFC 9457 problem with a stable code, and says no more than it should."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from chassis.etags import etag, require_match
from chassis.problems import FieldError, Invalid, NotFound, PreconditionFailed, PreconditionRequired
from chassis.webhooks.models import WebhookEndpoint
from tests.chassis.conftest import ProbeDoor


async def test_unknown_fields_and_missing_ones_are_named(door: ProbeDoor) -> None:
    answer = await door.client.post("/v1/notes", json={"txt": "a"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    body = answer.json()
    assert (body["type"], body["status"], body["code"]) == ("urn:sightline:problem:invalid", 422, "invalid")
    assert {(error["field"], error["code"], error["message"]) for error in body["errors"]} == {
        ("/text", "field_missing", "This must be there."),
        ("/txt", "unknown_field", "There is no such field here."),
    }


async def test_a_wrong_value_is_not_repeated(door: ProbeDoor) -> None:
    answer = await door.client.post("/v1/notes", json={"text": {"salary": "90000"}})
    assert answer.status_code == 422
    assert "90000" not in answer.text


async def test_a_zero_character_is_refused_not_our_fault(door: ProbeDoor) -> None:
    """PostgreSQL can store it neither as text nor within JSON."""
    answer = await door.client.post("/v1/notes", json={"text": "a\x00b"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("/text", "zero_character")]
    assert "zero character" in answer.json()["detail"]
    asked = await door.client.post("/v1/notes?mood=%00", json={"text": "a"})
    assert (asked.status_code, [error["field"] for error in asked.json()["errors"]]) == (422, ["/query/mood"])
    literal = await door.client.post("/v1/notes", content=b'{"text": "a\\\\u0000b"}', headers={"content-type": "application/json"})
    assert literal.json()["text"] == "a\\u0000b", "a backslash and six characters are no zero character"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/v1/nowhere", 404, "not_found"), ("PATCH", "/v1/notes", 405, "http_405"), ("POST", "/v1/notes", 422, "malformed_json")],
)
async def test_the_framework_answers_in_our_form_too(door: ProbeDoor, method: str, path: str, status: int, code: str) -> None:
    answer = await door.client.request(method, path, content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"], answer.headers["content-type"]) == (status, code, "application/problem+json")
    if status == 405:
        assert answer.headers["allow"] == "GET, POST"
        assert answer.json()["detail"] == "Only GET, POST can be asked for here."
    if status == 422:
        expected = "This is not JSON: EOF while parsing an object at line 1 column 1."
        assert [(error["field"], error["message"]) for error in answer.json()["errors"]] == [("/", expected)]


@pytest.mark.parametrize(
    ("content", "code", "detail"),
    [
        (b'{"text": "caf\xe9"}', "wrong_encoding", "Byte 14 of the body is 0xe9, which is not UTF-8. Send JSON as UTF-8."),
        (b'{"text": ' + b"[" * 50_000, "too_deep", "Lists and objects are nested deeper than 200 levels at line 1 column 210."),
        (b'{"text": ' + b"1" * 4301 + b"}", "too_many_digits", "A number has more than 4300 digits at line 1 column 4311."),
        (
            b'\xef\xbb\xbf{"text": "a"}',
            "wrong_encoding",
            "The body begins with a byte order mark (0xef 0xbb 0xbf). Send JSON as UTF-8 without it.",
        ),
        (b'{"text": NaN}', "malformed_json", "This is not JSON: expected value at line 1 column 10."),
        (b'{"text": "\\ud800"}', "malformed_json", "This is not JSON: unexpected end of hex escape at line 1 column 17."),
    ],
)
async def test_a_body_that_cannot_be_read_says_why_and_where(door: ProbeDoor, content: bytes, code: str, detail: str) -> None:
    answer = await door.client.post("/v1/notes", content=content, headers={"content-type": "application/json"})
    body = answer.json()
    assert (answer.status_code, body["code"], body["detail"]) == (422, code, detail)
    assert [(error["field"], error["code"]) for error in body["errors"]] == [("/", code)]
    assert door.probe.made == 0


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"text": "a", "text": "b"}', "/text"),
        (b'{"text" : "a", "text": "b"}', "/text"),
        (b'{"text": "a\\":b", "te\\u0078t": "b"}', "/text"),
        (b'{"text": [{"a": 1}, {"a": {"b/c": 1, "b/c": 2}}]}', "/text/1/a/b~1c"),
    ],
)
async def test_an_object_that_says_a_name_twice_is_refused(door: ProbeDoor, content: bytes, field: str) -> None:
    """Who checks a body before us may have read the other one."""
    answer = await door.client.post("/v1/notes", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "repeated_name")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, "repeated_name")]
    assert door.probe.made == 0


@pytest.mark.parametrize("text", ['a": "b', '"":"":', "a :b", '\\":', "{:}"])
async def test_what_looks_like_a_name_within_text_is_text(door: ProbeDoor, text: str) -> None:
    assert (await door.client.post("/v1/notes", json={"text": text})).json()["text"] == text


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", None])
async def test_a_body_that_is_not_declared_json_is_not_read(door: ProbeDoor, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = await door.client.post("/v1/notes", content=b'{"text": "a"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert answer.json()["detail"] == "Send the body as JSON, with the header Content-Type: application/json."
    assert door.probe.made == 0


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"])
async def test_a_body_that_is_declared_json_is_read(door: ProbeDoor, content_type: str) -> None:
    answer = await door.client.post("/v1/notes", content=b'{"text": "a"}', headers={"content-type": content_type})
    assert answer.status_code == 201


async def test_a_parameter_given_twice_is_refused(door: ProbeDoor) -> None:
    """One of the two would be ignored, and which one is not said."""
    answer = await door.client.get("/v1/notes?limit=5&limit=6")
    assert (answer.status_code, answer.json()["code"]) == (422, "repeated_parameter")
    assert [(error["field"], error["message"]) for error in answer.json()["errors"]] == [
        ("/query/limit", "Give the query parameter 'limit' once.")
    ]
    several = await (await door.world.new_organization()).admin()
    assert (await several.kpi_api.get("/v1/events?type=note.made&type=note.unmade")).status_code == 200


async def test_a_parameter_that_is_no_text_is_refused(door: ProbeDoor) -> None:
    answer = await door.client.post("/v1/notes?mood=%ff%fe", json={"text": "a"})
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("/query/mood", "wrong_encoding")]
    assert (await door.client.post("/v1/notes?mood=%c3%a9+%ef%bf%bd", json={"text": "a"})).status_code == 201


async def test_a_slash_too_many_leads_nowhere(door: ProbeDoor) -> None:
    answer = await door.client.get("/v1/notes/")
    assert (answer.status_code, answer.json()["code"], answer.headers.get("location")) == (404, "not_found", None)


@pytest.mark.parametrize(
    ("query", "remedy"),
    [("limt=5", "Did you mean limit?"), ("colour=red", "Known are cursor, limit."), ("limit=5&Limit=5", "Did you mean limit?")],
)
async def test_an_unknown_query_parameter_is_refused_with_the_near_one(door: ProbeDoor, query: str, remedy: str) -> None:
    answer = await door.client.get(f"/v1/notes?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter")
    assert answer.json()["detail"].endswith(remedy)
    name = query.split("&")[-1].split("=")[0]
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(f"/query/{name}", "unknown_parameter")]


async def test_known_parameters_and_doors_beside_the_domain_stay_open(door: ProbeDoor) -> None:
    for path in ("/v1/notes?limit=5", "/livez?now=1", "/docs?theme=dark", "/openapi.json?v=2"):
        assert (await door.client.get(path)).status_code == 200, path


async def test_an_unknown_parameter_of_a_write_writes_nothing(door: ProbeDoor) -> None:
    answer = await door.client.post("/v1/notes?dry_run=true", json={"text": "a"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter")
    assert answer.json()["detail"] == "There is no query parameter 'dry_run' here. Known are mood."
    assert door.probe.made == 0


async def test_a_huge_body_is_refused(door: ProbeDoor) -> None:
    limit = door.running.service.settings.max_body_bytes
    answer = await door.client.post("/v1/notes", content=b'{"text":"' + b"x" * limit + b'"}', headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert door.probe.made == 0


async def test_a_huge_body_that_does_not_say_so_is_refused(door: ProbeDoor) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"text":"'
        for _ in range(door.running.service.settings.max_body_bytes // 1_000_000 + 1):
            yield b"x" * 1_000_000

    answer = await door.client.post("/v1/notes", content=chunks(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert door.probe.made == 0


async def test_answers_carry_the_security_headers(door: ProbeDoor) -> None:
    for path in ("/v1/notes", "/v1/nowhere"):
        headers = (await door.client.get(path)).headers
        assert {"x-content-type-options", "x-frame-options", "referrer-policy", "cache-control"} <= set(headers)


def test_a_problem_with_a_field_names_it() -> None:
    assert Invalid("Too long.", field="/text").body().errors == [FieldError(field="/text", code="invalid", message="Too long.")]
    assert NotFound().body() == NotFound().body()


def test_if_match_is_required_and_must_fit() -> None:
    row = WebhookEndpoint(version=3)
    assert etag(row) == '"3"'
    for tags in ('"3"', '"2", "3"', "*"):
        require_match(tags, row)
    with pytest.raises(PreconditionRequired):
        require_match(None, row)
    for tags in ('"2"', 'W/"3"', "3", ""):
        with pytest.raises(PreconditionFailed):
            require_match(tags, row)


async def test_readiness_names_what_is_missing(door: ProbeDoor) -> None:
    assert (await door.client.get("/livez")).json() == {"alive": True}
    async with door.running.database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM workers"))
    assert (await door.client.get("/readyz")).json()["job_listener"] == "absent"


async def test_who_asks_comes_before_what_is_said(door: ProbeDoor) -> None:
    """A stranger's body is not even read: megabytes of JSON are work, too."""
    read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"{"

    stranger = await door.world.client(door.running, None)
    answer = await stranger.post("/v1/notes", content=body(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert not read
