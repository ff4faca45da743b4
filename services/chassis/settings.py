"""Settings common to both services. Each service reads them with its own prefix, `KPI_API_` or `SCORING_`."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

Environment = Literal["development", "production"]
ADDRESS_SCHEMES = ("https://", "http://")

Origin = Annotated[str, Field(pattern=r"^https?://[^/*\s]+$")]
"""Scheme, host and port as a browser sends them; never a pattern."""


class IssuerSettings(BaseModel):
    """An outside issuer of people's tokens. Whether its subjects are linked to people by e-mail is each organization's decision."""

    model_config = ConfigDict(extra="forbid")

    jwks: str = Field(min_length=1, description="Its public keys: a file in the key folder, or a URL (https in production).")
    audience: str | None = Field(default=None, description="The `aud` its tokens carry, where it is not that of the service.")
    organization_id: UUID | None = Field(
        default=None, description="The one organization its tokens speak in; without it each token names its `organization_id`."
    )

    @model_validator(mode="before")
    @classmethod
    def short_form(cls, given: Any) -> Any:
        """A text alone is `jwks`."""
        return {"jwks": given} if isinstance(given, str) else given

    @property
    def by_address(self) -> bool:
        return self.jwks.startswith(ADDRESS_SCHEMES)


class ServiceSettings(BaseSettings):
    """What every service must know. Secrets never appear in `repr`, logs or problems."""

    environment: Environment = Field(
        default="development",
        description="`production` refuses the development token issuer, the movable clock and loopback webhook targets.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, description="Port to listen on.")
    database_url: SecretStr = Field(description="postgresql:// URL of the role the service works as; it must not be able to bypass RLS.")
    owner_database_url: SecretStr | None = Field(
        default=None, description="postgresql:// URL of the role that owns the tables; used by migrations and backfills only."
    )
    database_pool_size: int = Field(default=10, description="Connections a process keeps open.")
    key_folder: Path = Field(
        description="Folder of the key files: `issuer.jwks.json` (trusted public keys), `<service>.jwk.json`, `audit.key`, `cursor.key`,"
        " `secrets.key`."
    )
    audience: str = Field(default="sightline", description="The `aud` a token must carry.")
    issuers: dict[str, IssuerSettings] = Field(
        default_factory=dict,
        description="Trusted issuers by their `iss`: `{jwks, audience, organization_id}`, or `jwks` alone: a file in the key folder or a"
        " URL. The development issuer is added in development.",
    )
    issuer_keys_believed_hours: float = Field(
        default=24,
        gt=0,
        description="While an issuer's public keys cannot be fetched, the last ones are believed this long; then its tokens are refused.",
    )
    max_body_bytes: int = Field(default=32 * 1024 * 1024, description="Largest request body; a larger one is answered 413.")
    max_header_bytes: int = Field(default=32 * 1024, ge=1024, description="Largest head of a request, address and headers; else 431.")
    max_headers: int = Field(default=100, ge=10, description="Most headers of a request; else 431.")
    max_connections: int = Field(
        default=800, gt=0, description="Connections that clients may have open at once, in each process; else 503."
    )
    request_seconds: float = Field(
        default=300, gt=0, description="A request that has not begun to answer by then is cancelled and answered 503."
    )
    slow_client_seconds: float = Field(
        default=20, gt=0, description="Time for a request's head to arrive, and the grace for its body and for taking the answer."
    )
    slow_client_bytes_per_second: int = Field(
        default=500, gt=0, description="After the grace a client must send and read at least this fast on average, or it is cut off."
    )
    person_requests_per_minute: int = Field(default=6_000, gt=0, description="Quota of each person, in each process; else 429.")
    key_requests_per_minute: int = Field(default=12_000, gt=0, description="Quota of each API key, in each process.")
    bulk_requests_per_minute: int = Field(default=600, gt=0, description="Quota of each person or key for imports and bulk requests.")
    address_requests_per_minute: int = Field(
        default=1_200, gt=0, description="Quota of each client address, in each process, for requests that prove no identity."
    )
    trusted_proxies: list[str] = Field(
        default_factory=list, description="Addresses or networks of proxies whose X-Forwarded-For and -Proto are believed; none by default."
    )
    cors_origins: list[Origin] = Field(
        default_factory=list, description="Origins, such as https://app.example.com, whose scripts may read answers; none by default."
    )
    worker_concurrency: int = Field(default=4, description="Jobs a worker runs at once.")
    job_heartbeat_seconds: float = Field(default=3.0, description="A job whose worker falls silent this long goes to another worker.")
    sequencer_interval_seconds: float = Field(default=0.2, description="How often committed events are numbered.")
    webhook_retry_seconds: list[float] = Field(
        default=[5, 300, 1800, 7200, 18000, 36000, 36000],
        description="Pauses between attempts of a webhook delivery; after the last attempt it is parked until somebody replays it.",
    )
    webhook_timeout_seconds: float = Field(default=15.0, description="How long an attempt of a webhook delivery may take.")
    webhook_ports: list[int] = Field(default=[443, 8443], description="Ports that webhooks may be sent to.")
    webhook_disable_after_days: int = Field(default=5, description="A webhook endpoint that fails this long is disabled.")
    log_level: str = Field(default="INFO", description="Least level that is logged.")

    @model_validator(mode="after")
    def no_development_issuer_in_production(self) -> Self:
        if self.environment == "production" and DEVELOPMENT_ISSUER in self.issuers:
            raise ValueError("the development issuer is refused in production: remove it from the trusted issuers")
        return self

    @model_validator(mode="after")
    def no_plain_addresses_in_production(self) -> Self:
        plain = [name for name, issuer in self.issuers.items() if issuer.jwks.startswith("http://")]
        if self.environment == "production" and plain:
            raise ValueError(f"in production public keys come by https only: change the jwks of {', '.join(plain)}")
        return self

    @property
    def development(self) -> bool:
        return self.environment == "development"


DEVELOPMENT_ISSUER = "https://issuer.sightline.localhost"
