"""An error is logged by kind and place, never in words that may quote what was being worked on."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from chassis.logs import LibraryLogs, configure_logs, without_words

PLANTED = "Wilhelmina 93417.55"


@pytest.fixture
def service_logs() -> Iterator[None]:
    """The logs of a service in this process."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logs("INFO")
    yield
    structlog.configure(**before)
    root.handlers, root.level = handlers, level


def fail() -> None:
    try:
        int(PLANTED)
    except ValueError as error:
        raise RuntimeError(f"cannot pay {PLANTED}") from error


def test_our_own_errors_and_those_of_libraries(service_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    for log in (
        lambda error: structlog.get_logger().error("unforeseen", exc_info=error),
        lambda error: logging.getLogger("library").error("It failed: %s", error, exc_info=error),
        lambda error: logging.getLogger("library").error(error),
        lambda error: logging.getLogger("asyncio").error("Never retrieved\nfuture: %r" % error),  # noqa: UP031  # as asyncio does
    ):
        try:
            fail()
        except RuntimeError as error:
            log(error)
    written = capsys.readouterr().out
    told = [json.loads(line) for line in written.splitlines()]
    assert [line["event"] for line in told] == ["unforeseen", "It failed: %s", "RuntimeError", "Never retrieved"]
    assert "Wilhelmina" not in written
    for told_of in ("builtins.RuntimeError", "test_logs.py", " fail"):
        assert told_of in told[0]["error"]
    assert "builtins.ValueError" in told[1]["error"], "what caused it is told too"


def test_addresses_that_libraries_ask_are_not_logged(service_logs: None, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET https://example.com/?name=%s", "Wilhelmina")
    assert capsys.readouterr().out == ""
    assert any(isinstance(handler, LibraryLogs) for handler in logging.getLogger().handlers)


def test_a_circle_of_causes_ends() -> None:
    error = ValueError(PLANTED)
    error.__cause__ = other = KeyError(PLANTED)
    other.__cause__ = error
    assert without_words(error).splitlines() == ["builtins.ValueError", "builtins.KeyError"]
