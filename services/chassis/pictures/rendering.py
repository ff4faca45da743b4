"""From a specification to SVG or PNG, by a process for each picture: no other request waits for it, and one that takes too long is ended.

At most `AT_ONCE` are drawn at a time by one service process; a few more wait, the others are told to come back.
"""

import asyncio
import sys
from typing import Any, Final, Literal

import orjson
import structlog

from chassis.problems import Unavailable

Form = Literal["svg", "png"]
Specification = dict[str, Any]

RENDERER: Final = "renderer"
"""Its name among the service's resources."""

AT_ONCE: Final = 2
WAITING: Final = 6
SECONDS: Final = 45
PROGRAM: Final = (sys.executable, "-I", "-m", "chassis.pictures.render")

log = structlog.get_logger()


class PictureUnavailable(Unavailable):
    """Too many are being drawn, or this one took too long."""

    code, title = "picture_unavailable", "The picture cannot be drawn now"


class Renderer:
    """Draws pictures, a few at a time."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._asked = 0

    async def draw(self, specification: Specification, form: Form) -> bytes:
        """The picture's bytes. Raises PictureUnavailable."""
        if self._asked >= AT_ONCE + WAITING:
            raise PictureUnavailable("Many pictures are being drawn. Ask again in a few seconds.", headers={"Retry-After": "5"})
        self._asked += 1
        try:
            async with self._turns:
                return await _drawn(orjson.dumps(specification), form)
        finally:
            self._asked -= 1


async def _drawn(specification: bytes, form: Form) -> bytes:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*PROGRAM, form, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        picture, said = await asyncio.wait_for(process.communicate(specification), SECONDS)
    except TimeoutError:
        raise PictureUnavailable("Drawing took too long. Ask for less: a smaller `depth`, or more units to `fold`.") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        log.error("picture_failed", status=process.returncode, said=said.decode(errors="replace")[-2000:])
        raise PictureUnavailable("The picture could not be drawn. The same answer as data is there.")
    return picture
