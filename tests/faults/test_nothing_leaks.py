"""Planted names, salaries and secrets go through both services and their workers, in right and wrong requests and through failures of the
database: none of them is found in a log, a queue, or an address, and no secret or salary in a problem."""

import asyncio
import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from sightline.demo.office import Office
from sightline.demo.year import open_organization
from sightline.embedded_postgres import EmbeddedPostgres
from tests.processes import Stack, started_stack

NAMES = ("Wilhelmina", "Zwartendijk", "w.zwartendijk@example.com", "1971-03-09", "genderplanted")
SALARIES = ("93417.55", "9341755")
WHO = {
    "external_id": "E1", "user_name": "Zwartendijk", "email": "w.zwartendijk@example.com", "given_name": "Wilhelmina",
    "family_name": "Zwartendijk", "birth_date": "1971-03-09", "gender": "genderplanted",
}  # fmt: skip
PAY = {"external_id": "E1", "valid_from": "2026-01-01", "currency": "USD", "pay_group": "monthly", "salary": "93417.55"}
ENQUEUE = "INSERT INTO pgqueuer (priority, entrypoint, payload, status, execute_after) VALUES (0, 'people.push', $1, 'queued', now())"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with started_stack("leaks") as stack:
        yield stack


@asynccontextmanager
async def broken(url: str, table: str, column: str) -> AsyncIterator[None]:
    """A column is gone for a while, so that what writes it fails as nobody foresaw."""
    connection = await asyncpg.connect(url)
    await connection.execute(f"ALTER TABLE {table} RENAME COLUMN {column} TO away")
    try:
        yield
    finally:
        await connection.execute(f"ALTER TABLE {table} RENAME COLUMN away TO {column}")
        await connection.close()


class Scenario:
    """What is done, and what was answered to it."""

    def __init__(self, office: Office, hr: str) -> None:
        self.office, self.hr = office, hr
        self.answers: list[httpx.Response] = []
        self.secrets: list[str] = []

    async def ask(self, service: str, method: str, path: str, status: int, **content: Any) -> Any:
        answer = await self.office.send(self.hr, service, method, path, **content)
        assert answer.status_code == status, (path, answer.text)
        self.answers.append(answer)
        return answer.json() if answer.content else None

    async def plant(self) -> None:
        made = await self.ask("kpi_api", "POST", "/v1/people/import", 200, json=[WHO])
        assert made["created"] == 1, made
        key = await self.ask("kpi_api", "POST", "/v1/api-keys", 201, json={"name": "HRIS", "scopes": ["integration"]})
        source = await self.ask("kpi_api", "POST", "/v1/hris/sources", 201, json={"name": "Personnel"})
        hook = {"url": "http://127.0.0.1:9/hook", "description": "closed port"}
        webhook = await self.ask("kpi_api", "POST", "/v1/webhook-endpoints", 201, json=hook)
        self.secrets = [self.office._token(self.hr), key["secret"] if "secret" in key else key["key"], source["secret"], webhook["secret"]]
        person = (await self.ask("kpi_api", "GET", "/v1/people?search=Zwartendijk", 200))["items"][0]["id"]
        await self.ask("kpi_api", "POST", "/v1/grants", 201, json={"person_id": person, "role": "comp_admin"})
        self.hr, hr = person, self.hr
        await self.office.wait_for("the role in scoring", person, "scoring", "/v1/payroll-batches", until=lambda page: "items" in page)
        await self.ask("scoring", "POST", "/v1/pay-bases/import", 200, json=[PAY])
        assert (await self.ask("scoring", "GET", "/v1/pay-bases", 200))["items"][0]["salary"].startswith("93417.55")
        self.hr = hr

    async def do_wrong(self) -> None:
        """Inputs that are refused, with planted values in them."""
        await self.ask("kpi_api", "POST", "/v1/people", 409, json=WHO)
        await self.ask("kpi_api", "POST", "/v1/people", 422, json={**WHO, "birth_date": "1971-03-0x", "email": "no address"})
        await self.ask("kpi_api", "POST", "/v1/people/import", 200, json=[{**WHO, "external_id": "E2"}, {**WHO, "hire_date": "never"}])
        changes = [{"salary": 93417.55}, {"salary": "93417.5500001"}, {"external_id": "nobody"}, {"currency": "93417.55"}]
        person = (await self.ask("kpi_api", "GET", "/v1/people?search=E1", 200))["items"][0]["id"]
        for change in changes:
            answer = await self.office.send(person, "scoring", "POST", "/v1/pay-bases/import", json=[PAY | change])
            self.answers.append(answer)
        forged = {"Authorization": f"Bearer {self.secrets[0][:-4]}AAAA"}
        await self.ask("kpi_api", "GET", "/v1/people", 401, headers=forged)
        await self.ask("kpi_api", "GET", "/v1/people", 401, headers={"Authorization": f"Bearer {self.secrets[1]}x"})
        message = {"webhook-id": "m1", "webhook-timestamp": "1", "webhook-signature": f"v1,{self.secrets[2]}"}
        nowhere = "/v1/hris/sources/00000000-0000-7000-8000-000000000000/events"
        await self.ask("kpi_api", "POST", nowhere, 401, headers=message, json={"data": WHO})

    async def fail(self, home: Any) -> None:
        """What nobody foresaw, in both services and in a worker."""
        urls = EmbeddedPostgres(home).urls()
        async with broken(urls.kpi_api_owner, "persons", "gender"):
            await self.ask("kpi_api", "POST", "/v1/people", 500, json={**WHO, "external_id": "E3", "user_name": "Zwartendijk3"})
            await self.ask("kpi_api", "POST", "/v1/people/import", 500, json=[{**WHO, "external_id": "E3", "user_name": "Zwartendijk3"}])
        async with broken(urls.scoring_owner, "pay_bases", "cost_centre"):
            hr, self.hr = self.hr, (await self.ask("kpi_api", "GET", "/v1/people?search=E1", 200))["items"][0]["id"]
            await self.ask("scoring", "POST", "/v1/pay-bases/import", 500, json=[{**PAY, "valid_from": "2027-01-01"}])
            self.hr = hr
        async with broken(urls.kpi_api_owner, "persons", "external_id"), broken(urls.scoring_owner, "people", "display_name"):
            # The worker's push of people fails meanwhile.
            connection = await asyncpg.connect(urls.kpi_api_owner)
            job = f'{{"organization_id": "{self.office.organization_id}", "person_ids": null}}'.encode()
            await connection.execute(ENQUEUE, job)
            await asyncio.sleep(3)
            await connection.close()


async def by_command(stack: Stack, scenario: Scenario, verb: str, external_id: str, *more: str) -> Any:
    """What `sightline person` prints, in a process of its own."""
    office = scenario.office
    people = await office.pages(scenario.hr, "kpi_api", "/v1/people", search=external_id)
    command = [sys.executable, "-m", "sightline", "person", verb, people[0]["id"], "--organization", str(office.organization_id), *more]
    environment = {**os.environ, "SIGHTLINE_HOME": str(stack.home)}
    done = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


async def logs(home: Any) -> dict[str, str]:
    """Every log, and what the queues keep."""
    found = {str(file): file.read_text(errors="replace") for file in home.rglob("*.log")}
    urls = EmbeddedPostgres(home).urls()
    for url in (urls.kpi_api_owner, urls.scoring_owner):
        connection = await asyncpg.connect(url)
        for table in ("pgqueuer", "pgqueuer_log"):
            rows = await connection.fetch(f"SELECT t.*::text AS row FROM {table} t")  # noqa: S608
            found[f"{table} {url.rsplit('/', 1)[-1]}"] = "\n".join(row["row"] for row in rows)
        payloads = await connection.fetch("SELECT convert_from(payload, 'UTF8') AS text FROM pgqueuer WHERE payload IS NOT NULL")
        found[f"payloads {url.rsplit('/', 1)[-1]}"] = "\n".join(row["text"] for row in payloads)
        await connection.close()
    return found


def addresses(answers: list[httpx.Response]) -> str:
    """Every address that we made: links and locations, with what their cursors hold."""
    made = " ".join(f"{answer.headers.get('link', '')} {answer.headers.get('location', '')} {answer.text}" for answer in answers)
    decoded = (base64.urlsafe_b64decode(f"{cursor}===").decode(errors="replace") for cursor in re.findall(r"cursor=([\w-]+)", made))
    links = re.findall(r"(?:https?://|/v1/)[^\s\"<>]+", made)
    return " ".join([*links, *decoded])


async def test_nothing_planted_is_found_where_it_does_not_belong(stack: Stack) -> None:
    async with open_organization(stack.home, stack.addresses, "Leaks") as (office, hr):
        scenario = Scenario(office, hr)
        await scenario.plant()
        await scenario.do_wrong()
        exported = await by_command(stack, scenario, "export", "E1", "--pay-as", "comp_admin")
        await scenario.fail(stack.home)
        written = await logs(stack.home)

    # The command joins what both services hold.
    assert exported["kpi_api"]["records"]["persons"][0]["birth_date"] == "1971-03-09"
    assert exported["scoring"]["records"]["pay_bases"][0]["salary"].startswith("93417.55")
    # The failures were logged, so this looks at something.
    text = "\n".join(written.values())
    assert text.count('"unforeseen"') >= 3
    assert "job_failed" in text
    assert "JobFailed" in text
    planted = (*NAMES, *SALARIES, *scenario.secrets)
    found = [(place, word, line[:400]) for place, log in written.items() for line in log.splitlines() for word in planted if word in line]
    assert found == []
    problems = [answer.text for answer in scenario.answers if answer.status_code >= 400]
    assert len(problems) >= 8
    for word in (*SALARIES, *scenario.secrets, "genderplanted"):
        assert [problem for problem in problems if word in problem] == [], word
        assert word not in addresses(scenario.answers)
