"""The attack itself: each door, by each viewer, on each owner's record, compared with the record that never was.

A denied cell counts only if somebody who is allowed got data by the same door, and its answer equals that of a ghost: the same status,
body (with the ids of the request replaced) and headers. A denied write must also have changed nothing.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx

from tests.attack import canaries
from tests.attack.cast import VIEWERS, Cast, Thing, ghost_of
from tests.attack.expected import OUT, may, sees
from tests.attack.fields import Fields

Shown = Literal["whole", "ancestor", "nothing", "out"]


@dataclass(frozen=True)
class Call:
    """A request, without who sends it."""

    method: str
    path: str
    json: Any = None
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def with_headers(self, **headers: str | None) -> "Call":
        """The same with other headers; a null one is left out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in {**self.headers, **named}.items() if value is not None}
        return Call(self.method, self.path, self.json, self.params, kept, self.content)


def default_shows(thing: Thing, answer: httpx.Response) -> Shown:
    """A success that holds the record's id shows it."""
    if answer.status_code == 401:
        return "out"
    if not answer.is_success or f'id":"{thing["id"]}"' not in answer.text:
        return "nothing"
    return "ancestor" if '"view":"ancestor"' in answer.text.replace(" ", "") else "whole"


@dataclass(frozen=True)
class Read:
    """A door by which records are read: one by its id, or found by a filter (`call` of the record's values), or as part of a list."""

    operation: str
    kind: str
    call: Callable[[Thing], Call]
    sees: str = ""
    owners: tuple[str, ...] = ()
    shows: Callable[[Thing, httpx.Response], Shown] = default_shows
    is_list: bool = False
    no_ancestors: bool = False
    extra_viewers: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    inside: str = ""
    """The oracle's word for what the record belongs to: who sees that one may learn that this is there, and is not shown it."""

    @property
    def rule(self) -> str:
        return self.sees or self.kind

    def expects(self, viewer: str, owner: str) -> Shown:
        expected = sees(self.rule, viewer, owner)
        return "nothing" if expected == "ancestor" and self.no_ancestors else expected

    def shown_to(self, viewers: Sequence[str], owner: str) -> list[str]:
        """Who of these sees the owner's record, whole or as an ancestor."""
        return [viewer for viewer in viewers if self.expects(viewer, owner) in {"whole", "ancestor"}]


def accepted(answer: httpx.Response) -> bool:
    """A success, and of a bulk answer every row."""
    return answer.is_success and not re.search(r'"status":\s*"error"', answer.text)


@dataclass(frozen=True)
class Write:
    """A door that changes something. Those who may not are sent first; then `twin` does it, so that the request is proven to be right.

    `creates`: the request names something new; the others try it with the name of what is there, too, and learn nothing from that.
    """

    operation: str
    kind: str
    call: Callable[[Thing], Call]
    permit: Callable[[str, str], bool] | str
    twin: str
    owner: str = ""
    sees: str = ""
    creates: bool = False
    prepare: Callable[[Cast, Thing], Awaitable[Thing]] | None = None
    accepted: Callable[[httpx.Response], bool] = accepted
    extra_viewers: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    twin_fails_with: int | None = None

    def may(self, viewer: str, owner: str) -> bool:
        return may(self.permit, viewer, owner) if isinstance(self.permit, str) else self.permit(viewer, owner)


Door = Read | Write


@dataclass
class Tally:
    """What came of an attack. `missing`: an allowed twin that got nothing, so that what was denied beside it proves nothing.
    `broken`: an error of the service or of the request, which proves nothing either way.
    """

    cells: int = 0
    denied: int = 0
    operations: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def count(self, *, denied: bool) -> None:
        self.cells += 1
        self.denied += denied

    @property
    def caught(self) -> list[str]:
        """What a change of the matrix may cause: somebody sees or does too much or too little."""
        return self.leaks + self.missing

    @property
    def wrong(self) -> list[str]:
        return self.caught + self.broken


@dataclass
class Attack:
    """One run of the matrix over a cast."""

    cast: Cast
    tally: Tally = field(default_factory=Tally)
    sampled: bool = False
    """By each door read one owner's record, or try one entity tag, and send every third viewer; by the next doors the others."""
    first_only: bool = False
    """Stop at the first thing caught, as a mutant's run does."""
    turn: int = 0
    ghosts: dict[tuple[int, str, str | None], "Normalised"] = field(default_factory=dict)
    tagged: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.fields = Fields(self.cast)

    async def run(self, doors: list[Door]) -> Tally:
        for door in doors:
            await (self.read(door) if isinstance(door, Read) else self.write(door))
            if self._noticed():
                break
        self.tally.leaks += sorted(set(self.fields.leaks))
        self.tally.cells += self.fields.denied_cells()
        self.tally.denied += self.fields.denied_cells()
        return self.tally

    def _noticed(self) -> bool:
        return self.first_only and bool(self.tally.caught or self.fields.leaks)

    async def ask(self, viewer: str, operation: str, call: Call) -> httpx.Response:
        """Send a request as somebody, and look whether the answer tells a secret that is not theirs."""
        self.tally.operations.add(operation)
        service = operation.split(" ")[0].replace("graphql", "kpi_api")
        client = await self.cast.client(viewer, service)
        body = {"json": call.json} if call.json is not None else {"content": call.content}
        answer = await client.request(call.method, call.path, params=call.params, headers=call.headers, **body)
        if answer.status_code >= 500:
            self.tally.broken.append(f"{operation} by {viewer}: {answer.status_code} {answer.text[:300]}")
        if answer.status_code == 429:
            self.tally.broken.append(f"{operation} by {viewer} came too often to be answered")
        if call.path == "/graphql" and answer.is_success:
            self.fields.observe(viewer, answer.json().get("data"))
            self._require_no_errors(viewer, operation, answer)
        self.tally.leaks += [f"{operation} tells {viewer} {secret}" for secret in canaries.told(viewer, operation, answer.text)]
        return answer

    def _require_no_errors(self, viewer: str, operation: str, answer: httpx.Response) -> None:
        for error in answer.json().get("errors", []):
            self.tally.broken.append(f"{operation} by {viewer}: {error}")

    async def read(self, door: Read) -> None:
        records = self.cast.records[door.kind]
        viewers = [viewer for viewer in (*VIEWERS, *door.extra_viewers) if viewer not in door.not_by]
        for owner in self._owners(door, list(door.owners or records), viewers):
            await self._read(door, owner, records[owner], viewers)

    async def _read(self, door: Read, owner: str, thing: Thing, viewers: list[str]) -> None:
        """Those who see it first: what is kept from the others is proven by that."""
        allowed = door.shown_to(viewers, owner)
        twins = []
        for viewer in self._some(allowed) or allowed:
            if self._noticed():
                return
            twins.append(await self._allowed(door, viewer, owner, thing))
        etag = next((answer.headers["ETag"] for answer in twins if answer and "ETag" in answer.headers), None)
        for viewer in self._some([viewer for viewer in viewers if viewer not in allowed]) if any(twins) else ():
            if self._noticed():
                return
            await self._denied(door, viewer, owner, thing, etag)

    def _owners(self, door: Read, owners: list[str], viewers: list[str]) -> list[str]:
        """Of a sample one, whose record somebody is shown: one that nobody sees, as of who has left, proves nothing by itself."""
        self.turn += 1
        if not self.sampled:
            return owners
        seen = [owner for owner in owners if door.shown_to(viewers, owner)]
        return [seen[self.turn % len(seen)]]

    def _some(self, viewers: list[str]) -> list[str]:
        """Every third one in a sample, and others two doors on, so that even and odd owners meet all of them."""
        return viewers[self.turn // 2 % 3 :: 3] if self.sampled else viewers

    async def _allowed(self, door: Read, viewer: str, owner: str, thing: Thing) -> httpx.Response | None:
        answer = await self.ask(viewer, door.operation, door.call(thing))
        shown, expected = door.shows(thing, answer), door.expects(viewer, owner)
        if shown == "whole" and expected == "ancestor":
            self.tally.leaks.append(f"{door.operation} shows {viewer} {door.kind} {owner} whole, not as an ancestor")
        elif shown != expected:
            told = f"{answer.status_code} {answer.text[:300]}"
            self.tally.missing.append(f"{door.operation} should show {viewer} {door.kind} {owner}: {told}")
            return None
        self.tally.count(denied=False)
        return answer

    async def _denied(self, door: Read, viewer: str, owner: str, thing: Thing, etag: str | None) -> None:
        """Once plainly, and for one owner also with the entity tag that an allowed viewer got."""
        calls = [door.call(thing)]
        if etag and (door.operation, viewer) not in self.tagged:
            self.tagged.add((door.operation, viewer))
            calls.append(door.call(thing).with_headers(If_None_Match=etag))
        for call in calls:
            answer = await self.ask(viewer, door.operation, call)
            if door.shows(thing, answer) not in {"nothing", "out"} or (door.is_list and f'"id":"{thing["id"]}"' in answer.text):
                self.tally.leaks.append(f"{door.operation} shows {viewer} {door.kind} {owner}")
            if not door.is_list and not (door.inside and sees(door.inside, viewer, owner) == "whole"):
                await self._compare(door, viewer, owner, normalised(answer, thing), await self._never_was(door, viewer, thing))
            self._require_out(door, viewer, answer)
            self.tally.count(denied=True)

    async def _never_was(self, door: Door, viewer: str, thing: Thing, tag: str | None = None) -> "Normalised":
        """The answer for a record that never was: the same whichever record it is compared with, so asked for once."""
        key = (id(door), viewer, tag)
        if key not in self.ghosts:
            ghost = ghost_of(thing)
            call = door.call(ghost)
            self.ghosts[key] = normalised(await self.ask(viewer, door.operation, call if tag is None else tagged(call, tag)), ghost)
        return self.ghosts[key]

    def _require_out(self, door: Door, viewer: str, answer: httpx.Response) -> None:
        if viewer in OUT and answer.status_code != 401:
            self.tally.leaks.append(f"{door.operation} answers {viewer} with {answer.status_code}")

    async def _compare(self, door: Door, viewer: str, owner: str, found: "Normalised", never: "Normalised") -> None:
        if found != never:
            self.tally.leaks.append(f"{door.operation} tells {viewer} that {door.kind} {owner} is there: {found} is not {never}")

    async def write(self, door: Write) -> None:
        records = self.cast.records.get(door.kind, {})
        owner = door.owner or next(iter(records), "")
        thing = records.get(owner, {"id": "new"})
        if door.prepare:
            try:
                thing = await door.prepare(self.cast, thing)
            except AssertionError as error:
                self.tally.broken.append(f"{door.operation} could not be prepared: {error}")
                return
        viewers = [viewer for viewer in (*VIEWERS, *door.extra_viewers) if viewer not in door.not_by]
        denied = [viewer for viewer in viewers if not door.may(viewer, owner)]
        self.turn += 1
        before, start = await fingerprint(self.cast), len(self.tally.leaks)
        counted = 0
        for viewer in self._some(denied):
            counted += await self._refused(door, viewer, owner, thing)
        if await fingerprint(self.cast) != before:
            self.tally.leaks.append(f"{door.operation}: one of {denied} changed something")
        if await self._twin(door, owner, thing):
            self.tally.cells += counted + 1
            self.tally.denied += counted
        else:
            del self.tally.leaks[start + 50 :]

    async def _refused(self, door: Write, viewer: str, owner: str, thing: Thing) -> int:
        """How many cells this viewer's tries make."""
        tags = ["*", '"1"', "none"] if has_tag(door.call(thing)) else [""]
        if self.sampled:
            tags = [tags[self.turn % len(tags)]]
        hidden = sees(door.sees, viewer, owner) in {"nothing", "out"} if door.sees else False
        for tag in tags:
            answer = await self.ask(viewer, door.operation, tagged(door.call(thing), tag))
            if door.accepted(answer):
                said = f"{answer.status_code} {answer.text[:200]}"
                self.tally.leaks.append(f"{door.operation} let {viewer} do it to {door.kind} {owner}: {said}")
            if hidden or door.creates or viewer in OUT:
                never = await self._never_was(door, viewer, thing, tag)
                await self._compare(door, viewer, owner, normalised(answer, thing), never)
            self._require_out(door, viewer, answer)
        return len(tags)

    async def _twin(self, door: Write, owner: str, thing: Thing) -> bool:
        answer = await self.ask(door.twin, door.operation, door.call(ghost_of(thing) if door.creates else thing))
        if door.twin_fails_with == answer.status_code or door.accepted(answer):
            return True
        told = f"{answer.status_code} {answer.text[:400]}"
        self.tally.missing.append(f"{door.operation} should let {door.twin} do it to {door.kind} {owner}: {told}")
        return False


def has_tag(call: Call) -> bool:
    return "If-Match" in call.headers


def tagged(call: Call, tag: str) -> Call:
    """The call with another If-Match: empty leaves it as it is, `none` leaves it out."""
    return call.with_headers(If_Match=None if tag == "none" else tag) if tag else call


Normalised = tuple[int, str, dict[str, str]]
UNEQUAL_HEADERS = {"content-length", "date", "x-request-id", "traceparent", "server-timing"}


def normalised(answer: httpx.Response, thing: Thing) -> Normalised:
    """Status, body and headers, with what the request named replaced by its name and without what differs each time."""
    body, headers = answer.text, {name: value for name, value in answer.headers.items() if name not in UNEQUAL_HEADERS}
    headers = {name: value for name, value in headers.items() if not name.startswith("ratelimit")}
    for name, value in sorted(thing.items(), key=lambda item: -len(item[1])):
        if not value:
            continue
        body = body.replace(value, f"<{name}>")
        headers = {header: text.replace(value, f"<{name}>") for header, text in headers.items()}
    return answer.status_code, body, headers


# Where a refused request may leave a trace that changes nothing: that somebody read, and when a key was last used.
TRACES = {"audit_records", "audit_links", "audit_heads", "api_keys", "unsequenced", "workers"}


async def fingerprint(cast: Cast) -> dict[str, tuple[int, int]]:
    """Of every table of both services, how many rows our organization has and the latest transaction that wrote one."""
    found: dict[str, tuple[int, int]] = {}
    for running in (cast.world.kpi_api, cast.world.scoring):
        async with running.database.read(cast.home.organization.id) as session:
            driver = await session.driver()
            names = await driver.fetch(
                "SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'"
                " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
                " AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
            )
            parts = [
                f"SELECT '{row['name']}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {row['name']} WHERE organization_id = $1"  # noqa: S608
                for row in names
                if row["name"] not in TRACES
            ]
            rows = await driver.fetch(" UNION ALL ".join(parts), session.organization_id)
            found |= {f"{running.service.name} {row[0]}": (row[1], row[2]) for row in rows}
    return found
