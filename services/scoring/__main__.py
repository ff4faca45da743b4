"""`python -m scoring` serves HTTP, `python -m scoring worker` works jobs."""

from chassis.server import main
from chassis.service import Service


def make_service() -> Service:
    """Loaded only here, while `main` looks for no garbage: an eighth sooner."""
    from scoring import app

    return app.make_service()


main(make_service)
