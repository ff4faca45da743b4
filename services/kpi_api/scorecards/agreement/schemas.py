"""What the door of signed texts gives."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from kpi_api.cascade.schemas import PersonName
from kpi_api.scorecards.lifecycle import Side
from kpi_api.scorecards.schemas import Output

DIGEST = "sha256:" + "4f" * 32
SIGNER: JsonDict = {"id": "0198c5d2-0000-7000-8000-000000000001", "name": "Ann Bell"}
MANAGER: JsonDict = {"id": "0198c5d2-0000-7000-8000-000000000002", "name": "Max Cole"}
STEP: JsonDict = {"on_behalf_of": None, "signed_at": "2026-01-12T09:00:00Z"}


class AgreementSignature(Output):
    """One side's signature under the text; a delegate's names the absent manager for whom they signed."""

    side: Side
    signer: PersonName
    on_behalf_of: PersonName | None
    signed_at: datetime


class AgreementOutput(Output):
    """A signed text with its signatures. `verified`: the document has the digest under which it is kept, and every side signed that one."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "scorecard_id": "0198c5d2-0000-7000-8000-000000000003",
                    "document": {"scorecard_id": "0198c5d2-0000-7000-8000-000000000003", "lines": [{"line": 1, "weight": "100"}]},
                    "digest": DIGEST,
                    "recomputed_digest": DIGEST,
                    "verified": True,
                    "present": True,
                    "imposed": False,
                    "signatures": [{"side": "manager", "signer": MANAGER, **STEP}, {"side": "person", "signer": SIGNER, **STEP}],
                }
            ]
        },
    )

    scorecard_id: UUID
    document: dict[str, Any] = Field(description="The text as it was signed; its canonical form is told in docs/scorecards.md.")
    digest: str
    recomputed_digest: str
    verified: bool
    present: bool = Field(description="Whether this is the agreement in force; false for one that was replaced or never agreed.")
    imposed: bool = Field(description="HR signed instead of the two sides.")
    signatures: list[AgreementSignature]
