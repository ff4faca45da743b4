"""Writing pushed API keys: set-based, idempotent, never older over newer."""

from sqlalchemy.dialects.postgresql import insert

from chassis import audit
from chassis.access import Viewer
from chassis.database import WriteSession
from chassis.identity.api_keys import ApiKey
from scoring.api_keys.schemas import ApiKeysApplied, ApiKeysIn

KEPT = {"organization_id", "id", "last_used_at", "told_at"}


async def put_api_keys(viewer: Viewer, session: WriteSession, content: ApiKeysIn) -> ApiKeysApplied:
    """Write keys as their owner knows them; a key revoked there ends here with this transaction. Raises NotAllowed."""
    viewer.require("api_keys.write")
    latest = {key.key_id: key for key in sorted(content.keys, key=lambda key: (key.key_id, key.changed_at))}
    rows = [
        {"organization_id": viewer.organization_id, "id": key_id, **key.model_dump(exclude={"key_id"})} for key_id, key in latest.items()
    ]
    if not rows:
        return ApiKeysApplied(applied=0, older=0)
    statement = insert(ApiKey).values(rows)
    changed = {column.name: statement.excluded[column.name] for column in ApiKey.__table__.columns if column.name not in KEPT}
    statement = statement.on_conflict_do_update(
        index_elements=["organization_id", "id"], set_=changed, where=ApiKey.changed_at < statement.excluded.changed_at
    )
    applied = (await session.scalars(statement.returning(ApiKey.id))).all()
    await audit.record_all(session, viewer.subject, "api_key.pushed", "api_key", sorted(applied))
    return ApiKeysApplied(applied=len(applied), older=len(rows) - len(applied))
