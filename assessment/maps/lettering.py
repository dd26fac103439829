"""How wide text is: the metrics of the very fonts that reports embed, so that no label is guessed to fit."""

from __future__ import annotations

import functools
import io
from importlib.resources import files

ELLIPSIS = "…"
_FILES = {False: "SourceSansPro-Regular.ttf", True: "SourceSansPro-Semibold.ttf"}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in the unit of `size`. A character the font lacks counts as a wide one."""
    advances, per_em = _metrics(bold)
    return sum(advances.get(character, per_em) for character in text) * size / per_em


def clipped(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """The text, or as much of it as fits with a mark where it was cut."""
    if width(text, size, bold=bold) <= most:
        return text
    kept = text
    while kept and width(kept.rstrip() + ELLIPSIS, size, bold=bold) > most:
        kept = kept[: min(len(kept) - 1, max(1, int(len(kept) * most / width(kept, size, bold=bold))))]
        if len(kept) == 1:
            break
    return kept.rstrip() + ELLIPSIS


def wrapped(text: str, size: float, most: float, lines: int, *, bold: bool = False) -> tuple[str, ...]:
    """The text broken at spaces into at most so many lines, the last one clipped."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines:
        line = words.pop(0)
        while words and width(f"{line} {words[0]}", size, bold=bold) <= most:
            line = f"{line} {words.pop(0)}"
        found.append(line)
    if words:
        found[-1] = f"{found[-1]} {' '.join(words)}"
    return tuple(clipped(line, size, most, bold=bold) for line in found)


@functools.cache
def _metrics(bold: bool) -> tuple[dict[str, int], int]:
    from fontTools.ttLib import TTFont

    body = (files("font_source_sans_pro") / "files" / _FILES[bold]).read_bytes()
    font = TTFont(io.BytesIO(body), lazy=True)
    advances, names = font["hmtx"], font.getBestCmap()
    return {chr(point): advances[name][0] for point, name in names.items()}, font["head"].unitsPerEm
