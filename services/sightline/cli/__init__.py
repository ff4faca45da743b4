"""The `sightline` command: one module for each command or group of commands, all listed here.

A command's module imports what only that command needs inside its function, so that `sightline --help` stays quick. A command reports what
went wrong by raising an `OperatorProblem`; `main` puts it into words (JSON with `--json`) and ends with its code.
"""

import sys

import typer

from sightline.cli import (
    api_key,
    audit,
    bench,
    call,
    cascade,
    contracts,
    cycle,
    database,
    demo,
    dictionary,
    explain,
    formula,
    grant,
    identity,
    import_,
    jobs,
    keys,
    lint,
    migrate,
    organization,
    payroll,
    person,
    plan,
    roll_up,
    run,
    score,
    scorecard,
    scorecard_assign,
    status,
    template,
    token,
    up,
)
from sightline.cli.terminal import show_problem
from sightline.problems import OperatorProblem

EXIT_CODES = """Exit codes: 0 done, 1 failed, 2 wrong usage, 3 already or not running or port taken, 4 no permission or no space,
5 PostgreSQL missing, unreachable or of a wrong version, 6 migrations missing or ahead, 7 a service failed, 130 interrupted."""

app = typer.Typer(
    name="sightline",
    help="Run Sightline on this machine: KPIs, scorecards, scores and bonus pay.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(up.up)
app.command()(up.down)
app.command()(demo.demo)
app.command()(status.status)
app.command()(migrate.migrate)
app.command()(contracts.contracts)
app.command()(bench.bench)
app.command()(token.token)
app.command()(score.score)
app.command()(explain.explain)
app.add_typer(keys.app, name="keys")
app.add_typer(api_key.app, name="api-key")
app.add_typer(organization.app, name="organization")
app.add_typer(grant.app, name="grant")
app.add_typer(identity.app, name="identity")
app.add_typer(import_.app, name="import")
app.command()(call.call)
app.command()(roll_up.roll_up)
app.command()(lint.lint)
app.add_typer(cascade.app, name="cascade")
app.add_typer(cycle.app, name="cycle")
app.add_typer(dictionary.app, name="dictionary")
app.add_typer(scorecard.definition, name="definition")
app.add_typer(scorecard.scorecard, name="scorecard")
for command in (scorecard_assign.assign, scorecard_assign.copy, scorecard_assign.undo):
    scorecard.scorecard.command()(command)
app.add_typer(formula.app, name="formula")
app.add_typer(template.app, name="template")
app.add_typer(plan.app, name="plan")
app.add_typer(run.app, name="run")
app.add_typer(payroll.app, name="payroll")
app.add_typer(person.app, name="person")
app.add_typer(database.app, name="db")
app.add_typer(jobs.app, name="jobs")
app.add_typer(audit.app, name="audit")


def main() -> None:
    """Run the command line of this process and exit."""
    try:
        app()
    except OperatorProblem as problem:
        show_problem(problem, as_json="--json" in sys.argv)
        sys.exit(problem.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
