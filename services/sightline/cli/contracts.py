"""`sightline contracts`: writes the contract files in openapi/ anew."""

from sightline.cli.terminal import show_step


def contracts() -> None:
    """Write openapi/ anew from the code, and say what changed.

    Example: `sightline contracts`.
    """
    from sightline.contracts import write_contracts

    changed = write_contracts()
    show_step(f"Changed: {', '.join(changed)}" if changed else "Nothing changed.")
