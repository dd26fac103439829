"""What the reader says of a text, one word or reason a document."""

from __future__ import annotations

from collectors.kubernetes.documents import read_documents
from collectors.kubernetes.parts import Foreign, Found, Listed, Unread

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n"


def states(text: bytes | str, path: str = "a.yaml") -> list[str]:
    """One word or reason a document."""
    data = text.encode() if isinstance(text, str) else text
    return [_word(part) for part in read_documents(data, path) if not isinstance(part, Listed)]


def _word(part: object) -> str:
    if isinstance(part, Found):
        return f"{part.kind} {(part.object.get('metadata') or {}).get('name')}"
    if isinstance(part, Unread):
        return f"gap {part.line} {part.reason}"
    assert isinstance(part, Foreign)
    return "foreign"
