"""How an expression may be written: which characters, and which names measures may have, in any script.

Python's parser folds compatibility characters in names (the ligature "ﬁ" becomes "fi", a full-width letter its plain twin) and takes
letters of different scripts that look alike for different ones. Neither may pass unseen: a folded form is refused with the plain one, a
name mixes no look-alike scripts, and two measures of a formula do not look the same. Text is compared in Unicode's form NFC.
"""

import keyword
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from chassis.expressions.problems import ExpressionProblem

MAXIMUM_NAME: Final = 100

_HIDDEN: Final = {"Cf", "Cc", "Cs", "Co", "Cn"}
_SPELLED_SO: Final = "\u0e33\u0eb3\u0edc\u0edd"
"""Thai and Lao letters that have a compatibility form but are ordinary spelling."""

_LOOK_ALIKE: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁԛԝһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧοιανυρκ",
    "ABESIJKMHOPCTYXaesijopcyxdqwhlABEZHIKMNOPTYXoiavupk",  # pragma: allowlist secret
)
_LOOK_ALIKE_SCRIPTS: Final = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "COPTIC", "CHEROKEE"}
_SIGNS: Final = {
    "×": "*", "·": "*", "÷": "/", "∕": "/", "−": "-", "–": "-", "—": "-", "≤": "<=", "≥": ">=", "≠": "!=", "（": "(", "）": ")", "，": ",",
    "＋": "+", "－": "-", "＊": "*", "／": "/", "＝": "==", "＜": "<", "＞": ">", "、": ",", "،": ",", "٫": ".", "٬": "",
}  # fmt: skip
_NUMBER: Final = re.compile(r"(?<!\w)\d[\d.]*")


def check_characters(text: str) -> None:
    """Raises ExpressionProblem: hidden_character for what cannot be seen (direction marks, zero-width and control characters), digits for
    those of another script in a number, sign for a look-alike of an operator."""
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in _HIDDEN and not character.isspace():
            code = f"U+{ord(character):04X}"
            raise ExpressionProblem("hidden_character", f"There is a character here that cannot be seen, {code}; delete it.", position)
        if character in _SIGNS:
            raise ExpressionProblem("sign", f'Write "{_SIGNS[character]}" instead of "{character}".', position)
    for number in _NUMBER.finditer(text):
        if not number[0].isascii():
            plain = "".join(str(unicodedata.decimal(digit, digit)) for digit in number[0])
            raise ExpressionProblem("digits", f'Write numbers with the digits 0 to 9: "{plain}", not "{number[0]}".', number.start() + 1)


def check_names(names: Iterable[str]) -> None:
    """Raises ExpressionProblem: measure_name for what is no name, name_form for one in a compatibility form, mixed_scripts for letters of
    look-alike scripts in one name, confusable_names for two names that look the same."""
    seen: dict[str, str] = {}
    for name in names:
        check_name(name)
        other = seen.setdefault(_look(name), name)
        if other != name:
            message = f'Two measures look alike: "{other}" ({_scripts_of(other)}) and "{name}" ({_scripts_of(name)}); rename one of them.'
            raise ExpressionProblem("confusable_names", message)


def check_name(name: str) -> None:
    """Raises ExpressionProblem as `check_names`, for one name."""
    if len(name) > MAXIMUM_NAME or not name.isidentifier() or keyword.iskeyword(name):
        why = "is a word of the language" if keyword.iskeyword(name) else "is no name"
        rule = f"a name begins with a letter and holds letters of any script, digits and underscores, at most {MAXIMUM_NAME}"
        raise ExpressionProblem("measure_name", f'"{name[:MAXIMUM_NAME]}" {why}: {rule}.')
    if name != (plain := plain_form(name)):
        raise ExpressionProblem("name_form", f'"{name}" only looks like "{plain}": write "{plain}".')
    if len(_scripts(name) & _LOOK_ALIKE_SCRIPTS) > 1:
        raise ExpressionProblem("mixed_scripts", f'"{name}" mixes letters of {_scripts_of(name)} that look alike; write it in one script.')


def plain_form(name: str) -> str:
    """The name without compatibility characters, in form NFC: "ﬁrst" is "first", a full-width "ａ" is "a"."""
    plain = "".join(character if character in _SPELLED_SO else unicodedata.normalize("NFKC", character) for character in name)
    return unicodedata.normalize("NFC", plain)


def _look(name: str) -> str:
    return unicodedata.normalize("NFKC", name).translate(_LOOK_ALIKE)


def _scripts(name: str) -> set[str]:
    """The scripts of its letters, by the first word of their names in Unicode."""
    return {unicodedata.name(character, "").split(" ")[0] for character in name if character.isalpha()}


def _scripts_of(name: str) -> str:
    return " and ".join(sorted(script.capitalize() for script in _scripts(name))) or "no letters"
