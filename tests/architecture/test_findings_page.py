"""`docs/findings.md` lists every rule of the design linter, as it is."""

from pathlib import Path

from kpi_api.findings import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "findings.md").read_text()


def rules_table() -> str:
    rows = [
        f"| `{rule.code}` | {rule.severity} | {rule.subject} | {rule.title}. {rule.reason} | {rule.consequence} | {rule.fix} |"
        f" {rule.origin.source}{', ' if rule.origin.section else ''}{rule.origin.section} |"
        for rule in RULES.values()
    ]
    head = "| code | severity | about | what and why | what follows | what to do | from |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *rows])


def test_the_page_lists_the_rules_as_they_are() -> None:
    assert rules_table() in PAGE, f"docs/findings.md should hold this table:\n\n{rules_table()}"
