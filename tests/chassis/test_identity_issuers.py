"""Public keys by address: they rotate, the address fails, strangers ask for keys that never were. The server runs in this process."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from structlog.testing import capture_logs

from chassis.clock import real_now
from chassis.identifiers import new_id
from chassis.identity import OutsideIdentity, Principal
from chassis.identity.issuers import MAX_BYTES, IssuerKeys, holds_for, keys_at, keys_in_file
from chassis.identity.keys import load_private_key, make_key_files, read_public_keys, rotate_key_files
from chassis.identity.trust import open_verifier
from chassis.problems import Unauthenticated
from chassis.settings import DEVELOPMENT_ISSUER, ServiceSettings

ADDRESS = "https://login.example.com/keys"
Send = Callable[[dict[str, Any]], Awaitable[None]]


def public_key(kid: str) -> dict[str, Any]:
    return dict(OKPKey.generate_key("Ed25519", {"kid": kid}, auto_kid=False).as_dict(private=False))


@dataclass
class KeyServer:
    """An issuer's server: what it answers, and how often it was asked."""

    keys: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    pause: asyncio.Event | None = None
    asked: int = 0

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        self.asked += 1
        if self.pause:
            await self.pause.wait()
        headers = [(name.lower().encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        body = json.dumps({"keys": self.keys}).encode() if self.body is None else self.body
        await send({"type": "http.response.body", "body": body})


@dataclass
class Watched:
    """An issuer's keys as our service keeps them, on a clock that a test moves."""

    server: KeyServer
    keys: IssuerKeys
    seconds: float = 0.0

    async def knows(self, kid: object) -> bool:
        try:
            await self.keys.find(kid)
        except KeyError:
            return False
        return True


@pytest.fixture
def watched() -> Watched:
    server = KeyServer([public_key("one")])
    client = httpx.AsyncClient(transport=httpx.ASGITransport(server))  # type: ignore[arg-type]
    found: Watched = Watched(server, IssuerKeys("issuer", keys_at(ADDRESS, client), clock=lambda: found.seconds))
    return found


async def test_keys_are_fetched_once_while_they_hold(watched: Watched) -> None:
    watched.server.headers = {"Cache-Control": "public, max-age=600"}
    assert [await watched.knows("one") for _ in range(5)] == [True] * 5
    watched.seconds = 599
    assert await watched.knows("one")
    assert watched.server.asked == 1
    watched.seconds = 600
    assert await watched.knows("one")
    assert watched.server.asked == 2


async def test_many_who_wait_share_one_fetch_even_when_the_first_gives_up(watched: Watched) -> None:
    watched.server.pause = asyncio.Event()
    first = asyncio.create_task(watched.knows("one"))
    others = [asyncio.create_task(watched.knows("one")) for _ in range(50)]
    await asyncio.sleep(0.01)
    first.cancel()
    watched.server.pause.set()
    assert await asyncio.gather(*others) == [True] * 50
    assert watched.server.asked == 1


async def test_a_new_key_is_found_and_a_withdrawn_one_ends(watched: Watched) -> None:
    assert await watched.knows("one")
    watched.server.keys = [public_key("two")]
    watched.seconds = 31
    assert await watched.knows("two")
    assert not await watched.knows("one")


async def test_a_flood_of_unknown_keys_asks_once_in_half_a_minute(watched: Watched) -> None:
    assert await watched.knows("one")
    for second in range(1, 121):
        watched.seconds = second
        assert not await watched.knows(f"never-{second}")
        assert not await watched.knows(None)
        assert not await watched.knows(["one"])
        assert await watched.knows("one")
    assert watched.server.asked <= 1 + 4


async def test_known_keys_are_believed_while_the_address_is_down(watched: Watched) -> None:
    assert await watched.knows("one")
    watched.server.status = 503
    watched.seconds = 50_000
    assert await watched.knows("one")
    assert not await watched.knows("two")
    asked = watched.server.asked
    assert [await watched.knows("one") for _ in range(20)] == [True] * 20
    assert watched.server.asked == asked, "a service in need is not asked by every request"
    # When it is back, what it says counts
    watched.server.status, watched.server.keys = 200, [public_key("two")]
    watched.seconds += 31
    assert await watched.knows("two")
    assert not await watched.knows("one")


async def test_keys_are_believed_for_a_day_without_their_address_and_no_longer(watched: Watched) -> None:
    """Whoever holds the address down must not keep a withdrawn key alive."""
    assert await watched.knows("one")
    watched.server.status = 503
    with capture_logs() as logs:
        for hour in range(1, 24):
            watched.seconds = hour * 3600
            assert await watched.knows("one")
            await asyncio.sleep(0.001)  # nobody waited for the address
        watched.seconds = 24 * 3600
        assert not await watched.knows("one")
    assert [line["event"] for line in logs] == ["issuer_keys_not_loaded"] * 23 + ["issuer_keys_refused"]
    assert (logs[-1]["log_level"], logs[-1]["issuer"]) == ("error", "issuer")
    asked = watched.server.asked
    assert [await watched.knows("one") for _ in range(20)] == [False] * 20
    assert watched.server.asked == asked
    # When it is back, the first request that comes is served
    watched.server.status = 200
    watched.seconds += 31
    assert await watched.knows("one")


async def test_a_long_max_age_leaves_time_to_try_again(watched: Watched) -> None:
    watched.server.headers = {"Cache-Control": "max-age=86400"}
    assert await watched.knows("one")
    watched.server.status = 503
    watched.seconds = 12 * 3600
    assert await watched.knows("one")
    assert watched.server.asked == 2


async def test_with_the_address_down_nobody_waits_for_keys_we_have(watched: Watched) -> None:
    assert await watched.knows("one")
    watched.server.status = 503
    watched.seconds = 50_000
    assert await watched.knows("one")
    watched.seconds += 31
    watched.server.pause = asyncio.Event()
    async with asyncio.timeout(1):
        assert await watched.knows("one")
    watched.server.pause.set()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status": 302, "headers": {"Location": "https://elsewhere.example.com/keys"}}, id="a redirect"),
        pytest.param({"status": 404}, id="not there"),
        pytest.param({"body": b"<html>"}, id="no JSON"),
        pytest.param({"body": b"[" * 50_000}, id="deep JSON"),
        pytest.param({"body": b'{"keys": {}}'}, id="no list"),
        pytest.param({"body": b'["keys"]'}, id="no object"),
        pytest.param({"body": b'{"keys": [], "x": "' + b"x" * MAX_BYTES + b'"}'}, id="too large"),
    ],
)
async def test_a_wrong_answer_brings_no_keys_and_takes_none_away(watched: Watched, answer: dict[str, Any]) -> None:
    assert await watched.knows("one")
    watched.seconds = 50_000
    for name, value in answer.items():
        setattr(watched.server, name, value)
    assert await watched.knows("one")
    assert watched.server.asked == 2


async def test_a_server_that_never_answers_is_given_up(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.identity.issuers.FETCH_SECONDS", 0.05)
    watched.server.pause = asyncio.Event()
    async with asyncio.timeout(5):
        assert not await watched.knows("one")


def test_how_long_keys_hold_is_bounded() -> None:
    said = {"": 900, "max-age=5": 60, "max-age=3600": 3600, "public,max-age=7200,must-revalidate": 7200, "max-age=99999999": 86_400}
    said |= {"no-store": 900, "s-maxage=5": 900, "max-age=-1": 900, "max-age=" + "9" * 30: 900}
    assert {text: holds_for(text) for text in said} == said


def test_only_keys_that_may_prove_a_signature_are_taken() -> None:
    rsa, curve = RSAKey.generate_key(2048), ECKey.generate_key("P-256")
    with pytest.warns(UserWarning, match="2048"):
        weak = RSAKey.generate_key(1024)
    private = OKPKey.generate_key("Ed25519").as_dict(private=True)
    entries = [
        public_key("honest") | {"use": "sig"},
        {**rsa.as_dict(private=False), "kid": "rsa"},
        {**curve.as_dict(private=False), "kid": "curve"},
        {**weak.as_dict(private=False), "kid": "weak"},
        {**OctKey.generate_key(256).as_dict(private=True), "kid": "symmetric"},
        {**private, "kid": "private"},
        public_key("encryption") | {"use": "enc"},
        public_key("") | {"kid": 7},
        {name: value for name, value in public_key("x").items() if name != "kid"},
        {"kty": "OKP", "kid": "broken", "crv": "Ed25519", "x": "?"},
        {"kty": "RSA", "kid": "empty"},
        "text",
    ]
    assert set(read_public_keys(json.dumps({"keys": entries}))) == {"honest", "rsa", "curve"}


async def test_keys_in_a_file_rotate_without_a_restart(tmp_path: Any) -> None:
    """The command that rotates replaces the file; the running service reads it again."""
    make_key_files(tmp_path, "issuer")
    seconds = 0.0
    keys = IssuerKeys("issuer", keys_in_file(tmp_path / "issuer.jwks.json"), clock=lambda: seconds)
    first = load_private_key(tmp_path / "issuer.jwk.json").kid
    assert await keys.find(first)
    rotate_key_files(tmp_path, "issuer")
    second = load_private_key(tmp_path / "issuer.jwk.json").kid
    seconds = 31
    assert await keys.find(second)
    assert await keys.find(first), "what the former key has signed is still believed"
    rotate_key_files(tmp_path, "issuer")
    seconds = 100
    with pytest.raises(KeyError):
        await keys.find(first)
    assert (tmp_path / "issuer.jwk.json").stat().st_mode & 0o777 == 0o600


def settings(folder: Any, environment: str, **issuers: Any) -> ServiceSettings:
    return ServiceSettings.model_validate(
        {"environment": environment, "database_url": "postgresql://x", "key_folder": folder, "issuers": issuers}
    )


def test_production_takes_keys_by_https_only(tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="by https only"):
        settings(tmp_path, "production", issuer="http://login.example.com/keys")
    assert settings(tmp_path, "production", issuer={"jwks": ADDRESS}).issuers["issuer"].by_address
    with pytest.raises(ValueError, match="jwks"):
        settings(tmp_path, "production", issuer={"file": "x"})


def signed(key: OKPKey, **claims: Any) -> str:
    now = int(real_now().timestamp())
    body = {"aud": "sightline", "sub": "subject-1", "iat": now, "exp": now + 60, **claims}
    return jwt.encode({"alg": "Ed25519", "kid": key.kid}, body, key, algorithms=["Ed25519"])


async def test_a_token_is_proven_by_keys_from_its_issuers_address(tmp_path: Any) -> None:
    key, organization = OKPKey.generate_key("Ed25519", {"kid": "one"}, auto_kid=False), new_id()
    server = KeyServer([dict(key.as_dict(private=False))])
    issuer = {"jwks": ADDRESS, "audience": "sightline-at-login", "organization_id": str(organization)}
    transport = httpx.ASGITransport(server)  # type: ignore[arg-type]
    async with open_verifier(settings(tmp_path, "production", issuer=issuer), "kpi_api", transport=transport) as verifier:
        claims = {"iss": "issuer", "aud": ["sightline-at-login", "other"], "email": "one@example.com", "email_verified": True}
        assert await verifier.verify(signed(key, **claims)) == OutsideIdentity(organization, "issuer", "subject-1", "one@example.com")
        wrong: list[dict[str, Any]] = [{"aud": "sightline"}, {"organization_id": str(new_id())}, {"sub": "x" * 256}, {"iss": "other"}]
        for changed in wrong:
            with pytest.raises(Unauthenticated):
                await verifier.verify(signed(key, **{**claims, **changed}))
    assert server.asked == 1


async def test_in_production_the_development_issuer_is_a_stranger(tmp_path: Any) -> None:
    make_key_files(tmp_path, "issuer")
    key = load_private_key(tmp_path / "issuer.jwk.json")
    assert isinstance(key, OKPKey)
    token = signed(key, iss=DEVELOPMENT_ISSUER, sub=str(new_id()), organization_id=str(new_id()))
    async with open_verifier(settings(tmp_path, "development"), "kpi_api") as verifier:
        assert isinstance(await verifier.verify(token), Principal)
    async with open_verifier(settings(tmp_path, "production"), "kpi_api") as verifier:
        with pytest.raises(Unauthenticated):
            await verifier.verify(token)


async def test_a_token_of_an_issuer_that_is_believed_no_more_is_refused(tmp_path: Any) -> None:
    key, organization = OKPKey.generate_key("Ed25519", {"kid": "one"}, auto_kid=False), new_id()
    server = KeyServer([dict(key.as_dict(private=False))])
    wanted = settings(tmp_path, "production", issuer={"jwks": ADDRESS, "organization_id": str(organization)})
    short = wanted.model_copy(update={"issuer_keys_believed_hours": 0.05 / 3600})
    async with open_verifier(short, "kpi_api", transport=httpx.ASGITransport(server)) as verifier:  # type: ignore[arg-type]
        assert await verifier.verify(signed(key, iss="issuer"))
        server.status = 503
        await asyncio.sleep(0.06)
        with pytest.raises(Unauthenticated):
            await verifier.verify(signed(key, iss="issuer", sub="subject-2"))


async def test_a_missing_key_file_stops_the_start(tmp_path: Any) -> None:
    with pytest.raises(FileNotFoundError):
        async with open_verifier(settings(tmp_path, "production", issuer="login.jwks.json"), "kpi_api"):
            pass
