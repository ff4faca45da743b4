"""One program as a process."""

import os
import time
from pathlib import Path

from sightline.processes.program import Program
from tests.ports import claim_port


def test_a_program_knows_its_own_port_from_a_strangers(tmp_path: Path) -> None:
    # Given two programs, each with a port of its own
    ports = [claim_port(), claim_port()]
    log = tmp_path / "log"
    programs = [Program(f"server {port}", ("http.server", str(port), "--bind", "127.0.0.1"), dict(os.environ), log) for port in ports]
    try:
        for program in programs:
            program.start()
        deadline = time.monotonic() + 20
        while not all(program.listens_on(port) for program, port in zip(programs, ports, strict=True)):
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        # Then neither takes the other's for its own
        assert not programs[0].listens_on(ports[1])
        # And one that has ended listens nowhere
        programs[1].kill()
        assert not programs[1].listens_on(ports[1])
    finally:
        for program in programs:
            program.kill()
