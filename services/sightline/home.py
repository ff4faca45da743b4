"""The folder where this machine's Sightline keeps what it makes: the embedded database, keys, logs and the record of what runs."""

import os
from pathlib import Path

from sightline.problems import FolderUnreachable

CHECKOUT = Path(__file__).resolve().parents[2]


def home_folder() -> Path:
    """SIGHTLINE_HOME, else `.sightline` in the checkout, else (installed without one) in the working folder."""
    if named := os.environ.get("SIGHTLINE_HOME"):
        return Path(named).absolute()
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / ".sightline"


def make_home(home: Path) -> None:
    """Make the folder, unless it is there. Raises FolderUnreachable where there cannot be a folder."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, FileNotFoundError, NotADirectoryError) as error:
        raise FolderUnreachable(f"{home} cannot be a folder: {error.strerror}.", "Point SIGHTLINE_HOME at a folder.") from error
