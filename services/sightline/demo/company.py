"""Meridale, the demo company, as its files in `files/` describe it. Names and numbers are invented."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from chassis.documents import load_document

FOLDER: Final = Path(__file__).parent / "files"
YEAR: Final = 2026
CYCLE: Final = "2026"

# Who does what besides their own work; numbers are Meridale's employee numbers.
CHIEF_EXECUTIVE, HEAD_OF_PEOPLE, HEAD_OF_FINANCE, CHIEF_OPERATING_OFFICER = "M001", "M011", "M010", "M004"
PAYROLL_CLERK, BOARD_MEMBER = "M055", "B001"
ROLES_GRANTED: Final = {
    HEAD_OF_PEOPLE: "hr_admin",
    HEAD_OF_FINANCE: "comp_admin",
    CHIEF_OPERATING_OFFICER: "comp_admin",
    PAYROLL_CLERK: "payroll",
    BOARD_MEMBER: "comp_admin",
}
PART_TIMER, MOVER, STORYTELLER, JOINER = "M021", "M044", "M019", "M061"


def read_csv(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="") as file:
        return list(csv.DictReader(file))


def read_text(name: str) -> str:
    return (FOLDER / name).read_text()


@dataclass
class Meridale:
    """The company while its year is played: what the files say, and the ids that the services gave."""

    administrator: str
    people: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    legal_entities: dict[str, str] = field(default_factory=dict)
    cycle_id: str = ""
    kpis: dict[str, str] = field(default_factory=dict)
    scorecards: dict[str, str] = field(default_factory=dict)
    new_managers: dict[str, str] = field(default_factory=dict)
    run_id: str = ""
    batches: list[dict[str, Any]] = field(default_factory=list)

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """Everybody who works there on 1 January, and who joins in May."""
        return [*read_csv("people.csv"), *read_csv("joiner.csv")]

    @cached_property
    def strategy(self) -> Mapping[str, Any]:
        """Mission, outcomes, definitions and the KPIs above the individual level."""
        document: Mapping[str, Any] = load_document(read_text("strategy.yaml"))
        return document

    def manager_of(self, number: str) -> str:
        """The employee number of somebody's manager of the day, empty for the chief executive."""
        return self.new_managers.get(number) or next(row["manager"] for row in self.rows if row["employee_number"] == number)

    def id(self, number: str) -> str:
        return self.people[number]

    @property
    def hr(self) -> str:
        return self.people[HEAD_OF_PEOPLE]

    @property
    def pay(self) -> str:
        """Who runs pay; somebody else approves."""
        return self.people[HEAD_OF_FINANCE]

    @property
    def clerk(self) -> str:
        """Who works in payroll."""
        return self.people[PAYROLL_CLERK]

    @property
    def approver(self) -> str:
        """Who approves runs: a board member, who is not paid by them."""
        return self.people[BOARD_MEMBER]

    @property
    def second_pay(self) -> str:
        return self.people[CHIEF_OPERATING_OFFICER]
