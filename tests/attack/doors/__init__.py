"""Every door of both services: how each operation and field is called. One without an entry here, or in `exceptions`, fails the build."""

from tests.attack.attacking import Door
from tests.attack.doors import (
    graph,
    graph_dictionary,
    identity,
    pay_reads,
    pay_writes,
    people_writes,
    performance_writes,
    privacy,
    reads,
    targets,
)

READS: list[Door] = [*reads.DOORS, *pay_reads.DOORS, *graph.READS, *graph_dictionary.READS, *identity.READS, *privacy.READS,
                     *targets.READS]  # fmt: skip
WRITES: list[Door] = [*people_writes.DOORS, *identity.WRITES, *performance_writes.DOORS, *graph.WRITES, *graph_dictionary.WRITES,
                      *pay_writes.DOORS, *privacy.WRITES, *targets.WRITES]  # fmt: skip
DOORS = READS + WRITES
