"""Each service installs and starts by itself: with its own lock, its own package and the chassis, as in its image."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sightline.embedded_postgres import EmbeddedPostgres
from sightline.keys import hand_out_keys, make_keys
from sightline.processes import is_ready
from tests.ports import claim_port

CHECKOUT = Path(__file__).parents[2]

pytestmark = pytest.mark.deep


@pytest.mark.parametrize("service", ["kpi_api", "scoring"])
def test_a_service_installs_migrates_and_answers_alone(home: Path, tmp_path: Path, service: str) -> None:
    python = install(tmp_path, service)
    environment = settings(home, tmp_path, service)

    subprocess.run([python, "-m", service, "migrate"], check=True, env=environment)
    with (
        subprocess.Popen([python, "-m", service], env=environment) as server,
        subprocess.Popen([python, "-m", service, "worker"], env=environment) as worker,
    ):
        try:
            deadline = time.monotonic() + 30
            while not is_ready(f"http://127.0.0.1:{environment[f'{service.upper()}_PORT']}"):
                assert server.poll() is None
                assert worker.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        finally:
            server.terminate()
            worker.terminate()


def install(folder: Path, service: str) -> Path:
    """What the Dockerfile does: an environment from the service's lock; beside it the chassis, the service and the migrations."""
    subprocess.run([sys.executable, "-m", "venv", folder / "environment"], check=True)
    python = folder / "environment" / "bin" / "python"
    lock = CHECKOUT / "deploy" / f"{service}.lock"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", lock], check=True)
    for package in ("chassis", service):
        shutil.copytree(CHECKOUT / "services" / package, folder / "services" / package)
    shutil.copytree(CHECKOUT / "migrations", folder / "migrations")
    return python


def settings(home: Path, folder: Path, service: str) -> dict[str, str]:
    urls = EmbeddedPostgres(home).start().environment()
    prefix = service.upper()
    keys = dict(zip(("kpi_api", "scoring"), hand_out_keys(make_keys(folder / "keys"), folder / "each"), strict=True))
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder / "services"),
        f"{prefix}_PORT": str(claim_port()),
        f"{prefix}_KEY_FOLDER": str(keys[service]),
        f"{prefix}_DATABASE_URL": urls[f"{prefix}_DATABASE_URL"],
        f"{prefix}_OWNER_DATABASE_URL": urls[f"{prefix}_OWNER_DATABASE_URL"],
    }
