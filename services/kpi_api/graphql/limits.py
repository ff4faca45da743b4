"""Bounds of an operation: depth, aliases, tokens and cost. What exceeds one is refused before anything is executed.

Cost counts the values that an operation may ask for: a field costs 1; below a connection everything counts `first` times, below another
list ten times. Every 2,000 of them count as one request more in the viewer's quota.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache
from strawberry.extensions.max_aliases import create_validator as aliases_rule
from strawberry.extensions.query_depth_limiter import create_validator as depth_rule

from kpi_api.graphql.nodes import DEFAULT_FIRST

MAX_DEPTH = 14
MAX_ALIASES = 30
MAX_TOKENS = 2_000
MAX_COST = 50_000
VALUES_PER_REQUEST = 2_000
LIST_LENGTH = 10
CACHED_DOCUMENTS = 256


class CostLimit(SchemaExtension):
    """Refuses operations that could ask for more than MAX_COST values, and says what each costs."""

    def on_execute(self) -> Iterator[None]:
        execution = self.execution_context
        document = execution.graphql_document
        if document is not None:
            schema: GraphQLSchema = execution.schema._schema  # noqa: SLF001  # Strawberry offers no other way to graphql-core's schema
            fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
            operation = next(
                node
                for node in document.definitions
                if isinstance(node, OperationDefinitionNode)
                and (execution.operation_name is None or (node.name and node.name.value == execution.operation_name))
            )
            root = schema.get_root_type(operation.operation)
            cost = Costs(schema, fragments, _variables(operation, execution.variables or {})).of(operation.selection_set, root)
            if cost > MAX_COST:
                message = f"This operation may ask for {cost} values; at most {MAX_COST} are allowed. Ask for smaller pages."
                raise GraphQLError(message, extensions={"code": "too_costly", "cost": cost})
            if dear := cost // VALUES_PER_REQUEST:
                execution.context.charge(dear)
        yield


def _variables(operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Mapping[str, Any]:
    defaults = {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }
    return {**defaults, **given}


class Costs:
    """Computes the cost of selections; each fragment once per type."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._known: dict[str, int] = {}

    def of(self, selections: SelectionSetNode | None, type_: Any) -> int:
        return sum(self._of_selection(node, type_) for node in selections.selections) if selections else 0

    def _of_selection(self, node: Any, type_: Any) -> int:
        if isinstance(node, FieldNode):
            return self._of_field(node, type_)
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.of(node.selection_set, self._schema.get_type(condition.name.value) if condition else type_)
        return self._of_fragment(node)

    def _of_fragment(self, node: FragmentSpreadNode) -> int:
        name = node.name.value
        if name not in self._known:
            fragment = self._fragments[name]
            self._known[name] = self.of(fragment.selection_set, self._schema.get_type(fragment.type_condition.name.value))
        return self._known[name]

    def _of_field(self, node: FieldNode, type_: Any) -> int:
        name = node.name.value
        field = type_.fields.get(name) if hasattr(type_, "fields") else None
        if field is None:  # __typename and introspection, which graphql-core bounds by itself
            return 1
        below = get_named_type(field.type)
        children = self.of(node.selection_set, below)
        return 1 + children * self._repeats(node, field.type, below)

    def _repeats(self, node: FieldNode, type_: Any, named: Any) -> int:
        if isinstance(named, GraphQLObjectType) and named.name.endswith("Connection"):
            return self._first(node)
        inner = type_.of_type if is_non_null_type(type_) else type_
        return LIST_LENGTH if is_list_type(inner) and not named.name.endswith("Edge") else 1

    def _first(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                if isinstance(value, IntValueNode):
                    return max(int(value.value), 1)
                if isinstance(value, VariableNode):
                    given = self._variables.get(value.name.value, DEFAULT_FIRST)
                    return max(given, 1) if isinstance(given, int) else DEFAULT_FIRST
        return DEFAULT_FIRST


# Made once: the validation cache has the rules in its key, so rules made anew for each operation would never be found again.
RULES: list[Any] = [aliases_rule(MAX_ALIASES), depth_rule(MAX_DEPTH, None, None)]

EXTENSIONS: list[Callable[[], SchemaExtension]] = [
    lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
    lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
    lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
    lambda: AddValidationRules(RULES),
    CostLimit,
]
