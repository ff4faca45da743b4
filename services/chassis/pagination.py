"""Keyset pages: one scheme for REST and for Relay connections.

A cursor is the last row's key values, signed, so that it cannot be forged or taken to another list. Sorting always ends with the id, and
key expressions must not be null (use coalesce), because a keyset over nulls silently loses rows.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from chassis.database import ReadSession
from chassis.problems import Problem

T = TypeVar("T")

MAX_PAGE = 200

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Rows per page.")]
Cursor = Annotated[str | None, Query(description="`next` of the page before.")]


class CursorProblem(Problem):
    status, code, title = 400, "invalid_cursor", "Invalid cursor"


class Page(BaseModel, Generic[T]):
    """One page of a list. `next` is null on the last page; the same address stands in the Link header (RFC 8288)."""

    items: list[T]
    next: str | None


_READERS: dict[str, Callable[[str], Any]] = {
    "u": UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "i": int,
    "s": str,
}


def _write(value: Any) -> list[str]:
    kinds: list[tuple[type, str]] = [(UUID, "u"), (datetime, "t"), (date, "d"), (Decimal, "n"), (int, "i"), (str, "s")]
    kind = next(code for type_, code in kinds if isinstance(value, type_))
    return [kind, value.isoformat() if isinstance(value, date) else str(value)]


@dataclass(frozen=True)
class CursorSigner:
    """Signs cursors with HMAC-SHA-256; `scope` names the list, its filters and its reader."""

    key: bytes

    def sign(self, scope: str, values: Sequence[Any]) -> str:
        body = json.dumps([_write(value) for value in values], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mark(scope, body) + body).decode().rstrip("=")

    def read(self, scope: str, cursor: str) -> list[Any]:
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            mark, body = raw[:16], raw[16:]
            if not hmac.compare_digest(mark, self._mark(scope, body)):
                raise ValueError
            return [_READERS[kind](value) for kind, value in json.loads(body)]
        except (ValueError, KeyError, TypeError):
            raise CursorProblem("This cursor does not belong to this list. Start again without one.", field="cursor") from None

    def _mark(self, scope: str, body: bytes) -> bytes:
        return hmac.digest(self.key, scope.encode() + b"\0" + body, hashlib.sha256)[:16]


class Rows(list[T]):
    """The rows of a page; each has a cursor of its own, for Relay's edges."""

    def __init__(self, rows: Sequence[T], cursor_of: Callable[[T], str]) -> None:
        super().__init__(rows)
        self.cursor_of = cursor_of


async def fetch_page(
    session: ReadSession,
    statement: Select[T],
    *,
    keys: Sequence[tuple[ColumnElement[Any] | InstrumentedAttribute[Any], Callable[[T], Any]]],
    scope: str,
    signer: CursorSigner,
    limit: int,
    cursor: str | None,
    descending: bool = False,
) -> tuple[Rows[T], str | None]:
    """Rows of one page in the order of `keys` (expression, and how to read it off a row), and the cursor of the next page."""
    expressions = [expression for expression, _ in keys]
    if cursor:
        values = signer.read(scope, cursor)
        after = tuple_(*(literal(value, expression.type) for value, expression in zip(values, expressions, strict=True)))
        here = tuple_(*expressions)
        statement = statement.where(here < after if descending else here > after)
    ordered = statement.order_by(*(e.desc() if descending else e.asc() for e in expressions)).limit(limit + 1)
    found = (await session.scalars(ordered)).all()
    rows = Rows(found[:limit], lambda row: signer.sign(scope, [read(row) for _, read in keys]))
    return rows, rows.cursor_of(rows[-1]) if len(found) > limit else None


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Set the Link header to the next page's address."""
    if cursor:
        query = urlencode([*((k, v) for k, v in request.query_params.multi_items() if k != "cursor"), ("cursor", cursor)])
        response.headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'


def signer_of(request: Request) -> CursorSigner:
    return cast("CursorSigner", request.app.state.cursor_signer)
