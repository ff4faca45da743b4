"""Every door, by everybody, on everybody's records: no leak. All owners in the deep suite, one by each door otherwise."""

import pytest

from tests.attack import exceptions
from tests.attack.attacking import Attack
from tests.attack.cast import Cast
from tests.attack.doors import READS
from tests.attack.fields import FIELDS
from tests.attack.report import report


@pytest.mark.deep
async def test_nobody_reads_what_is_not_theirs(cast: Cast) -> None:
    attack = Attack(cast)
    report("reads", await attack.run(READS))
    assert attack.tally.wrong == []
    assert attack.tally.denied >= 5000
    ruled = {(type_, name) for type_, fields in FIELDS.items() for name, rule in fields.items() if rule != "with"}
    never = {f"{type_}.{name}" for type_, name in ruled - attack.fields.given} - exceptions.FIELDS.keys()
    assert never == set(), "fields that nobody was given, so that keeping them from somebody proves nothing"


async def test_nobody_reads_what_is_not_theirs_sampled(cast: Cast) -> None:
    tally = await Attack(cast, sampled=True).run(READS)
    report("reads, sampled", tally)
    assert tally.wrong == []
    assert tally.operations == {door.operation for door in READS}
    assert tally.denied >= 1000
