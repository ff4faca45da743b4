"""`sightline plan new`: a plan of one of the five structures, as a file to read and change. One command per structure, its parameters as
options."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sightline.cli.terminal import AsJson, output, show_json, show_step
from sightline.problems import BadUsage

if TYPE_CHECKING:
    from scoring.engine.templates import Parameter, Structure


class Structures(TyperGroup):
    """The structures as commands, made when one is asked for, so that other commands do not wait for the engine."""

    def list_commands(self, ctx: Any) -> list[str]:
        from scoring.engine.templates import STRUCTURES

        return [name.replace("_", "-") for name in STRUCTURES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        from scoring.engine.templates import STRUCTURES

        name = cmd_name.replace("-", "_")
        if name not in STRUCTURES:
            return None
        alone = typer.Typer(add_completion=False)
        alone.command(cmd_name)(_command(name, STRUCTURES[name]))
        return typer.main.get_command(alone)


app = typer.Typer(cls=Structures, no_args_is_help=True)


@app.callback()
def structures() -> None:
    """Write a plan of one of the five structures, as a file to read and change."""


Out = Annotated[Path | None, typer.Option(help="Where to write it; - prints it. CODE.yaml if left out.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")]


def _command(name: str, structure: "Structure") -> Callable[..., None]:
    """The command of one structure."""

    def new(out: Path | None = None, overwrite: bool = False, as_json: bool = False, **parameters: str) -> None:
        _write(name, parameters, out, overwrite, as_json)

    options = [_option(parameter, given) for parameter, given in structure.parameters.items()]
    common = [_plain("out", Out, None), _plain("overwrite", Overwrite, default=False), _plain("as_json", AsJson, default=False)]
    new.__signature__ = inspect.Signature([*options, *common])  # type: ignore[attr-defined]
    new.__annotations__ = {parameter.name: parameter.annotation for parameter in (*options, *common)}
    new.__doc__ = f"{structure.description}\n\nExample: `sightline plan new {name.replace('_', '-')} --code bonus_2027`."
    return new


def _option(name: str, given: "Parameter") -> inspect.Parameter:
    return _plain(name, Annotated[str, typer.Option(f"--{name.replace('_', '-')}", help=given.description)], given.default)


def _plain(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _write(name: str, parameters: dict[str, str], out: Path | None, overwrite: bool, as_json: bool) -> None:
    from chassis.problems import Problem
    from scoring.engine import new_plan

    try:
        document = new_plan(name, **parameters)
    except Problem as problem:
        raise BadUsage(
            problem.detail, f"Nothing was written ({problem.code}). See `sightline plan new {name.replace('_', '-')} --help`."
        ) from problem
    if out == Path("-"):
        output.out(document, end="", highlight=False)
        return
    file = out or Path(f"{parameters['code']}.yaml")
    _save(file, document, overwrite)
    next_command = f"sightline plan check {file}"
    if as_json:
        show_json({"file": str(file), "structure": name, "parameters": parameters, "next": next_command})
    else:
        show_step(f"{file} is written. Change what you like, then see what is worth a second look:\n  {next_command}")


def _save(file: Path, document: str, overwrite: bool) -> None:
    """Raises BadUsage where a file is there already, or the folder is not."""
    try:
        with file.open("w" if overwrite else "x", encoding="utf-8") as opened:
            opened.write(document)
    except FileExistsError:
        raise BadUsage(f"{file} is there already.", "Name another file with --out, or replace it with --overwrite.") from None
    except OSError as error:
        raise BadUsage(f"{file} cannot be written: {error.strerror}.", "Name another file with --out.") from None
