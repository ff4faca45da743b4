"""Ports on this machine's own address."""

import os
import socket

from sightline.problems import BadUsage

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now. One that only waits for its last packets counts as free, as servers treat it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
        return True


def named_port(variable: str) -> int | None:
    """The port that this variable of the environment insists on; None where it is not set. Raises BadUsage."""
    named = os.environ.get(variable)
    if not named:
        return None
    if not (named.isascii() and named.isdigit() and 0 < int(named) < 65536):
        raise BadUsage(f"{variable} is {named!r}, which is no port.", "Write a number from 1 to 65535.")
    return int(named)


def any_free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
