"""The `sightline` command, also as `python -m sightline`. It is loaded in here, so that Ctrl-C while it loads ends it quietly, too."""

import sys


def main() -> None:
    """Run the command line of this process and exit."""
    try:
        from sightline.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
