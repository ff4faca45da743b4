"""Reads the text of an expression into terms. Python's own parser gives the tree; only the nodes named here are let through."""

import ast
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Final

from pydantic_core import PydanticCustomError

from chassis.expressions.functions import FUNCTIONS
from chassis.expressions.names import check_characters, check_name, check_names
from chassis.expressions.problems import ExpressionProblem
from chassis.expressions.terms import Measure, Number, Operation, Operator, Term
from chassis.expressions.unit_rules import common_unit, condition, numeric, product_unit, quotient_unit
from chassis.expressions.units import TRUTH, Unit
from chassis.numbers import read_exact

MAXIMUM_CHARACTERS: Final = 4_000
MAXIMUM_NODES: Final = 200
MAXIMUM_DEPTH: Final = 50

_TOO_COMPLEX: Final = (
    f"The expression is too large: at most {MAXIMUM_NODES} parts, nested at most {MAXIMUM_DEPTH} deep; split it into several KPIs or steps."
)
_LITERAL: Final = "Only numbers may be written here, as digits with at most one point between digits."
_FOREIGN_LITERALS: Final = re.compile(r"""['"\\]|(?<![\w.])[0-9][0-9.]*[A-Za-z_]""")

SYMBOLS: Final[Mapping[type[ast.AST], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">=", ast.Eq: "==",
    ast.NotEq: "!=", ast.And: "and", ast.Or: "or", ast.Not: "not", ast.IfExp: "if else",
}  # fmt: skip

UnitRule = Callable[[Term, Term, int], Unit | None]

ARITHMETIC: Final[Mapping[type[ast.operator], tuple[Operator, UnitRule]]] = {
    ast.Add: ("add", lambda left, right, position: common_unit([left, right], position)),
    ast.Sub: ("subtract", lambda left, right, position: common_unit([left, right], position)),
    ast.Mult: ("multiply", product_unit),
    ast.Div: ("divide", quotient_unit),
}
COMPARISONS: Final[Mapping[type[ast.cmpop], tuple[Operator, bool, bool]]] = {
    ast.Lt: ("less", False, False),
    ast.Gt: ("less", True, False),
    ast.LtE: ("at_most", False, False),
    ast.GtE: ("at_most", True, False),
    ast.Eq: ("equal", False, False),
    ast.NotEq: ("equal", False, True),
}
"""Operator, whether the sides change places, whether the answer is turned round."""


def read_term(text: str, measures: Mapping[str, Unit]) -> Term:
    """The checked tree. Raises ExpressionProblem."""
    return _Grammar(text, measures).term()


class _Grammar:
    def __init__(self, text: str, measures: Mapping[str, Unit]) -> None:
        if len(text) > MAXIMUM_CHARACTERS:
            raise ExpressionProblem("too_long", f"The expression is longer than {MAXIMUM_CHARACTERS} characters.", MAXIMUM_CHARACTERS + 1)
        line = re.sub(r"\s", " ", unicodedata.normalize("NFC", text))
        check_characters(line)
        check_names(measures)
        self._source = line.strip()
        self._indent = len(line) - len(line.lstrip())
        self._measures = measures

    def term(self) -> Term:
        tree = self._parsed().body
        for count, (node, depth) in enumerate(_walk(tree)):
            if count >= MAXIMUM_NODES or depth > MAXIMUM_DEPTH:
                raise self._problem(node, "too_complex", _TOO_COMPLEX)
        return self._read(tree)

    def _parsed(self) -> ast.Expression:
        if "#" in self._source:
            raise ExpressionProblem("syntax", "There are no comments in an expression.", self._indent + self._source.index("#") + 1)
        if other := _FOREIGN_LITERALS.search(self._source):
            raise ExpressionProblem("literal", _LITERAL, self._indent + other.start() + 1)
        try:
            return ast.parse(self._source, mode="eval")
        except SyntaxError as error:
            position = self._indent + (error.offset or 1)
            if "too many nested" in error.msg:
                raise ExpressionProblem("too_complex", _TOO_COMPLEX, position) from error
            raise ExpressionProblem("syntax", f"This cannot be read: {error.msg}.", position) from error
        except (MemoryError, RecursionError) as error:  # how the parser says that it is nested too deeply
            raise ExpressionProblem("too_complex", _TOO_COMPLEX, 1) from error
        except ValueError as error:
            raise ExpressionProblem("syntax", "This cannot be read.", 1) from error

    def _read(self, node: ast.AST) -> Term:
        position = self._position(node)
        match node:
            case ast.Constant():
                return self._number(node)
            case ast.Name():
                return self._measure(node, self._written(node))
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in ARITHMETIC:
                return _arithmetic(operator, self._read(left), self._read(right), position)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not() as operator, operand=operand):
                return _unary(operator, self._read(operand), position)
            case ast.Compare():
                return self._comparison(node)
            case ast.BoolOp(op=operator, values=values):
                return _logic("and" if isinstance(operator, ast.And) else "or", [self._condition(value) for value in values])
            case ast.IfExp(test=test, body=body, orelse=orelse):
                branches = self._read(body), self._read(orelse)
                return Operation("choose", (self._condition(test), *branches), common_unit(branches, position))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(node, name, arguments)
        raise self._problem(node, "not_in_language", "This is not part of the language; see its grammar for what is.")

    def _condition(self, node: ast.AST) -> Term:
        return condition(self._read(node), self._position(node))

    def _number(self, node: ast.Constant) -> Term:
        written = self._written(node)
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", written):
            raise self._problem(node, "literal", _LITERAL)
        try:
            return Number(read_exact(written))
        except PydanticCustomError as error:
            raise self._problem(node, "literal", f"{error.message()}.") from error

    def _measure(self, node: ast.Name, name: str) -> Term:
        """By the name as written: the parser's own has compatibility characters folded."""
        if name in self._measures:
            return Measure(name, self._measures[name])
        try:
            check_name(name)
        except ExpressionProblem as problem:
            raise self._problem(node, problem.code, problem.message) from None
        known = ", ".join(sorted(self._measures)) or "none"
        raise self._problem(node, "unknown_measure", f'There is no measure "{name}"; known: {known}.')

    def _written(self, node: ast.expr) -> str:
        return self._source.encode()[node.col_offset : node.end_col_offset].decode()

    def _comparison(self, node: ast.Compare) -> Term:
        sides = [self._read(side) for side in [node.left, *node.comparators]]
        pairs = zip(node.ops, sides, sides[1:], strict=False)
        return _logic("and", [self._compared(node, *pair) for pair in pairs])

    def _compared(self, node: ast.Compare, operator: ast.cmpop, left: Term, right: Term) -> Term:
        if type(operator) not in COMPARISONS:
            raise self._problem(node, "not_in_language", "Compare with < <= > >= == or !=.")
        common_unit([left, right], self._position(node))
        name, swapped, negated = COMPARISONS[type(operator)]
        term = Operation(name, (right, left) if swapped else (left, right), TRUTH)
        return Operation("not", (term,), TRUTH) if negated else term

    def _call(self, node: ast.Call, name: str, arguments: list[ast.expr]) -> Term:
        if name not in FUNCTIONS:
            raise self._problem(node, "unknown_function", f'There is no function "{name}"; known: {", ".join(sorted(FUNCTIONS))}.')
        function = FUNCTIONS[name]
        least, most = function.least, function.most
        if not least <= len(arguments) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            raise self._problem(node, "arguments", f"{name} takes {wanted} values, but was given {len(arguments)}.")
        return function.build([self._read(argument) for argument in arguments], self._position(node))

    def _position(self, node: ast.AST) -> int:
        # The parser counts bytes of UTF-8; people count characters.
        return self._indent + len(self._source.encode()[: getattr(node, "col_offset", 0)].decode()) + 1

    def _problem(self, node: ast.AST, code: str, message: str) -> ExpressionProblem:
        return ExpressionProblem(code, message, self._position(node))


def _arithmetic(operator: ast.operator, left: Term, right: Term, position: int) -> Term:
    name, unit_of = ARITHMETIC[type(operator)]
    return Operation(name, (left, right), unit_of(left, right, position))


def _unary(operator: ast.unaryop, operand: Term, position: int) -> Term:
    if isinstance(operator, ast.Not):
        return Operation("not", (condition(operand, position),), TRUTH)
    unit = numeric(operand, position)
    return operand if isinstance(operator, ast.UAdd) else Operation("subtract", (Number(read_exact(0)), operand), unit)


def _logic(operator: Operator, terms: list[Term]) -> Term:
    return reduce(lambda left, right: Operation(operator, (left, right), TRUTH), terms)


def _walk(node: ast.AST, depth: int = 1) -> Iterator[tuple[ast.AST, int]]:
    """Every expression node with its depth, parents first; the caller stops at its limits."""
    yield node, depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from _walk(child, depth + 1)
