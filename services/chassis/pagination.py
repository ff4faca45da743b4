"""Keyset pages: one scheme for REST and for Relay connections.

A cursor is the last row's key values, signed, so that it cannot be forged or taken to another list. Sorting always ends with the id, and
key expressions must not be null (use coalesce), because a keyset over nulls silently loses rows.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar, cast
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from chassis.database import ReadSession
from chassis.problems import Problem

T = TypeVar("T")

MAX_PAGE = 200


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


@dataclass(frozen=True)
class PageRequest:
    """Which page of a list: at most `limit` rows after `cursor`. All that a query needs to know, whatever door it is asked through."""

    limit: int
    cursor: str | None
    signer: CursorSigner


class Rows(list[T]):
    """The rows of a page and, unless it is the last, the cursor of the `next`; each row has a cursor of its own, for Relay's edges."""

    def __init__(self, rows: Sequence[T], cursor_of: Callable[[T], str], *, last: bool) -> None:
        super().__init__(rows)
        self.cursor_of = cursor_of
        self.next = None if last else cursor_of(rows[-1])


async def fetch_page(
    session: ReadSession,
    statement: Select[T],
    page: PageRequest,
    *,
    keys: Sequence[tuple[ColumnElement[Any] | InstrumentedAttribute[Any], Callable[[T], Any] | None]],
    scope: str,
    descending: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> Rows[T]:
    """Rows of one page in the order of `keys` (expression, and how to read it off a row). Raises CursorProblem.

    `parameters` are those of a statement that was made once and is asked again.

    What PostgreSQL alone can compute, such as lower(), has no reader and is fetched with the rows: computed here, it might differ.
    """
    expressions = [expression for expression, _ in keys]
    if page.cursor:
        values = page.signer.read(scope, page.cursor)
        after = tuple_(*(literal(value, expression.type) for value, expression in zip(values, expressions, strict=True)))
        here = tuple_(*expressions)
        statement = statement.where(here < after if descending else here > after)
    ordered = statement.order_by(*(e.desc() if descending else e.asc() for e in expressions)).limit(page.limit + 1)
    fetched = (await session.execute(ordered.add_columns(*(expression for expression, read in keys if read is None)), parameters)).all()
    computed = {id(row[0]): iter(row[1:]) for row in fetched}
    positions = {id(row[0]): [next(computed[id(row[0])]) if read is None else read(row[0]) for _, read in keys] for row in fetched}
    found = [row[0] for row in fetched[: page.limit]]
    return Rows(found, lambda row: page.signer.sign(scope, positions[id(row)]), last=len(fetched) <= page.limit)


def signer_of(request: Request) -> CursorSigner:
    return cast("CursorSigner", request.app.state.cursor_signer)


@dataclass(frozen=True)
class RestPageRequest(PageRequest):
    """A page asked for over REST: the query takes it as it is, and `link_next` gives the answer its `next`. Endpoints ask for `Paging`."""

    request: Request
    response: Response

    def link_next(self, rows: Rows[Any]) -> str | None:
        """The next page's cursor, for the answer; sets the Link header to that page's address."""
        if rows.next:
            kept = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
            query = urlencode([*kept, ("cursor", rows.next)])
            self.response.headers["Link"] = f'<{self.request.url.path}?{query}>; rel="next"'
        return rows.next


def page_request(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Rows per page.")] = 50,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> RestPageRequest:
    return RestPageRequest(limit, cursor, signer_of(request), request, response)


Paging = Annotated[RestPageRequest, Depends(page_request)]
