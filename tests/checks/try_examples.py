"""Judge the examples of some checks while they are written: `python -m tests.checks.try_examples access network`."""

from __future__ import annotations

import sys

from assessment import rehearsal
from assessment.checks.load import library
from assessment.derived.run import all_tables


def main() -> None:
    """Print every example of the named topics or checks that gets another verdict than its author expects."""
    wanted = tuple(sys.argv[1:])
    checks = [check for check in library(all_tables()) if check.check_id.startswith(wanted)]
    wrong = rehearsal.wrong(checks)
    print("\n".join(map(str, wrong)) or f"{len(checks)} checks: every example as expected")


if __name__ == "__main__":
    main()
