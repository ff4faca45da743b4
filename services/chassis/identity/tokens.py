"""JSON Web Tokens (RFC 7519): signing ours, and proving those of trusted issuers.

A token is proven by the key that its issuer has published under the token's `kid`; keys and addresses inside the token are never looked at.
A proof is remembered for a minute at most. Whether the person is still active is no part of it and asked on each request.
"""

import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from chassis.clock import real_now
from chassis.identity.issuers import Issuer
from chassis.identity.principal import OutsideIdentity, Principal, person
from chassis.problems import Unauthenticated

ALGORITHMS = ["Ed25519", "ES256", "RS256"]
LEEWAY_SECONDS = 30
MAX_TOKEN_CHARACTERS = 16_384
MAX_SUBJECT_CHARACTERS = 255
SERVICE_TOKEN_LIFE = timedelta(minutes=2)
REMEMBERED_SECONDS = 60
REMEMBERED_TOKENS = 10_000

Proven = Principal | OutsideIdentity


class TokenVerifier:
    """Verifies bearer tokens of trusted issuers, by their `iss`."""

    def __init__(self, issuers: Mapping[str, Issuer]) -> None:
        self._issuers = dict(issuers)
        self._remembered: dict[bytes, tuple[Proven, float]] = {}

    async def verify(self, token: str) -> Proven:
        """Whom a valid token speaks for. Raises Unauthenticated, always with the same words."""
        digest = hashlib.sha256(token.encode()).digest()
        proven, until = self._remembered.get(digest, (None, 0.0))
        if proven is not None and real_now().timestamp() < until:
            return proven
        try:
            return self._remember(digest, *await self._prove(token))
        except (JoseError, ValueError, KeyError, TypeError, RecursionError):
            raise Unauthenticated() from None

    async def _prove(self, token: str) -> tuple[Proven, float]:
        """Whom it speaks for, and when it expires."""
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise ValueError("too long")
        issuer, key = await self._key_for(token)
        claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
        _registry(issuer).validate(claims)
        return _proven(claims, issuer), claims["exp"] + LEEWAY_SECONDS

    async def _key_for(self, token: str) -> tuple[Issuer, Key]:
        """The issuer and its key by the token's `iss` and `kid`, both unproven until the signature is checked with that very key."""
        header, payload = (json.loads(_base64(part)) for part in token.split(".")[:2])
        issuer = self._issuers[payload["iss"]]
        return issuer, await issuer.keys.find(header["kid"])

    def _remember(self, digest: bytes, proven: Proven, expires: float) -> Proven:
        if len(self._remembered) >= REMEMBERED_TOKENS:
            self._remembered.pop(next(iter(self._remembered)))
        self._remembered[digest] = proven, min(real_now().timestamp() + REMEMBERED_SECONDS, expires)
        return proven


def _registry(issuer: Issuer) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer.name},
        aud={"essential": True, "value": issuer.audience},
        exp={"essential": True},
        sub={"essential": True},
    )


def _base64(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _proven(claims: Mapping[str, Any], issuer: Issuer) -> Proven:
    organization_id, subject = _organization(claims, issuer), claims["sub"]
    if issuer.kind == "people":
        return person(organization_id, UUID(subject))
    if issuer.kind == "outside":
        if len(subject) > MAX_SUBJECT_CHARACTERS:
            raise ValueError("subject too long")
        return OutsideIdentity(organization_id, issuer.name, subject, _verified_email(claims))
    if subject != issuer.name:
        raise ValueError("a service speaks in its own name")
    if "act" not in claims:
        return Principal("service", organization_id, subject)
    person_id = UUID(str(claims["act"]))
    return Principal("service", organization_id, f"{subject}/{person_id}", person_id)


def _organization(claims: Mapping[str, Any], issuer: Issuer) -> UUID:
    """The organization that a token speaks in: its issuer's, or else the one it names. It must not name another than its issuer's."""
    named = claims.get("organization_id", issuer.organization_id)
    organization_id = UUID(str(named))
    if issuer.organization_id not in {None, organization_id}:
        raise ValueError("another organization's issuer")
    return organization_id


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") is True else None


class TokenSigner:
    """Signs tokens with one private key: the development issuer's, or a service's own."""

    def __init__(self, issuer: str, key: Key) -> None:
        self.issuer = issuer
        self._key = key

    def sign(self, *, subject: str, audience: str, organization_id: UUID, life: timedelta, acting_person: UUID | None = None) -> str:
        now = int(real_now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": subject,
            "aud": audience,
            "organization_id": str(organization_id),
            "iat": now,
            "nbf": now,
            "exp": now + int(life.total_seconds()),
        }
        if acting_person:
            claims["act"] = str(acting_person)
        return jwt.encode({"alg": "Ed25519", "kid": self._key.kid}, claims, self._key, algorithms=["Ed25519"])
