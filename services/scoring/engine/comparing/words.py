"""Two plans compared step by step, in words. Layout, comments and how a number is written make no difference."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from scoring.engine.plan import Plan

Change = Literal["added", "removed", "changed", "moved"]


class Difference(BaseModel):
    """One difference: where it stands (a JSON pointer, in the new plan, of what was removed in the old one), and what it is."""

    change: Change
    step: str | None
    path: str
    before: Any = None
    after: Any = None
    sentence: str


def plan_differences(before: Plan, after: Plan) -> list[Difference]:
    """What was removed, then what else differs in the order of the new plan. Empty exactly where the digests are the same."""
    old, new = (plan.document.model_dump(mode="json", exclude_none=True) for plan in (before, after))
    heads = [{name: value for name, value in document.items() if name not in {"steps", "inputs"}} for document in (old, new)]
    return [
        *_of_list("input", "/inputs", old.get("inputs", []), new.get("inputs", [])),
        *_of_list("step", "/steps", old["steps"], new["steps"]),
        *_fields("The plan", None, "", *heads),
    ]


def _of_list(what: str, path: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[Difference]:
    """Named members of a list: removed, added, changed, moved."""
    were, are = ({one["name"]: (place, one) for place, one in enumerate(members)} for members in (old, new))
    for name, (place, one) in were.items():
        if name not in are:
            yield _told("removed", what, name, f"{path}/{place}", f"The {what} {name} is gone{_kind(one)}.", before=one)
    for name, (place, one) in are.items():
        here = f"{path}/{place}"
        if name not in were:
            after = f", after {new[place - 1]['name']}" if place else ", as the first"
            yield _told("added", what, name, here, f"The {what} {name} is new{_kind(one)}{after}.", after=one)
        else:
            yield from _fields(f"{what.capitalize()} {name}", name if what == "step" else None, here, were[name][1], one)
    yield from _moved(what, path, [name for name in were if name in are], [name for name in are if name in were], are)


def _kind(one: Mapping[str, Any]) -> str:
    return f" ({one['kind'].replace('_', ' ')})" if "kind" in one else ""


def _told(change: Change, what: str, name: str, path: str, sentence: str, before: Any = None, after: Any = None) -> Difference:
    return Difference(change=change, step=name if what == "step" else None, path=path, before=before, after=after, sentence=sentence)


def _moved(what: str, path: str, old: list[str], new: list[str], are: Mapping[str, tuple[int, Any]]) -> Iterator[Difference]:
    """Members that stand after others than before, told of the fewest: those outside the longest run that kept its order."""
    kept = _longest_common(old, new)
    for place, name in enumerate(new):
        if name not in kept:
            where = f"after {new[place - 1]}" if place else "to the top"
            yield _told("moved", what, name, f"{path}/{are[name][0]}", f"The {what} {name} moves {where}.")


def _longest_common(old: list[str], new: list[str]) -> set[str]:
    """Names of a longest run that both lists hold in the same order."""
    places = {name: place for place, name in enumerate(new)}
    runs: list[list[str]] = [[]]
    for name in old:
        before = [run for run in runs if not run or places[run[-1]] < places[name]]
        runs.append([*_longest(before), name])
    return set(_longest(runs))


def _longest(runs: Sequence[list[str]]) -> list[str]:
    return max(runs, key=len)


def _fields(subject: str, step: str | None, path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for field in dict.fromkeys([*old, *new]):
        before, after = old.get(field), new.get(field)
        if before == after:
            continue
        said = field.replace("_", " ")
        if before is None:
            sentence = f"{subject}: {said} is now {_said(after)}; before there was none."
        elif after is None:
            sentence = f"{subject}: {said} {_said(before)} is gone."
        else:
            sentence = f"{subject}: {said} was {_said(before)} and is {_said(after)}."
        yield Difference(change="changed", step=step, path=f"{path}/{field}", before=before, after=after, sentence=sentence)


def _said(value: Any) -> str:
    """A part of a plan in one line, as somebody would write it."""
    if isinstance(value, list):
        return f"[{', '.join(_said(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_said(item)}' for name, item in value.items())}}}"
    return str(value).lower() if isinstance(value, bool) else str(value)
