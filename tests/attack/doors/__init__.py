"""Every door of both services: how each operation and field is called. One without an entry here, or in `exceptions`, fails the build."""

from tests.attack.attacking import Door
from tests.attack.doors import pay_reads, reads

DOORS: list[Door] = [*reads.DOORS, *pay_reads.DOORS]
