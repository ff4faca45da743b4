"""The quick executor gives what the general one gives, errors included."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import strawberry
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from kpi_api.graphql.executor import LeafPlanExecutor


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Leaf(Named):
    amount: Decimal | None
    count: int

    @strawberry.field
    async def later(self) -> str:
        return f"later {self.name}"

    @strawberry.field
    def now(self, times: int = 1) -> str:
        return self.name * times

    @strawberry.field
    def children(self) -> list["Leaf"]:
        return [Leaf(name="child", amount=None, count=0)] if self.count else []


@dataclass
class Broken:
    """A value that is not what the type says."""

    name: Any = None
    amount: Any = None
    count: Any = "many"


def leaves() -> list[Any]:
    return [Leaf(name="a", amount=Decimal("1.50"), count=1), Leaf(name="b", amount=None, count=2)]


@strawberry.type
class Query:
    @strawberry.field
    def leaves(self) -> list[Leaf]:
        return leaves()

    @strawberry.field
    def named(self) -> list[Named]:
        return leaves()

    @strawberry.field
    def broken(self) -> list[Leaf | None]:
        return [leaves()[0], Broken(name="x"), Broken(name="y", count=1, amount="text"), leaves()[1]]

    @strawberry.field
    def nameless(self) -> Leaf | None:
        return Broken(count=1)  # type: ignore[return-value]

    @strawberry.field
    def missing(self) -> Leaf | None:
        return object()  # type: ignore[return-value]


QUERIES = [
    "{ leaves { name amount count } }",
    "{ leaves { count name: count amount x: name } }",
    "{ leaves { name later amount now(times: 2) count children { name count children { name } } } }",
    "{ leaves { __typename name ...f ... on Leaf { amount } } } fragment f on Leaf { count }",
    "{ named { name __typename ... on Leaf { count } } }",
    "{ broken { name count amount } leaves { name } }",
    "{ broken { later name count } }",
    "{ nameless { name count } }",
    "{ missing { name } }",
    "query ($yes: Boolean!) { leaves { name @include(if: $yes) count @skip(if: $yes) } }",
]


@pytest.mark.parametrize("query", QUERIES)
async def test_both_executors_agree(query: str) -> None:
    answers = []
    for executor in (StrawberryGraphQLCoreExecutionContext, LeafPlanExecutor):
        schema = strawberry.Schema(query=Query, types=[Leaf], execution_context_class=executor)
        answers.append(await schema.execute(query, variable_values={"yes": True} if "$yes" in query else None))
    general, quick = answers

    assert quick.data == general.data
    assert str(quick.data) == str(general.data)
    assert [error.formatted for error in quick.errors or []] == [error.formatted for error in general.errors or []]
