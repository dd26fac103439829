"""Text and lengths in a drawing. Text from outside is escaped here."""

from __future__ import annotations

from html import escape

INK = "#1A212B"


def text_at(
    x: float, y: float, text: str, size: float, *, bold: bool = False, fill: str = INK, anchor: str = "start"
) -> str:
    """One line of text at a place."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{length(x)}" y="{length(y)}" font-family="Survey Sans" font-size="{size:g}"{weight}'
        f' fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def length(value: float) -> str:
    """A length with one decimal."""
    return f"{value:.1f}".removesuffix(".0")
