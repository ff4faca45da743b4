"""`sightline keys`: the key files that services elsewhere need, such as in containers."""

from pathlib import Path
from typing import Annotated

import typer

from sightline.cli.terminal import AsJson, show_json, show_step
from sightline.home import home_folder


def keys(folder: Annotated[Path, typer.Argument(help="Where to put a folder for each service.")], as_json: AsJson = False) -> None:
    """Write each service's keys into a folder of its own below FOLDER. Keys that are there are kept, so repeating it is harmless.

    Example: `sightline keys deploy/keys`.
    """
    from sightline.keys import hand_out_keys, make_keys

    folders = hand_out_keys(make_keys(home_folder() / "keys"), folder)
    if as_json:
        show_json({"folders": folders})
    else:
        show_step(f"Keys are in {' and '.join(map(str, folders))}. Only the account that runs a service should be able to read its folder.")
