"""Texts that fit into a box: wrapped at words, and ellipsised where there is no more room. Pure.

Widths are estimated, in any script: East Asian characters are twice as wide as others, marks have no width of their own.
"""

import unicodedata

NARROW = set("fijlrtI.,;:'|!()[] ·")
WIDE = set("mwMW%@—–…")
ELLIPSIS = "…"


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a usual sans-serif font of `size`."""
    return size * sum(_share(character) for character in text)


def _share(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1
    if character in NARROW:
        return 0.31
    if character in WIDE:
        return 0.92
    return 0.7 if character.isupper() else 0.56


def ellipsised(text: str, size: float, room: float) -> str:
    """The text, or as much of its beginning as there is room for."""
    if text_width(text, size) <= room:
        return text
    kept = ""
    for character in text:
        if text_width(kept + character + ELLIPSIS, size) > room:
            break
        kept += character
    return kept.rstrip() + ELLIPSIS


def wrapped(text: str, size: float, room: float, lines: int) -> list[str]:
    """The text in at most so many lines; only the last is ellipsised, and so is a word that is wider than the box."""
    words, found = text.split(), list[str]()
    while words and len(found) < lines - 1:
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= room:
            line += f" {words.pop(0)}"
        found.append(ellipsised(line, size, room))
    return [*found, ellipsised(" ".join(words), size, room)] if words else found or [""]
