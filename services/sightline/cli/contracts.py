"""`sightline contracts`: writes the contract files in openapi/ anew."""

from sightline.cli.terminal import show_step
from sightline.contracts import write_contracts


def contracts() -> None:
    """Write openapi/ anew from the code, and say what changed.

    Example: `sightline contracts`.
    """
    changed = write_contracts()
    show_step(f"Changed: {', '.join(changed)}" if changed else "Nothing changed.")
