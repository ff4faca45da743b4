"""Batches on a Dask cluster: the same pure function as here, on whichever worker takes it, and the same bytes back.

A batch travels inside its task, so a worker that dies takes nothing along that the scheduler could not send to another one. The cluster is
the operator's: its workers run the same release of Sightline (extras `scoring` and `dask`), reach no database, and are trusted as scoring
itself is, since Dask runs what it is sent and a batch holds pay. `deploy/scale.md` says how to start one.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from distributed import Client, Future

from scoring.engine import ENGINE_SEMANTICS_VERSION, Result
from scoring.engine.batches import Each
from scoring.engine.result import result_of
from scoring.snapshots.canonical import from_bytes, to_bytes

RETRIES: Final = 3
AHEAD_PER_THREAD: Final = 2
"""Batches sent before their answers are wanted, so that no worker waits and no memory fills."""


class ClusterDiffers(Exception):
    """A worker has another release of the engine, whose results might differ in a byte."""


def on_cluster(scheduler: str) -> Each:
    """Calls on the cluster at this address, such as tcp://scheduler:8786. Each use connects anew; OSError where nobody listens."""

    def each(function: Callable[..., Any], /, *arguments: Iterable[Any]) -> Iterator[Any]:
        with Client(scheduler, set_as_default=False) as client:
            yield from _answers(client, function, zip(*arguments))  # noqa: B905 - some arguments repeat without end

    return each


def _answers(client: Client, function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    waiting: deque[Future] = deque()
    for arguments in calls:
        waiting.append(client.submit(_call, function, _packed(arguments), retries=RETRIES, pure=False))
        if len(waiting) > AHEAD_PER_THREAD * max(1, sum(client.nthreads().values())):
            yield _answer(waiting.popleft())
    while waiting:
        yield _answer(waiting.popleft())


def _call(function: Callable[..., Any], arguments: Any) -> tuple[int, Any]:
    """On the worker."""
    return ENGINE_SEMANTICS_VERSION, _packed(function(*_unpacked(arguments)))


def _answer(future: Future) -> Any:
    version, answer = future.result()
    if version != ENGINE_SEMANTICS_VERSION:
        raise ClusterDiffers(f"A worker of the Dask cluster computes by engine {version}; this is {ENGINE_SEMANTICS_VERSION}.")
    return _unpacked(answer)


@dataclass(frozen=True)
class _Table:
    """A table as an Arrow stream: only its own rows travel, and never code."""

    content: bytes


@dataclass(frozen=True)
class _Answer:
    version: int
    lines: _Table
    people: _Table


def _packed(value: Any) -> Any:
    if isinstance(value, pa.Table):
        return _Table(to_bytes(value))
    if isinstance(value, Result):
        return _Answer(value.semantics_version, _packed(value.lines), _packed(value.people))
    return tuple(map(_packed, value)) if isinstance(value, tuple) else value


def _unpacked(value: Any) -> Any:
    if isinstance(value, _Table):
        return from_bytes(value.content)
    if isinstance(value, _Answer):
        return result_of(_unpacked(value.lines), _unpacked(value.people), value.version)
    return tuple(map(_unpacked, value)) if isinstance(value, tuple) else value
