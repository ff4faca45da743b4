"""`python -m scoring` serves HTTP, `python -m scoring worker` works jobs."""

from chassis.server import main
from scoring.app import make_service

main(make_service)
