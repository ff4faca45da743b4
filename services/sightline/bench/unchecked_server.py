"""`python -m sightline.bench.unchecked_server`: kpi_api as a test build that believes any token and filters nothing. For benchmarks alone.

It answers the same routes by the same code, so that the difference to kpi_api itself is what the checks cost.
"""

import json
from base64 import urlsafe_b64decode
from uuid import UUID

from chassis.access import EVERYBODY, Matrix, Viewer, sight
from chassis.database import ReadSession
from chassis.identity import Principal
from chassis.identity.tokens import TokenVerifier
from chassis.server import main
from kpi_api.access import door
from kpi_api.access.matrix import MATRIX
from kpi_api.app import make_service

UNFILTERED = Matrix(tuple(sight(record, EVERYBODY) for record in sorted({rule.record for rule in MATRIX.sights})), MATRIX.permits)


async def believe(self: TokenVerifier, token: str) -> Principal:
    """Whom the token names, whoever made it."""
    part = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return Principal("person", UUID(claims["organization_id"]), claims["sub"], UUID(claims["sub"]))


async def see_everything(principal: Principal, session: ReadSession) -> Viewer:
    """A viewer of everything, who is not looked up."""
    who = (principal.organization_id, principal.subject, principal.person_id)
    return Viewer(*who, frozenset(), session.today, UNFILTERED)


if __name__ == "__main__":
    TokenVerifier.verify = believe  # type: ignore[method-assign]
    door.load_viewer = see_everything  # type: ignore[attr-defined]
    main(make_service)
