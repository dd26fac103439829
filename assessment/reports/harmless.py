"""Text from outside on screens and in spreadsheets, whose fonts draw nearly every script.

Characters that act, that cannot be seen, or that XML forbids are shown as their code point, `[U+202E]`; marks
that pile up on one letter are shown from the third on. Letters of every script stay. (On paper
`assessment.reports.characters` is stricter: there, only what our fonts draw stays.)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
_KEPT = frozenset("\n\t")
MOST_MARKS = 2


def harmless(text: str) -> str:
    """The text as it may be shown. Plain text comes back as it is."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(unicodedata.normalize("NFC", text.replace("\r\n", "\n"))))


def _shown(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        acts = category in _UNSAFE and character not in _KEPT
        yield f"[U+{ord(character):04X}]" if acts or marks > MOST_MARKS else character
