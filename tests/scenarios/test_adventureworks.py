"""A real company of 290 people, from its tables to its payroll file: the commands of docs/your-own-company.md, typed as they stand there.

The sample's tables are not part of this repository. They are looked for where SIGHTLINE_SHARED_DATA says, else beside the checkout.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.documents import digest
from chassis.numbers import round_half_up
from sightline.cli.client import Client, open_client
from sightline.embedded_postgres import EmbeddedPostgres
from tests.ports import claim_port

CHECKOUT = Path(__file__).parents[2]
SAMPLE = Path(os.environ.get("SIGHTLINE_SHARED_DATA", CHECKOUT.parent / "shared" / "data")) / "adventureworks"
HOW_TO = CHECKOUT / "docs" / "your-own-company.md"

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason=f"the AdventureWorks sample is not at {SAMPLE}")

CYCLE = "FY2025"
CHIEF_EXECUTIVE, VICE_PRESIDENT = "1", "273"
REGIONS = {"274": "sales-north-america", "285": "sales-pacific", "287": "sales-europe"}


@dataclass
class Company:
    """The organization after the last command, the folder of prepared tables, and what the commands said."""

    organization: UUID
    folder: Path
    environment: dict[str, str]
    said: str

    def type(self, *command: str) -> tuple[int, str]:
        """The exit code of another command and what it says."""
        done = subprocess.run(
            ["sightline", *command], env=self.environment, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=120
        )
        return done.returncode, done.stdout + done.stderr

    def run(self, *command: str) -> str:
        """What another command says that succeeds."""
        code, said = self.type(*command)
        assert code == 0, said
        return said

    @property
    def payroll(self) -> list[dict[str, str]]:
        return read(self.folder / "payroll.csv")


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    """Type the how-to's commands in order, in a home and folder of their own."""
    home = Path(tempfile.mkdtemp(prefix="sightline-"))
    home.chmod(0o755)
    folder = home / "prepared"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KPI_API_", "SCORING_", "SIGHTLINE_"))}
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    environment |= {"SIGHTLINE_HOME": str(home), "SAMPLE": str(SAMPLE), "FOLDER": str(folder), "PATH": path}
    environment |= {"KPI_API_PORT": str(claim_port()), "SCORING_PORT": str(claim_port())}
    environment["SIGHTLINE_POSTGRES_SETTINGS"] = os.environ.get("SIGHTLINE_POSTGRES_SETTINGS", "")
    patch = pytest.MonkeyPatch()
    patch.setenv("SIGHTLINE_HOME", str(home))
    try:
        typed = type_commands(environment)
        organization = UUID((folder / "organization").read_text().strip())
        yield Company(organization, folder, environment | {"SIGHTLINE_ORGANIZATION": str(organization)}, typed)
    finally:
        patch.undo()
        subprocess.run(["sightline", "down"], env=environment, check=False, capture_output=True, timeout=120)
        EmbeddedPostgres(home).reset()
        shutil.rmtree(home)


def type_commands(environment: dict[str, str]) -> str:
    steps = HOW_TO.read_text().partition("## AdventureWorks, step by step")[2]
    blocks = re.findall(r"```sh\n(.*?)```", steps, re.DOTALL)
    script = "\n".join([*blocks, 'echo "$SIGHTLINE_ORGANIZATION" > "$FOLDER/organization"'])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def client(company: Company) -> Iterator[Client]:
    """The organization's first HR administrator."""
    with open_client(company.organization, None) as client:
        yield client


def read(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as table:
        return list(csv.DictReader(table))


def sellers() -> dict[str, dict[str, str]]:
    return {row["employee_id"]: row for row in read(SAMPLE / "sales_people.csv")}


def managers() -> dict[str, str]:
    return {row["employee_id"]: row["manager_id"] for row in read(SAMPLE / "people.csv")}


def last_four_quotas(person: str) -> Decimal:
    quotas = sorted((row["quota_date"], Decimal(row["quota"])) for row in read(SAMPLE / "sales_quotas.csv") if row["employee_id"] == person)
    return sum((quota for _, quota in quotas[-4:]), Decimal())


def people_by_number(client: Client) -> dict[str, dict[str, Any]]:
    return {person["external_id"]: person for person in client.pages("kpi_api", "/v1/people")}


def kpis_by_code(client: Client) -> dict[str, dict[str, Any]]:
    return {kpi["code"]: kpi for kpi in client.pages("kpi_api", "/v1/kpis")}


def test_all_290_people_are_there_and_those_hired_before_their_manager_are_flagged(company: Company, client: Client) -> None:
    hired = {row["employee_id"]: row["hire_date"] for row in read(SAMPLE / "people.csv")}
    early = {person for person, manager in managers().items() if manager and hired[person] < hired[manager]}
    assert len(hired) == 290
    assert len(early) == 102

    people = people_by_number(client)
    lines = {number: client.get("kpi_api", f"/v1/people/{people[number]['id']}")["employments"] for number in hired}

    assert people.keys() - hired.keys() - {"B1"} == {"ada@example.com"}
    assert {number for number, (line,) in lines.items() if line["manager_state"] == "starts_later"} == early
    assert {number for number, (line,) in lines.items() if line["manager_state"] == "none"} == {CHIEF_EXECUTIVE}
    assert {number: line["manager_external_id"] or "" for number, (line,) in lines.items()} == managers()


def test_every_sellers_line_of_sight_ends_at_the_chief_executives_kpi(company: Company, client: Client) -> None:
    kpis = kpis_by_code(client)
    assert kpis["sales"]["owner"]["id"] == people_by_number(client)[CHIEF_EXECUTIVE]["id"]
    for person in sellers():
        region = REGIONS[person if person in REGIONS else managers()[person]]
        way = [kpis[code]["id"] for code in (f"sales-{person}", region, "sales-department", "sales")]

        seen = client.get("kpi_api", f"/v1/kpis/{way[0]}/line-of-sight")

        assert seen["paths"] == [way]
        assert seen["complete"]
        assert not seen["orphan"]
        assert seen["mission"] == "Everybody on a bicycle"


def test_a_seller_sees_the_chief_executives_kpi_but_not_who_owns_it_nor_its_sales(company: Company, client: Client) -> None:
    kpis = kpis_by_code(client)
    seller = client.acting_as(people_by_number(client)["276"]["id"])

    seen = seller.get("kpi_api", f"/v1/kpis/{kpis['sales']['id']}")

    assert seen["view"] == "ancestor"
    assert "owner" not in seen
    assert {kpi["code"] for kpi in seller.pages("kpi_api", "/v1/kpis")} == {"sales-276"}


def test_the_levels_above_hold_the_sums_of_those_below(company: Company, client: Client) -> None:
    kpis = kpis_by_code(client)
    sums: dict[str, list[Decimal]] = {}
    for code, kpi in kpis.items():
        (actual,) = client.get("kpi_api", f"/v1/kpis/{kpi['id']}/measurements")["actuals"]
        sums[code] = [Decimal(actual["actual"]), Decimal(actual["target"])]
    for code, kpi in kpis.items():
        below = [sums[child] for child, other in kpis.items() if kpi["id"] in other["contributes_to"]]
        assert not below or sums[code] == [sum(amounts) for amounts in zip(*below, strict=True)]
    assert len([code for code in kpis if not any(kpis[code]["id"] in kpi["contributes_to"] for kpi in kpis.values())]) == 17


def attained(sales: Decimal, quota: Decimal) -> Fraction:
    return Fraction(sales) / Fraction(quota)


def paid_for(attainment: Fraction) -> Fraction:
    """The stated curve: half at 75 % of the quota, all at the quota, in a straight line."""
    assert Fraction(3, 4) < attainment < 1
    return Fraction(1, 2) + (attainment - Fraction(3, 4)) * 2


def expected_payouts() -> dict[str, Decimal]:
    """By hand, from the sample: who has a bonus figure gets its share by the curve."""
    return {
        person: round_half_up(Fraction(row["bonus"]) * paid_for(attained(Decimal(row["sales_year_to_date"]), last_four_quotas(person))), 2)
        for person, row in sellers().items()
        if Decimal(row["bonus"])
    }


def test_sales_lie_between_079_and_096_of_the_last_four_quotas() -> None:
    shares = [attained(Decimal(row["sales_year_to_date"]), last_four_quotas(person)) for person, row in sellers().items()]
    assert len(shares) == 17
    assert Fraction("0.79") < min(shares)
    assert max(shares) < Fraction("0.96")


def test_payroll_pays_each_seller_what_the_curve_gives_and_in_all_what_the_run_says_to_the_cent(company: Company) -> None:
    expected = expected_payouts()
    with open_client(company.organization, "comp_admin") as pay:
        (run,) = pay.get("scoring", "/v1/runs")["items"]

    assert {line["external_id"]: Decimal(line["amount"]) for line in company.payroll} == expected
    assert len(expected) == 14
    assert run["status"] == "released"
    assert {"USD": str(sum(expected.values()))} == run["totals"]["amounts"] == {"USD": "33725.52"}
    assert {(line["currency"], line["pay_group"], line["plan_code"], line["run_id"]) for line in company.payroll} == {
        ("USD", "ADVENTURE-WORKS", "sales-bonus", run["id"])
    }


def test_who_has_no_bonus_figure_is_scored_and_paid_zero_with_the_reason(company: Company, client: Client) -> None:
    numbers = {person["id"]: number for number, person in people_by_number(client).items()}
    with open_client(company.organization, "comp_admin") as pay:
        (run,) = pay.get("scoring", "/v1/runs")["items"]
        lines = {numbers[line["person_id"]]: line for line in pay.pages("scoring", f"/v1/runs/{run['id']}/lines")}

    zero = {number: line for number, line in lines.items() if line["amount"] == "0.00"}

    assert lines.keys() == {*sellers(), VICE_PRESIDENT, CHIEF_EXECUTIVE}
    assert zero.keys() == {*REGIONS, VICE_PRESIDENT, CHIEF_EXECUTIVE}
    assert {line["reason_code"] for line in zero.values()} == {"basis_is_zero"}
    assert all(Decimal(line["composite"]) > Decimal("0.5") for line in lines.values())


def test_a_seller_sees_only_their_own_payout(company: Company, client: Client) -> None:
    seller = client.acting_as(people_by_number(client)["276"]["id"])

    (payout,) = seller.pages("scoring", "/v1/payouts")

    assert Decimal(payout["amount"]) == expected_payouts()["276"]


def test_typed_again_nothing_changes_and_the_payroll_file_has_the_same_bytes(company: Company) -> None:
    again = company.folder / "again.csv"

    measured = company.run("import", "measurements", str(company.folder / "measurements.csv"))
    rolled_up = company.run("roll-up", *REGIONS.values(), "sales-department", "sales")
    units = company.run("import", "units", str(company.folder / "units.csv"))
    pay = company.run("import", "pay-bases", str(company.folder / "pay_bases.csv"), "--as", "comp_admin")
    company.run("payroll", "pull", "--pay-group", "ADVENTURE-WORKS", "--out", str(again), "--as", "payroll")

    assert "0 created, 0 updated, 17 unchanged, 0 error" in measured
    assert rolled_up.count("unchanged") == len(("sales", "sales-department", *REGIONS))
    assert "0 created, 0 updated, 26 unchanged, 0 error" in units
    assert "0 created, 0 updated, 290 unchanged, 0 error" in pay
    assert again.read_bytes() == (company.folder / "payroll.csv").read_bytes()


def test_what_is_wrong_with_a_file_is_said_by_row_and_column_and_the_rest_goes_in(company: Company, client: Client) -> None:
    units, header = company.folder / "bad_units.csv", company.folder / "bad_header.csv"
    units.write_text("code,name,kind,parent\nsales-moon,Sales Moon,team,nowhere\nsales-mars,Sales Mars,team,sales\n")
    header.write_text("person,rolle\n1,board\n")

    code, said = company.type("import", "units", str(units))
    refused, why = company.type("import", "grants", str(header))

    assert (code, "1 created, 0 updated, 0 unchanged, 1 error" in said) == (1, True)
    assert "There is no unit 'nowhere'." in said
    assert {"sales-mars"} == {unit["code"] for unit in client.pages("kpi_api", "/v1/units")} & {"sales-mars", "sales-moon"}
    assert (refused, "Unknown columns: rolle." in why) == (2, True)
    assert len([grant for grant in client.pages("kpi_api", "/v1/grants") if grant["role"] == "board"]) == 1


def test_a_wrong_kpi_is_told_under_the_headings_of_its_file(company: Company) -> None:
    kpis = company.folder / "bad_kpis.csv"
    kpis.write_text(
        "No,definition_code,cycle_code,level,owner_person,Goal,unit\n"
        "x-1,sales-against-quota,FY2025,individual,276,1e5,USD\nx-2,sales-against-quota,FY2025,individual,,5,USD\n"
        "x 3,sales-against-quota,FY2025,individual,276,5,USD\n"
    )

    code, said = company.type("import", "kpis", str(kpis), "--map", "No=code", "--map", "Goal=target", "--json")

    faults = [(error["row"], error["field"]) for result in json.loads(said)["results"] for error in result["errors"]]
    assert code == 1
    assert {(1, "Goal"), (2, "owner_person"), (3, "No")} == set(faults)


def test_a_scorecard_that_cannot_be_signed_is_named_with_the_reason(company: Company) -> None:
    """Given a later cycle with one scorecard of 90 percent and one of 100, then the other is signed all the same."""
    kpis, cards = company.folder / "later_kpis.csv", company.folder / "later_cards.csv"
    kpis.write_text(
        "code,definition_code,cycle_code,level,owner_person,target,unit\n"
        "later-276,sales-against-quota,FY2026,individual,276,5,USD\nlater-277,sales-against-quota,FY2026,individual,277,5,USD\n"
    )
    cards.write_text("person,cycle_code,kpi_code,weight\n276,FY2026,later-276,90\n277,FY2026,later-277,100\n")
    company.run("cycle", "create", "FY2026", "--first-day", "2025-06-01", "--last-day", "2026-05-31")
    company.run("import", "kpis", str(kpis))
    company.run("import", "scorecards", str(cards))

    code, said = company.type("scorecard", "agree", "FY2026", "--json")

    answer = json.loads(said)
    assert (code, answer["agreed"]) == (1, 1)
    (refusal,) = answer["refused"]
    assert (refusal["person"], refusal["code"]) == ("276", "scorecard_refused")
    assert refusal["message"] == "The weights total 90.00; they must total 100.00."


def test_a_kept_agreement_is_verified_and_a_forged_one_is_not(company: Company, client: Client) -> None:
    """Given an agreement kept as a file, and one whose text and digest were changed together, so that it agrees with itself."""
    card = next(card for card in client.pages("kpi_api", "/v1/scorecards") if card["agreement_digest"])
    kept = client.get("kpi_api", f"/v1/scorecards/{card['id']}/agreement")
    forged = kept["document"] | {"window_start": "2000-01-01"}
    files = {"kept": kept, "forged": kept | {"document": forged, "digest": digest(forged)}}
    for name, content in files.items():
        (company.folder / f"{name}.json").write_text(json.dumps(content))

    found = {name: company.type("scorecard", "verify", str(company.folder / f"{name}.json"), "--json") for name in files}

    told = {name: (code, json.loads(said)["intact"], json.loads(said)["signed"]) for name, (code, said) in found.items()}
    assert told == {"kept": (0, True, True), "forged": (1, True, False)}


def test_nobody_approves_their_own_plan_and_the_command_says_so(company: Company) -> None:
    code, said = company.type("plan", "approve", "sales-bonus", "--as", "comp_admin", "--json")

    assert code != 0
    assert "somebody else must approve it" in said
