"""The folder where this machine's Sightline keeps what it makes: the embedded database, keys, logs and the record of what runs."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def home_folder() -> Path:
    """SIGHTLINE_HOME, else `.sightline` in the checkout, else (installed without one) in the working folder."""
    if named := os.environ.get("SIGHTLINE_HOME"):
        return Path(named).absolute()
    return (CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()) / ".sightline"
