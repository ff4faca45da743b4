"""Every answer tells browsers to do as little as possible with it, and no other site's script may read it unless its origin is named."""

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from chassis.settings import ServiceSettings
from tests.chassis.conftest import ProbeDoor
from tests.world import World

APP = "https://app.example.com"
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


async def answers_of_every_kind(door: ProbeDoor, client: httpx.AsyncClient) -> dict[int, httpx.Response]:
    """One answer per status that something else gives: the endpoint, the router, the framework, a limit, our own fault."""
    huge = b'"' + b"x" * door.running.service.settings.max_body_bytes + b'"'
    json = {"content-type": "application/json"}
    answers = [
        await client.get("/v1/notes"),
        await client.get("/v1/notes", headers={"Authorization": "Bearer a.b.c"}),
        await client.get("/v1/nowhere"),
        await client.delete("/v1/notes"),
        await client.post("/v1/notes", content=huge, headers=json),
        await client.post("/v1/notes", content=b"{", headers=json),
        await client.post("/v1/notes", json={"text": "a", "fail": "bug"}),
    ]
    return {answer.status_code: answer for answer in answers}


async def test_every_answer_has_them(door: ProbeDoor) -> None:
    answers = await answers_of_every_kind(door, door.client)
    assert set(answers) == {200, 401, 404, 405, 413, 422, 500}
    for status, answer in answers.items():
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE, status
        assert "strict-transport-security" not in answer.headers
        assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_https_is_demanded_in_production(door: ProbeDoor) -> None:
    settings = door.running.service.settings.model_copy(update={"environment": "production"})
    production = door.like(replace(door.running.service, settings=settings))
    client = await door.world.client(production, None)
    assert (await client.get("/livez")).headers["strict-transport-security"] == "max-age=31536000"


async def test_other_sites_may_not_ask(door: ProbeDoor) -> None:
    preflight = {"Origin": APP, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    refused = await door.client.options("/v1/notes", headers=preflight)
    assert refused.status_code == 405
    assert not [name for name in refused.headers if name.startswith("access-control")]


async def test_a_named_origin_may_read_every_answer_and_others_none(door: ProbeDoor) -> None:
    # Given a service that names one origin
    settings = door.running.service.settings.model_copy(update={"cors_origins": [APP]})
    shared = door.like(replace(door.running.service, settings=settings))
    client = await door.world.client(shared, None)
    client.headers["Authorization"] = door.client.headers["Authorization"]
    # When its scripts ask, then they may read answers and problems alike, and the headers they need
    client.headers["Origin"] = APP
    for status, answer in (await answers_of_every_kind(door, client)).items():
        assert answer.headers["access-control-allow-origin"] == APP, status
        assert "access-control-allow-credentials" not in answer.headers
        readable = set(answer.headers["access-control-expose-headers"].split(", "))
        assert {"ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After"} <= readable
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    wanted = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization, if-match, idempotency-key"}
    allowed = await client.options("/v1/notes", headers=wanted)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, APP)
    # And nobody else's may
    for origin in ("https://app.example.com.evil.example", "http://app.example.com", "null"):
        client.headers["Origin"] = origin
        assert "access-control-allow-origin" not in (await client.get("/v1/notes")).headers
        assert (await client.options("/v1/notes", headers=wanted)).status_code == 400


@pytest.mark.parametrize("origin", ["*", "https://*.example.com", "https://app.example.com/", "app.example.com", "null"])
def test_an_origin_is_one_origin(origin: str) -> None:
    with pytest.raises(ValidationError, match="cors_origins"):
        ServiceSettings(database_url=SecretStr("postgresql://"), key_folder=Path(), cors_origins=[origin])


@pytest.mark.parametrize("path", ["/docs", "/graphql/explorer"])
async def test_the_explorers_may_run_their_own_scripts_and_no_others(world: World, path: str) -> None:
    page = await (await world.client(world.kpi_api, None)).get(path)
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["connect-src"], policy["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert "unsafe" not in policy["script-src"]
    # Each script of the page is one that the policy names
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page.text, re.DOTALL)
    assert scripts
    for attributes, content in scripts:
        if content:
            assert f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" in policy["script-src"]
        else:
            assert attributes.startswith(' src="/'), "of this service"
            assert "'self'" in policy["script-src"]
    # None hides in an attribute, and no style, picture or icon comes from elsewhere
    assert not re.search(r"\son[a-z]+=", page.text)
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page.text)
