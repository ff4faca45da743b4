"""What the door of signed texts gives."""

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from kpi_api.scorecards.schemas import Output, SignatureOutput

DIGEST = "sha256:" + "4f" * 32
SIGNED: JsonDict = {"on_behalf_of_id": None, "signed_at": "2026-01-12T09:00:00Z", "digest": DIGEST}
MANAGER, PERSON = "0198c5d2-0000-7000-8000-000000000001", "0198c5d2-0000-7000-8000-000000000002"


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
                    "signatures": [{"side": "manager", "signer_id": MANAGER, **SIGNED}, {"side": "person", "signer_id": PERSON, **SIGNED}],
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
    signatures: list[SignatureOutput]
