"""Attacks on tokens and keys. Each is refused in the same words; its honest twin is let in."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any, cast
from unittest.mock import AsyncMock
from uuid import UUID

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey
from sqlalchemy import text

from chassis.clock import real_now
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.identity import Principal, TokenSigner, load_private_key
from chassis.identity.api_keys import create_api_key, principal_of_api_key
from chassis.identity.issuers import Issuer, IssuerKeys
from chassis.identity.keys import read_public_keys
from chassis.identity.tokens import TokenVerifier
from chassis.problems import Unauthenticated
from chassis.settings import DEVELOPMENT_ISSUER, ServiceSettings
from tests.chassis.conftest import ProbeDoor
from tests.world import Organization

UNAUTHENTICATED = (401, "unauthenticated", "Send a valid bearer token or API key.")


async def knock(door: ProbeDoor, token: str) -> httpx.Response:
    client = await door.world.client(door.running, token)
    return await client.get("/v1/notes")


async def is_refused(door: ProbeDoor, token: str) -> bool:
    answer = await knock(door, token)
    body = answer.json()
    return (answer.status_code, body.get("code"), body.get("detail")) == UNAUTHENTICATED


class Forge:
    """Makes tokens from the honest one's claims and header, with some of them replaced (None: left out)."""

    def __init__(self, door: ProbeDoor, organization: Organization) -> None:
        folder = door.running.service.settings.key_folder
        self.key = load_private_key(folder / "issuer.jwk.json")
        self.kid = str(self.key.kid)
        self.public = json.loads((folder / "issuer.jwks.json").read_text())["keys"][0]
        now = int(real_now().timestamp())
        self.claims: dict[str, Any] = {
            "iss": DEVELOPMENT_ISSUER,
            "sub": str(organization.person_id),
            "aud": "sightline",
            "organization_id": str(organization.id),
            "iat": now,
            "nbf": now,
            "exp": now + 60,
        }

    def token(self, key: Any = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        parts = {k: v for k, v in {"alg": "Ed25519", "kid": self.key.kid, **(header or {})}.items() if v is not None}
        body = {k: v for k, v in {**self.claims, **claims}.items() if v is not None}
        return jwt.encode(parts, body, key or self.key, algorithms=["Ed25519", "RS256", "PS256", "HS256"])

    def by_hand(self, header: dict[str, Any], signature: bytes = b"", secret: bytes | None = None) -> str:
        signed = f"{encoded(header)}.{encoded(self.claims)}"
        if secret is not None:
            signature = hmac.digest(secret, signed.encode(), hashlib.sha256)
        return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.fixture
def forge(door: ProbeDoor, organization: Organization) -> Forge:
    return Forge(door, organization)


async def test_an_honest_token_is_let_in(door: ProbeDoor, forge: Forge) -> None:
    assert (await knock(door, forge.token())).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"iss": "https://issuer.example.com"}, id="another issuer"),
        pytest.param({"iss": None}, id="no issuer"),
        pytest.param({"iss": "kpi_api"}, id="the name of a service"),
        pytest.param({"aud": "somewhere-else"}, id="another audience"),
        pytest.param({"aud": None}, id="no audience"),
        pytest.param({"exp": None}, id="no expiry"),
        pytest.param({"exp": 1}, id="expired"),
        pytest.param({"exp": "9999999999"}, id="expiry as text"),
        pytest.param({"nbf": 9999999999}, id="not yet valid"),
        pytest.param({"iat": 9999999999}, id="issued in the future"),
        pytest.param({"exp": float("inf")}, id="expiry without end"),
        pytest.param({"exp": True}, id="expiry that is no number"),
        pytest.param({"nbf": "0"}, id="not-before as text"),
        pytest.param({"iss": [DEVELOPMENT_ISSUER]}, id="a list of issuers"),
        pytest.param({"aud": ["elsewhere", "other"]}, id="audiences without ours"),
        pytest.param({"sub": 7}, id="a subject that is no text"),
        pytest.param({"organization_id": 7}, id="an organization that is a number"),
        pytest.param({"sub": None}, id="no subject"),
        pytest.param({"sub": "ada"}, id="a subject that is no person's id"),
        pytest.param({"organization_id": None}, id="no organization"),
        pytest.param({"organization_id": "*"}, id="an organization that is no id"),
    ],
)
async def test_wrong_claims_are_refused(door: ProbeDoor, forge: Forge, claims: dict[str, Any]) -> None:
    assert await is_refused(door, forge.token(**claims))


async def test_forged_signatures_are_refused(door: ProbeDoor, forge: Forge) -> None:
    own = OKPKey.generate_key("Ed25519", {"kid": forge.kid}, auto_kid=False)
    rsa = RSAKey.generate_key(2048, {"kid": forge.kid}, auto_kid=False)
    public_bytes = base64.urlsafe_b64decode(forge.public["x"] + "==")
    kid = forge.kid
    honest = forge.token()
    attacks = {
        "no algorithm": forge.by_hand({"alg": "none", "kid": kid}),
        "no algorithm, other case": forge.by_hand({"alg": "NoNe", "kid": kid}),
        "alias of the algorithm": forge.by_hand({"alg": "EdDSA", "kid": kid}, b"x" * 64),
        "public key as shared secret": forge.by_hand({"alg": "HS256", "kid": kid}, secret=public_bytes),
        "key file as shared secret": forge.by_hand({"alg": "HS256", "kid": kid}, secret=json.dumps(forge.public).encode()),
        "empty shared secret": forge.by_hand({"alg": "HS256", "kid": kid}, secret=b""),
        "own key under the known kid": forge.token(own),
        "own key embedded": forge.token(own, {"jwk": own.as_dict(private=False)}),
        "own key by address": forge.token(own, {"jku": "https://keys.example.com/jwks.json"}),
        "own certificate by address": forge.token(own, {"x5u": "https://keys.example.com/certificate.pem"}),
        "own certificate embedded": forge.token(own, {"x5c": ["MIIB"]}),
        "another kind of key": forge.token(rsa, {"alg": "RS256"}),
        "oversized, though honest": forge.token(padding="x" * 16_384),
        "no kid": forge.token(header={"kid": None}),
        "unknown kid": forge.token(header={"kid": "0000"}),
        "kid that is no text": forge.by_hand({"alg": "Ed25519", "kid": [kid]}),
        "unknown critical header": forge.by_hand({"alg": "Ed25519", "kid": kid, "crit": ["b64"], "b64": False}),
        "cut signature": honest[:-4],
        "no signature": honest.rpartition(".")[0] + ".",
        "two parts": honest.rpartition(".")[0],
        "other claims under an honest signature": ".".join(
            [honest.split(".")[0], encoded({**forge.claims, "sub": str(new_id())}), honest.split(".")[2]]
        ),
        "nothing": ".",
        "text": "let me in",
        "deep JSON": f"{base64.urlsafe_b64encode(b'[' * 100_000).decode()}.e30.x",
    }
    for name, token in attacks.items():
        assert await is_refused(door, token), name


async def test_without_a_token_or_with_another_scheme_nobody_comes_in(door: ProbeDoor, forge: Forge) -> None:
    client = await door.world.client(door.running, None)
    for headers in ({}, {"Authorization": f"Basic {forge.token()}"}, {"Authorization": forge.token()}, {"Authorization": "Bearer "}):
        answer = await client.get("/v1/notes", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert (await client.get(f"/v1/notes?access_token={forge.token()}")).status_code == 401


async def test_a_public_rsa_key_is_no_shared_secret(door: ProbeDoor, forge: Forge) -> None:
    """The classic confusion: an issuer signs by RS256, and somebody uses its public key, which all may read, as the secret of HS256."""
    key = RSAKey.generate_key(2048, {"kid": "rsa"}, auto_kid=False)
    public = read_public_keys(json.dumps({"keys": [key.as_dict(private=False)]}))

    async def load() -> tuple[Any, float]:
        return public, 60.0

    verifier = TokenVerifier({DEVELOPMENT_ISSUER: Issuer(DEVELOPMENT_ISSUER, IssuerKeys("rsa", load), "sightline", "people")})
    honest = forge.token(key, {"alg": "RS256", "kid": "rsa"})
    assert isinstance(await verifier.verify(honest), Principal)
    pem = key.as_pem(private=False)
    for secret in (pem, pem.strip(), json.dumps(key.as_dict(private=False)).encode()):
        for algorithm in ("HS256", "none", "RS256"):
            with pytest.raises(Unauthenticated):
                await verifier.verify(forge.by_hand({"alg": algorithm, "kid": "rsa"}, secret=secret))
    with pytest.raises(Unauthenticated):
        await verifier.verify(forge.token(key, {"alg": "PS256", "kid": "rsa"}))


async def test_a_proof_is_remembered_for_a_minute_and_never_past_its_expiry(
    door: ProbeDoor, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, now = AsyncMock(return_value=forge.key), real_now()
    keys = IssuerKeys(DEVELOPMENT_ISSUER, AsyncMock())
    monkeypatch.setattr(keys, "find", find)
    verifier = TokenVerifier({DEVELOPMENT_ISSUER: Issuer(DEVELOPMENT_ISSUER, keys, "sightline", "people")})
    long, brief = forge.token(exp=forge.claims["iat"] + 3600), forge.token(exp=forge.claims["iat"] + 5)
    # The brief one has five seconds of life and half a minute of leeway
    for second, token, proofs in ((0, long, 1), (59, long, 1), (61, long, 2), (0, brief, 3), (30, brief, 3), (36, brief, 4)):
        monkeypatch.setattr("chassis.identity.tokens.real_now", lambda at=second: now + timedelta(seconds=at))
        await verifier.verify(token)
        assert find.await_count == proofs, second


async def test_a_service_token_is_for_one_service(door: ProbeDoor, organization: Organization) -> None:
    folder = door.running.service.settings.key_folder
    signer = TokenSigner("kpi_api", load_private_key(folder / "kpi_api.jwk.json"))
    verifier: TokenVerifier = door.world.scoring.app.state.verifier
    claims: dict[str, Any] = {"organization_id": organization.id, "life": timedelta(minutes=1)}

    acting = await verifier.verify(signer.sign(subject="kpi_api", audience="scoring", acting_person=organization.person_id, **claims))

    assert isinstance(acting, Principal)
    assert (acting.kind, acting.person_id) == ("service", organization.person_id)
    for wrong in (
        signer.sign(subject="kpi_api", audience="sightline", **claims),
        signer.sign(subject="kpi_api", audience="kpi_api", **claims),
        signer.sign(subject="scoring", audience="scoring", **claims),
    ):
        with pytest.raises(Unauthenticated):
            await verifier.verify(wrong)
        assert await is_refused(door, wrong), "kpi_api trusts no service"


async def test_a_persons_token_does_not_make_them_a_service(door: ProbeDoor, organization: Organization) -> None:
    """`act` is read from a sibling service's token only."""
    folder = door.running.service.settings.key_folder
    signer = TokenSigner(DEVELOPMENT_ISSUER, load_private_key(folder / "issuer.jwk.json"))
    token = signer.sign(
        subject=str(new_id()),
        audience="sightline",
        organization_id=organization.id,
        life=timedelta(minutes=1),
        acting_person=organization.person_id,
    )
    principal = await door.running.app.state.verifier.verify(token)
    assert (principal.kind, principal.person_id == organization.person_id) == ("person", False)


async def make_key(door: ProbeDoor, organization: Organization, **options: Any) -> tuple[UUID, str]:
    async with door.running.database.write(organization.id) as session:
        key = await create_api_key(session, name="HRIS", scopes=["integration"], created_by="test", **options)
        return key.row.id, key.text


async def test_an_api_key_is_let_in_and_kept_only_as_a_digest(door: ProbeDoor, organization: Organization) -> None:
    key_id, key = await make_key(door, organization)
    assert (await knock(door, key)).status_code == 200
    async with door.running.database.read(organization.id) as session:
        row = (await session.execute(text("SELECT * FROM api_keys WHERE id = :id"), {"id": key_id})).one()
    assert key.split("_")[2] not in str(row)


async def test_wrong_expired_and_revoked_keys_are_refused_in_the_same_words(door: ProbeDoor, organization: Organization) -> None:
    key_id, key = await make_key(door, organization)
    _, expired = await make_key(door, organization, expires_at=real_now() - timedelta(seconds=1))
    secret = key.split("_")[2]
    attacks = [
        expired,
        key + "x",
        key[:-1],
        f"sl_{key_id.hex}_",
        f"sl_{new_id().hex}_{secret}",
        f"sl_x_{secret}",
        "sl_",
        "sl__",
        "sl_' OR 1=1_x",
    ]
    for attack in attacks:
        assert await is_refused(door, attack), attack
    async with door.running.database.write(organization.id) as session:
        await session.execute(text("UPDATE api_keys SET revoked_at = now() WHERE id = :id"), {"id": key_id})
    assert await is_refused(door, key)


async def test_a_key_whose_checksum_does_not_fit_is_refused_without_a_look_up(door: ProbeDoor, organization: Organization) -> None:
    key_id, key = await make_key(door, organization)
    prefix, _, secret, checksum = key.split("_")
    nowhere = cast("Database", None)
    mistyped = f"{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}"
    for wrong in (
        f"{prefix}_{new_id().hex}_{secret}_{checksum}", f"{prefix}_{key_id.hex}_{mistyped}_{checksum}", key[:-1], f"{key}_{checksum}",
    ):  # fmt: skip
        with pytest.raises(Unauthenticated):
            await principal_of_api_key(nowhere, wrong)
    # A key from before there were checksums has none, and is looked up.
    assert (await knock(door, f"{prefix}_{key_id.hex}_{secret}")).status_code == 200


def test_production_refuses_the_development_issuer(door: ProbeDoor) -> None:
    values = door.running.service.settings.model_dump(exclude={"scoring_url"})
    with pytest.raises(ValueError, match="development issuer is refused in production"):
        ServiceSettings.model_validate({**values, "environment": "production", "issuers": {DEVELOPMENT_ISSUER: "issuer.jwks.json"}})
