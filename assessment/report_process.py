"""One report in a process of its own: `python -m assessment.report_process WORKSPACE REPORT` prints its paths."""

from __future__ import annotations

import sys
from pathlib import Path

from assessment.refusal import one_clear_message
from assessment.reporting import make
from assessment.workspace import Workspace


def main() -> None:
    """Make it; what the user can mend is one message on stderr."""
    place, name = sys.argv[1:]
    with one_clear_message():
        for path in make(Workspace(Path(place)), name):
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
