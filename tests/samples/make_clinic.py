"""Write what the clinic's clouds answered and what its people said into data/samples/clinic.

Run as `python -m tests.samples.make_clinic`. What is missing is so on purpose: some answers were denied, and the
questionnaire is half done. The clusters beside them are recorded, by `record_clinic`.
"""

from __future__ import annotations

import json
from pathlib import Path

from collectors import resources
from tests.samples import clouds, interviews
from tests.samples.clinic import Object


def everything() -> dict[str, str]:
    """All files of the sample that this script writes, by their place in it."""
    found = {f"questionnaire/{file}": text for file, text in interviews.files().items()}
    told = {f"clouds/{file}": body for file, body in (clouds.aws() | clouds.azure()).items()}
    return found | {place: body if isinstance(body, str) else _text(body) for place, body in told.items()}


def write(folder: Path) -> None:
    """Write them below `folder`."""
    for place, text in everything().items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")


def _text(value: Object) -> str:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write(resources.data("samples", "clinic"))
