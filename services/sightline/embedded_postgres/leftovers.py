"""What a killed server leaves behind: its children, and a process file whose number may meanwhile belong to somebody else.

The process file alone proves nothing. A server's processes are told by the folder they work in, which is its data folder.
"""

import time
from contextlib import suppress
from pathlib import Path

import psutil


def processes_of(data: Path) -> list[psutil.Process]:
    """The living processes that work in `data`. Zombies have no folder any more and are not among them."""
    return [process for process in psutil.process_iter() if _works_in(process, data)]


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return process.cwd() == str(data)
    except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
        return False


def postmaster(data: Path) -> psutil.Process | None:
    """The living main process of the server, if there is one."""
    try:
        process = psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None
    return process if _works_in(process, data) else None


def end_leftovers(data: Path) -> None:
    """After a crash: end the children of the dead server and remove its process file. Must not be called while `postmaster(data)` lives.

    The children go first: PostgreSQL's own guard against two servers on one data folder rests on that file. They end by themselves when
    they notice that their server is gone; what has not within a second is killed.
    """
    patience = time.monotonic() + 1
    while children := processes_of(data):
        if time.monotonic() > patience:
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)
