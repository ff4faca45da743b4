"""Relay's shapes: global ids, nodes, connections with capped pages (https://relay.dev/graphql/connections.htm).

A node's id is built once as a plain string, which the executor can copy like any other field.
"""

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

from chassis.pagination import PageRequest, Rows
from kpi_api.graphql.context import Context

MAX_FIRST = 100
DEFAULT_FIRST = 20

Row = TypeVar("Row")
NodeType = TypeVar("NodeType")

First = Annotated[int, strawberry.argument(description=f"How many, at most {MAX_FIRST}.")]
After = Annotated[str | None, strawberry.argument(description="`endCursor` of the page before.")]
Id = Annotated[strawberry.ID, strawberry.argument(name="id", description="A global id, or the id that REST gives.")]
Info = strawberry.Info[Context, None]


@strawberry.interface(description="Anything with a global id.")
class Node:
    id: strawberry.ID


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="An item of a page.")
class Edge(Generic[NodeType]):
    cursor: str
    node: NodeType


@strawberry.type(description="A page of a list.")
class Connection(Generic[NodeType]):
    edges: list[Edge[NodeType]]
    page_info: PageInfo


def global_id(type_name: str, id_: UUID) -> strawberry.ID:
    return strawberry.ID(base64.b64encode(f"{type_name}:{id_}".encode()).decode())


def read_global_id(text: str) -> tuple[str, UUID] | None:
    """Type name and id; None for what is no global id."""
    try:
        type_name, _, id_ = base64.b64decode(text, validate=True).decode().partition(":")
        return type_name, UUID(id_)
    except (ValueError, binascii.Error):
        return None


def id_of(type_name: str, text: str) -> UUID | None:
    """The record id of a global id of that type, or of a bare record id as REST gives it; None for anything else."""
    found = read_global_id(text)
    if found:
        return found[1] if found[0] == type_name else None
    try:
        return UUID(text)
    except ValueError:
        return None


def wanted_id(type_name: str, id_: str | None) -> UUID | None:
    """The id of a filter: None filters nothing, what is no such id finds nothing."""
    return None if id_ is None else id_of(type_name, id_) or UUID(int=0)


def page_request(info: Info, first: int, after: str | None) -> PageRequest:
    """Raises GraphQLError `page_size` for a page that is too large or empty."""
    if not 1 <= first <= MAX_FIRST:
        raise GraphQLError(f"`first` goes from 1 to {MAX_FIRST}.", extensions={"code": "page_size"})
    return PageRequest(first, after, info.context.signer)


def connection(rows: Rows[Row], after: str | None, shown: Callable[[Row], NodeType | None]) -> Connection[NodeType]:
    """A page of rows as `fetch_page` gave them; those that `shown` gives nothing for are left out."""
    edges = [Edge(cursor=rows.cursor_of(row), node=node) for row in rows if (node := shown(row)) is not None]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=rows.next is not None,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=rows.next or (edges[-1].cursor if edges else None),
        ),
    )
