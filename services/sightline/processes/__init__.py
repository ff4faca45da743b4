"""Run both services and their workers on this machine, each as a process of its own.

    with running(home) as addresses:          # joins what runs already, or starts everything for the block
        httpx.get(addresses["kpi_api"] + "/readyz")

Map
- `program`      one process: its command, log, start and stop
- `settings`     the environment each program gets: database, port, keys, where the other service is
- `record`       what runs, written down for other commands: `.sightline/running.json`
- `supervisor`   starts all programs, watches them, restarts what dies, stops them
"""

from sightline.processes.record import Running, read_running
from sightline.processes.supervisor import Report, Supervisor, already_running, is_ready, running

__all__ = ["Report", "Running", "Supervisor", "already_running", "is_ready", "read_running", "running"]
