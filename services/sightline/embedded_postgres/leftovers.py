"""What a killed server leaves behind: its children, and a process file whose number may meanwhile belong to somebody else.

The process file alone proves nothing. A server's processes are told by the folder they work in, which is its data folder.
"""

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

    The children go first: PostgreSQL's own guard against two servers on one data folder rests on that file.
    """
    children = processes_of(data)
    _, alive = psutil.wait_procs(children, timeout=1)
    for child in alive:
        child.kill()
    psutil.wait_procs(alive, timeout=5)
    (data / "postmaster.pid").unlink(missing_ok=True)
