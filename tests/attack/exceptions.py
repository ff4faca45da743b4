"""Operations that the matrix does not attack, each with its reason. Reviewed by hand; a name that is no operation fails the build."""

OPERATIONS = {
    "kpi_api GET /livez": "whether the process lives: open to everybody, holds no record",
    "kpi_api GET /readyz": "whether it can work: open to everybody, holds no record",
    "scoring GET /livez": "whether the process lives: open to everybody, holds no record",
    "scoring GET /readyz": "whether it can work: open to everybody, holds no record",
    "kpi_api PUT /v1/development/clock": "development only, not mounted in production; moves the caller's own organization's clock",
    "scoring PUT /v1/development/clock": "development only, not mounted in production; moves the caller's own organization's clock",
    "kpi_api POST /v1/hris/sources/{source_id}/events": "signed messages, no viewers; forged ones: tests/kpi_api/hris/test_inbound.py",
}

# Fields of the graph that no answer of the cast holds: what they are stands with the record and has no rule of its own.
FIELDS = {
    **dict.fromkeys((f"{name}Problem.{field}" for name in ("Changed", "Invalid", "NotAllowed", "Conflict", "NotFound")
                     for field in ("code", "title", "detail", "errors")), "why something was refused: compared whole with a ghost's"),
    "FieldError.code": "part of a problem", "FieldError.field": "part of a problem", "FieldError.message": "part of a problem",
}  # fmt: skip
