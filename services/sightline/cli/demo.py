"""`sightline demo`: a whole year of a demo company, from KPI to payroll register."""

import asyncio
import time

from sightline.cli.terminal import output, show_step
from sightline.home import home_folder
from sightline.processes import running


def demo() -> None:
    """Play a year of Meridale, an invented company of about sixty people, in a fresh organization; print what it came to.

    Everything goes over HTTP through the services that run, or that are started for the time of the demo. It ends with one person's line of
    sight up to the mission, how their bonus came about, and the payroll register with its control totals.

    Example: `sightline demo`.
    """
    from sightline.demo.year import play_year

    home = home_folder()
    with running(home, show_step) as addresses:
        began = time.monotonic()
        asyncio.run(play_year(home, addresses, show_step, output))
        show_step(f"The year took {time.monotonic() - began:.0f} seconds.")
