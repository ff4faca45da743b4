"""What changed from one version of a role to another, as data and in words. Pure."""

from collections.abc import Iterator, Sequence

from kpi_api.people.roles.schemas import RoleDifference, RoleDifferences, RoleVersionOut


def differences(before: RoleVersionOut, after: RoleVersionOut) -> list[RoleDifference]:
    """Every difference between two versions; none when they say the same."""
    return [*_name(before, after), *_responsibilities(before, after), *_effective(before, after)]


def compared(versions: Sequence[RoleVersionOut], from_number: int, to_number: int) -> RoleDifferences | None:
    """What changed from one of these versions to another; None where one of them is not among them."""
    by_number = {version.number: version for version in versions}
    before, after = by_number.get(from_number), by_number.get(to_number)
    if before is None or after is None:
        return None
    return RoleDifferences(from_number=from_number, to_number=to_number, note=after.note, differences=differences(before, after))


def _name(before: RoleVersionOut, after: RoleVersionOut) -> Iterator[RoleDifference]:
    if before.name != after.name:
        sentence = f"Name: “{before.name}” became “{after.name}”."
        yield RoleDifference(field="/name", before=before.name, after=after.name, sentence=sentence)


def _responsibilities(before: RoleVersionOut, after: RoleVersionOut) -> Iterator[RoleDifference]:
    old, new = before.core_responsibilities, after.core_responsibilities
    if old != new:
        yield RoleDifference(
            field="/core_responsibilities", before=old, after=new, sentence=f"Core responsibilities: {_came_and_went(old, new)}."
        )


def _came_and_went(old: Sequence[str], new: Sequence[str]) -> str:
    added, removed = ([one for one in here if one not in there] for here, there in ((new, old), (old, new)))
    told = [f"{verb} {', '.join(f'“{one}”' for one in which)}" for verb, which in (("added", added), ("removed", removed)) if which]
    return "; ".join(told) or "the same in another order"


def _effective(before: RoleVersionOut, after: RoleVersionOut) -> Iterator[RoleDifference]:
    days = str(before.effective_from), str(after.effective_from)
    if days[0] != days[1]:
        sentence = f"It takes effect on {days[1]} instead of {days[0]}."
        yield RoleDifference(field="/effective_from", before=days[0], after=days[1], sentence=sentence)
