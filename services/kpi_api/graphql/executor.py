"""Executes selections of plain fields several times faster than the general way, with the same results.

Most of what clients ask for are attributes of objects that are already there. For each selection a plan is made once: which fields are
plain leaves (attribute, how to write it, whether it may be null) and which are not. Leaves are copied; the rest takes the general way. When
anything about a leaf is unusual, the whole selection takes the general way, so that errors stay exact.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import GraphQLField, GraphQLObjectType, Undefined, is_leaf_type, is_non_null_type
from graphql.execution.collect_fields import GroupedFieldSet
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext


class Unusual(Exception):
    """A leaf whose value needs the general way: null where it may not be, or not writable."""


class Leaf(NamedTuple):
    """A field that is an attribute of its object."""

    response_name: str
    attribute: str
    write: Callable[[Any], Any]
    may_be_null: bool


class Plan(NamedTuple):
    """How to execute one selection on one type: `order` is the response's, `selection` keeps the key of the plan alive."""

    selection: GroupedFieldSet
    leaves: list[Leaf]
    others: GroupedFieldSet
    order: list[str]


class LeafPlanExecutor(StrawberryGraphQLCoreExecutionContext):
    """The executor of the schema."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans: dict[tuple[str, int], Plan] = {}

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> Any:
        plan = self._plan(parent_type, grouped_field_set)
        try:
            values = copy_leaves(plan, source_value)
        except Exception:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)
        if not plan.others:
            return values
        others: Any = super().execute_fields(parent_type, source_value, path, plan.others, position_context)
        if self.is_awaitable(others):
            return _merged_later(plan, values, others)
        return _merged(plan, values, others)

    def _plan(self, parent_type: GraphQLObjectType, selection: GroupedFieldSet) -> Plan:
        key = (parent_type.name, id(selection))
        if key not in self._plans:
            self._plans[key] = self._make_plan(parent_type, selection)
        return self._plans[key]

    def _make_plan(self, parent_type: GraphQLObjectType, selection: GroupedFieldSet) -> Plan:
        leaves = []
        for response_name, details in selection.items():
            field = self.schema.get_field(parent_type, details[0].node.name.value)
            if field is not None and not self.middleware_manager and (leaf := as_leaf(response_name, field)):
                leaves.append(leaf)
        copied = {leaf.response_name for leaf in leaves}
        others = {name: details for name, details in selection.items() if name not in copied}
        return Plan(selection, leaves, others, list(selection))


def as_leaf(response_name: str, field: GraphQLField) -> Leaf | None:
    """The field as a leaf, if it is a scalar or enum without resolver and arguments."""
    definition = field.extensions.get("strawberry-definition")
    if definition is None or field.args or not getattr(field.resolve, "_is_default", False):
        return None
    type_: Any = field.type
    may_be_null = not is_non_null_type(type_)
    if not may_be_null:
        type_ = type_.of_type
    if not is_leaf_type(type_):
        return None
    return Leaf(response_name, definition.python_name, type_.coerce_output_value, may_be_null)


def copy_leaves(plan: Plan, source: Any) -> dict[str, Any]:
    """Raises whatever is unusual about a value."""
    values = {}
    for response_name, attribute, write, may_be_null in plan.leaves:
        value = getattr(source, attribute)
        if value is not None:
            value = write(value)
            if value is None or value is Undefined:
                raise Unusual
        elif not may_be_null:
            raise Unusual
        values[response_name] = value
    return values


def _merged(plan: Plan, values: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    values.update(others)
    return {name: values[name] for name in plan.order if name in values}


async def _merged_later(plan: Plan, values: dict[str, Any], others: Any) -> dict[str, Any]:
    return _merged(plan, values, await others)
