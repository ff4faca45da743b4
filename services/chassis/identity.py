"""Who is asking: bearer tokens (JWT by joserfc), API keys and service tokens, all turned into a `Principal`.

The chassis only proves the identity. What the person may see and do is the service's business (`access`), and so is whether the person
is still active, which is asked on each request.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OKPKey, import_key

from chassis.clock import real_now
from chassis.problems import Unauthenticated

DEVELOPMENT_ISSUER_KEYS = "issuer.jwks.json"
ALGORITHMS = ["Ed25519", "ES256", "RS256"]
LEEWAY_SECONDS = 30
SERVICE_TOKEN_LIFE = timedelta(minutes=2)

Kind = Literal["person", "key", "service"]


@dataclass(frozen=True)
class Principal:
    """A proven identity. `subject` is what records name: a person's id, `key:<id>`, `<service>`, or `<service>/<person it acts for>`.

    `person_id` is the acting person: absent for an API key, and for a service acting on its own account.
    """

    kind: Kind
    organization_id: UUID
    subject: str
    person_id: UUID | None = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Issuer:
    """A trusted token issuer: its `iss`, its public keys by `kid`, and whether its tokens are those of another service of ours."""

    name: str
    keys: KeySet
    is_service: bool = False


class TokenVerifier:
    """Verifies bearer tokens of trusted issuers for one audience."""

    def __init__(self, issuers: Mapping[str, Issuer], audience: str) -> None:
        self._issuers = dict(issuers)
        self._audience = audience

    def verify(self, token: str) -> Principal:
        """The principal of a valid token. Raises Unauthenticated, always with the same words."""
        try:
            issuer, key = self._key_for(token)
            claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
            self._registry(issuer).validate(claims)
            return _principal(claims, issuer)
        except (JoseError, ValueError, KeyError, TypeError, StopIteration, RecursionError):
            raise Unauthenticated() from None

    def _key_for(self, token: str) -> tuple[Issuer, Key]:
        """The issuer and its key by the token's `iss` and `kid`, both unproven until the signature is checked with that very key."""
        header, payload = (json.loads(_base64(part)) for part in token.split(".")[:2])
        issuer = self._issuers[payload["iss"]]
        return issuer, next(key for key in issuer.keys.keys if key.kid is not None and key.kid == header["kid"])

    def _registry(self, issuer: Issuer) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer.name},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )


def _base64(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _principal(claims: Mapping[str, Any], issuer: Issuer) -> Principal:
    organization_id, subject = UUID(claims["organization_id"]), str(claims["sub"])
    if not issuer.is_service:
        return Principal("person", organization_id, subject, UUID(subject))
    if "act" not in claims:
        return Principal("service", organization_id, subject)
    person_id = UUID(str(claims["act"]))
    return Principal("service", organization_id, f"{subject}/{person_id}", person_id)


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


def load_private_key(path: Path) -> Key:
    """An Ed25519 private key (JWK) from a file."""
    return import_key(json.loads(path.read_text()), "OKP")


def load_public_keys(path: Path) -> KeySet:
    return KeySet.import_key_set(json.loads(path.read_text()))


def make_key_files(folder: Path, name: str) -> None:
    """Write `{name}.jwk.json` (private, mode 0600) and `{name}.jwks.json` (public) unless they exist."""
    private, public = folder / f"{name}.jwk.json", folder / f"{name}.jwks.json"
    if private.exists() and public.exists():
        return
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8)}, auto_kid=False)
    _write_secret(private, json.dumps(key.as_dict(private=True)))
    public.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))


def make_secret_file(path: Path) -> None:
    """Write a 256-bit random secret (hex, mode 0600) unless it exists."""
    if not path.exists():
        _write_secret(path, secrets.token_hex(32))


def _write_secret(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(content)


# API keys: sl_<id>_<secret>, of which only the SHA-256 is kept. The secret has 256 random bits, so a slow hash would protect nothing.


@dataclass(frozen=True)
class NewApiKey:
    """A key just made: `text` is shown once, `digest` is stored."""

    id: UUID
    text: str
    digest: str


def make_api_key(key_id: UUID) -> NewApiKey:
    secret = secrets.token_urlsafe(32).replace("_", "-")
    return NewApiKey(id=key_id, text=f"sl_{key_id.hex}_{secret}", digest=digest_secret(secret))


def split_api_key(text: str) -> tuple[UUID, str]:
    """Key id and secret. Raises Unauthenticated when the form is wrong."""
    try:
        prefix, key_id, secret = text.split("_", 2)
        if prefix != "sl":
            raise ValueError
        return UUID(hex=key_id), secret
    except ValueError:
        raise Unauthenticated() from None


def digest_secret(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def secret_matches(secret: str, digest: str) -> bool:
    return hmac.compare_digest(digest_secret(secret), digest)
