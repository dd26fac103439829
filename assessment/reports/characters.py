"""Hostile and undrawable characters, made visible.

A name may carry marks that turn the direction of reading, characters that no font covers, or controls. None
may act, none may vanish: each is shown as its code point, `[U+202E]`.
"""

from __future__ import annotations

import functools
import unicodedata

from assessment.reports.fonts import drawable

# Controls, format characters (bidirectional marks among them), surrogates, private use, unassigned,
# line and paragraph separators, and marks that stack on the character before them.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me", "Mc"})
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_KEPT = frozenset("\n\t ")


def visible(text: str) -> str:
    """The text with every character that cannot be drawn, or that acts, shown as its code point."""
    odd = {ord(character) for character in set(text) if not _plain(character)}
    return text.translate({point: f"[U+{point:04X}]" for point in odd}) if odd else text


@functools.cache
def _plain(character: str) -> bool:
    if character in _KEPT:
        return True
    if unicodedata.category(character) in _UNSAFE or unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return False
    return ord(character) in drawable()
