"""Scalars whose rules differ from Strawberry's own."""

from decimal import Decimal
from typing import Any

import strawberry
from graphql import GraphQLError
from pydantic_core import PydanticCustomError

from chassis.numbers import plain_text, read_exact


def _read(value: Any) -> Decimal:
    try:
        return read_exact(value)
    except PydanticCustomError as error:
        raise GraphQLError(error.message(), extensions={"code": error.type}) from None


EXACT_DECIMAL = strawberry.scalar(
    name="Decimal",
    description='An exact decimal number as a string, such as "1234.50". Numbers with a fraction are refused, since they are not exact.',
    serialize=plain_text,
    parse_value=_read,
)
