"""Logs as lines of JSON, of everything that runs in a process. An error is told by its kind and its place, never in its own words: they may
quote the names, salaries and secrets that were being worked on, as PostgreSQL's and pydantic's do."""

import logging
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog

Event = MutableMapping[str, Any]


def configure_logs(level: str) -> None:
    """Send the logs of this process, its libraries' too, to the standard output as JSON."""
    logger = structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()])
    structlog.configure(processors=[*PROCESSORS, structlog.processors.JSONRenderer()], wrapper_class=logger)
    logging.basicConfig(handlers=[LibraryLogs()], level=logging.WARNING, force=True)  # below it libraries tell of each URL they ask


def without_words(error: BaseException) -> str:
    """An error's kind, what PostgreSQL numbers it, and where in our files and others it happened; then what caused it, likewise."""
    return "\n".join(line for each in _chain(error) for line in (_kind(each), *_places(each)))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _kind(error: BaseException) -> str:
    state = getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None)
    constraint = getattr(error, "constraint_name", None)
    marks = [f" {name}={value}" for name, value in (("sqlstate", state), ("constraint", constraint)) if value]
    return f"{type(error).__module__}.{type(error).__qualname__}{''.join(marks)}"


def _places(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"


def tell_errors(logger: Any, method: str, event: Event) -> Event:
    """A step of structlog: `exc_info` becomes `error`, without words."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    return {**event, "error": without_words(error)} if isinstance(error, BaseException) else event


PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    tell_errors,
]


class LibraryLogs(logging.Handler):
    """What libraries log, by way of structlog. Of a warning or an error only the first line as it is written in their code, without what
    they put into it."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        plain = isinstance(record.msg, str) and bool(record.msg)
        words = str(record.msg).splitlines()[0] if plain else f"{type(record.msg).__name__}"
        if record.levelno < logging.WARNING:
            words = record.getMessage()
        structlog.get_logger().log(record.levelno, words, library=record.name, exc_info=error)
