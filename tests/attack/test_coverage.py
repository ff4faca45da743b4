"""No operation and no field without a door: what later work adds must enter the matrix, or this fails."""

from graphql import GraphQLObjectType

from tests.attack import exceptions
from tests.attack.doors import DOORS
from tests.attack.doors.graph import GRAPH
from tests.attack.fields import FIELDS
from tests.world import World

ROOTS = {"Query", "Mutation", "Subscription"}
METHODS = {"get", "post", "put", "patch", "delete"}


def operations(world: World) -> set[str]:
    return {
        f"{running.service.name} {method.upper()} {path}"
        for running in (world.kpi_api, world.scoring)
        for path, item in running.app.openapi()["paths"].items()
        for method in METHODS & item.keys()
    }


def object_types() -> dict[str, GraphQLObjectType]:
    return {name: type_ for name, type_ in GRAPH.type_map.items() if isinstance(type_, GraphQLObjectType) and not name.startswith("__")}


async def test_every_operation_has_a_door_or_a_reviewed_exception(world: World) -> None:
    attacked = {door.operation for door in DOORS if not door.operation.startswith("graphql ")}
    assert operations(world) - attacked - exceptions.OPERATIONS.keys() == set(), "operations without a door"
    assert (attacked | exceptions.OPERATIONS.keys()) - operations(world) == set(), "doors of operations that are not there"
    assert attacked & exceptions.OPERATIONS.keys() == set()


def test_every_root_of_the_graph_has_a_door() -> None:
    attacked = {door.operation.removeprefix("graphql ") for door in DOORS if door.operation.startswith("graphql ")}
    assert attacked == {f"{name}.{field}" for name, type_ in object_types().items() if name in ROOTS for field in type_.fields}


def test_every_field_of_the_graph_has_a_rule() -> None:
    ruled = {f"{name}.{field}" for name, fields in FIELDS.items() for field in fields}
    assert ruled == {f"{name}.{field}" for name, type_ in object_types().items() if name not in ROOTS for field in type_.fields}
