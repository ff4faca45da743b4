"""Every door of both services: how each operation and field is called. One without an entry here, or in `exceptions`, fails the build."""

from tests.attack.attacking import Door, Read
from tests.attack.doors import (
    agreements,
    changes,
    collaboration,
    development,
    findings,
    graph,
    graph_calendars,
    graph_cascade,
    graph_dictionary,
    identity,
    pay_reads,
    pay_writes,
    people_writes,
    performance_writes,
    privacy,
    reads,
    targets,
    templates,
)

DOORS: list[Door] = [
    *reads.DOORS,
    *pay_reads.DOORS,
    *graph.READS,
    *graph_dictionary.READS,
    *graph_calendars.READS,
    *graph_cascade.READS,
    *identity.READS,
    *privacy.READS,
    *targets.READS,
    *people_writes.DOORS,
    *identity.WRITES,
    *performance_writes.DOORS,
    *graph.WRITES,
    *graph_dictionary.WRITES,
    *graph_calendars.WRITES,
    *graph_cascade.WRITES,
    *pay_writes.DOORS,
    *privacy.WRITES,
    *targets.WRITES,
    *collaboration.DOORS,
    *development.DOORS,
    *findings.DOORS,
    *agreements.DOORS,
    *changes.DOORS,
    *templates.DOORS,
]
READS = [door for door in DOORS if isinstance(door, Read)]
WRITES = [door for door in DOORS if not isinstance(door, Read)]
