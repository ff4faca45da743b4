"""A plan: a document of named, typed steps read from top to bottom, checked before any number is known.

`load_plan` reads YAML or JSON text (`chassis.documents`, numbers exact) or the same already read, and refuses what could not be computed:
unknown steps and figures, a step used before it stands, money added to a ratio, bounds that could overflow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from pydantic import ValidationError

from chassis.documents import DocumentProblem, digest, load_document
from chassis.field_errors import code_of, json_pointer, plain_words
from chassis.problems import FieldError
from scoring.engine.document import PlanDocument
from scoring.engine.meanings import LINE_FACTS, PAY_FACTS, PERSON_FACTS, Level, Meaning, Unit
from scoring.engine.problems import PlanInvalid, StepProblem
from scoring.engine.steps import OverEveryone, Scope, Step


@dataclass(frozen=True)
class Plan:
    """A checked plan. `meanings` holds level, unit and proven bounds of every figure and step."""

    document: PlanDocument
    meanings: Mapping[str, Meaning]

    @property
    def code(self) -> str:
        return self.document.plan

    @property
    def steps(self) -> list[Any]:
        return self.document.steps

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the canonical form: defaults written out, numbers normalised, keys sorted; layout and comments do not count."""
        return digest(self.document.model_dump(mode="json"))

    @cached_property
    def levels(self) -> dict[str, Level]:
        return {name: meaning.level for name, meaning in self.meanings.items()}

    @cached_property
    def pay_steps(self) -> frozenset[str]:
        """The steps that give money or need a pay fact, so that live scores go without them."""
        found = set(PAY_FACTS)
        for step in self.steps:
            if self.meanings[step.name].unit is Unit.MONEY or found.intersection(_references(step)):
                found.add(step.name)
        return frozenset(found - PAY_FACTS)

    @cached_property
    def score_step(self) -> str | None:
        """The per-line value that the last mean by weights takes (else the last sum or extreme over lines): the score of each line."""
        taken: dict[bool, str] = {}
        for step in self.steps:
            of = getattr(step, "of", None)
            if self.levels[step.name] is Level.PERSON and isinstance(of, str) and of in self._line_steps:
                taken[step.kind == "weighted_mean"] = of
        return taken.get(True) or taken.get(False)

    @cached_property
    def _line_steps(self) -> set[str]:
        return {step.name for step in self.steps if self.levels[step.name] is Level.LINE}


def load_plan(document: str | bytes | Mapping[str, Any]) -> Plan:
    """Read and check a plan. Raises PlanInvalid, whose `errors` name step, field and code."""
    read = _read(document)
    try:
        parsed = PlanDocument.model_validate(read)
    except ValidationError as error:
        raise PlanInvalid(_field_errors(error.errors(include_url=False), read)) from None
    return Plan(parsed, _checked(parsed))


def plan_json_schema() -> dict[str, Any]:
    """The plan language as JSON Schema 2020-12, as published in openapi/plan.schema.json."""
    schema = PlanDocument.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "Sightline plan"}


def _read(document: str | bytes | Mapping[str, Any]) -> Any:
    if isinstance(document, Mapping):
        return dict(document)
    try:
        text = document if isinstance(document, str) else document.decode("utf-8-sig")
        return load_document(text)
    except UnicodeDecodeError as error:
        raise PlanInvalid([FieldError(field="", code="wrong_encoding", message=f"Byte {error.start + 1} is not UTF-8.")]) from None
    except DocumentProblem as problem:
        raise PlanInvalid([FieldError(field=problem.path, code=problem.code, message=str(problem), row=problem.line)]) from None


def _field_errors(problems: Sequence[Any], document: Any) -> list[FieldError]:
    """pydantic's findings in the document's own words. Of a field that may have several shapes, the deepest finding is the useful one."""
    placed = [(_path(problem, document), problem) for problem in problems]
    paths = [path for path, _ in placed]
    deepest = [
        (path, problem) for path, problem in placed if not any(len(other) > len(path) and other[: len(path)] == path for other in paths)
    ]
    return [_field_error(path, problem, document) for path, problem in deepest]


def _path(problem: Any, document: Any) -> tuple[Any, ...]:
    """The part of pydantic's location that is in the document: it also names the kinds and shapes it tried."""
    path, here = [], document
    for part in problem["loc"]:
        if (isinstance(here, Mapping) and part in here) or (isinstance(here, list) and isinstance(part, int) and part < len(here)):
            here = here[part]
            path.append(part)
    return (*path, problem["loc"][-1]) if problem["type"] == "missing" else tuple(path)


def _field_error(path: tuple[Any, ...], problem: Any, document: Any) -> FieldError:
    code, words = _CODES.get(problem["type"], code_of(problem)), _MESSAGES.get(problem["type"])
    words = plain_words(problem) if words is None else words.format_map(problem.get("ctx", {}))
    return FieldError(field=json_pointer(path), code=code, message=f"{_step_title(path, document)}{words}")


_CODES: Final = {"union_tag_invalid": "unknown_step_kind", "union_tag_not_found": "step_kind_missing"}
_MESSAGES: Final = {
    "union_tag_not_found": "Say what kind of step this is.",
    "union_tag_invalid": 'There is no kind of step "{tag}"; known are {expected_tags}.',
}


def _step_title(path: tuple[Any, ...], document: Any) -> str:
    try:
        return f'Step "{document["steps"][path[1]]["name"]}": ' if path[0] == "steps" else ""
    except (LookupError, TypeError):
        return ""


def _checked(document: PlanDocument) -> dict[str, Meaning]:
    """The meaning of every figure and step. Raises PlanInvalid with everything that is wrong."""
    errors: list[FieldError] = []
    places = {step.name: place for place, step in reversed(list(enumerate(document.steps)))}
    scope = Scope({**LINE_FACTS, **PERSON_FACTS}, places, document.rates, document.currency)
    for place, given in enumerate(document.inputs):
        if given.name in scope.meanings:
            errors.append(_taken(f"/inputs/{place}/name", given.name))
        scope.meanings[given.name] = given.meaning(document.currency)
    after_everyone = False
    for place, step in enumerate(document.steps):
        meaning = _check_step(step, place, scope, after_everyone, errors)
        scope.meanings[step.name] = meaning
        after_everyone = after_everyone or isinstance(step, OverEveryone)
    errors += _check_results(document, scope)
    errors += _check_attainments(document)
    errors += _check_kpis(document)
    if errors:
        raise PlanInvalid(errors)
    return {name: meaning for name, meaning in scope.meanings.items() if meaning is not None}


def _check_step(step: Step, place: int, scope: Scope, after_everyone: bool, errors: list[FieldError]) -> Meaning | None:
    path = f"/steps/{place}"
    if step.name in scope.meanings:
        errors.append(_taken(f"{path}/name", step.name))
    try:
        meaning = step.checked(scope)
        uses_lines = meaning.level is Level.LINE or any(scope.find(name, "").level is Level.LINE for name in _references(step))
        if after_everyone and uses_lines:
            raise StepProblem("line_step_after_everyone", "", "Steps after a total or a pool work per person; move this one above it.")
        return meaning
    except StepProblem as problem:
        if problem.code != "depends_on_problem":
            field = f"{path}/{problem.field}".rstrip("/")
            errors.append(FieldError(field=field, code=problem.code, message=f'Step "{step.name}": {problem.message}'))
        return None


def _taken(field: str, name: str) -> FieldError:
    return FieldError(field=field, code="name_taken", message=f'"{name}" is already the name of a figure or an earlier step.')


def _check_results(document: PlanDocument, scope: Scope) -> list[FieldError]:
    """`composite` and `payout` name steps per person of the right unit."""
    names = {step.name for step in document.steps}
    errors = []
    wanted: list[tuple[Literal["composite", "payout"], Unit]] = [("composite", Unit.PLAIN), ("payout", Unit.MONEY)]
    for field, unit in wanted:
        name = getattr(document, field)
        if name is None:
            continue
        meaning = scope.meanings.get(name)
        if name not in names:
            errors.append(FieldError(field=f"/{field}", code="unknown_reference", message=f'There is no step "{name}".'))
        elif meaning is not None and meaning.currency is not None:
            message = f'"{name}" is in {meaning.currency}; what is paid is in each person\'s own currency. Convert it into own.'
            errors.append(FieldError(field=f"/{field}", code="currency_mismatch", message=message))
        elif meaning is not None and (meaning.level is not Level.PERSON or meaning.unit is not unit):
            message = f'"{name}" is {meaning.unit} per {meaning.level}; the {field} is {unit} per person.'
            errors.append(FieldError(field=f"/{field}", code="unit_mismatch", message=message))
    return errors


def _check_attainments(document: PlanDocument) -> list[FieldError]:
    attainments = [place for place, step in enumerate(document.steps) if step.kind == "attainment"]
    return [
        FieldError(
            field=f"/steps/{place}", code="second_attainment", message="A plan has one attainment step; curves and gates work on it."
        )
        for place in attainments[1:]
    ]


def _check_kpis(document: PlanDocument) -> list[FieldError]:
    """A plan that lists its KPI codes names no other in a step's `only`."""
    if document.kpis is None:
        return []
    named = [(place, step, getattr(step, "only", None)) for place, step in enumerate(document.steps)]
    return [
        FieldError(
            field=f"/steps/{place}/only/kpi/{number}",
            code="unknown_kpi",
            message=f'Step "{step.name}": "{code}" is none of the plan\'s KPIs; they are {", ".join(document.kpis)}.',
        )
        for place, step, selection in named
        for number, code in enumerate([] if selection is None else selection.kpi or [])
        if code not in document.kpis
    ]


def _references(step: Step) -> list[str]:
    return [operand for operand in step.operands() if isinstance(operand, str)]
