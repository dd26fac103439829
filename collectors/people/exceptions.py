"""exceptions.yaml: weaknesses that somebody accepted for a time, with the reason and who answers for it.

Only the shape is checked here: an unknown key is refused. Whether an exception is valid, live, expired or unused
is a result, since an invalid one has to be seen in the reports rather than keep them from being written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from collectors.people.checked import Written, checked
from collectors.people.values import Text
from collectors.people.written_yaml import read_yaml

_TEMPLATE = """\
# Weaknesses that somebody decided to accept for a time. They are shown beside the results and never change one;
# expired, unused and invalid ones are listed. Take the '#' away to use the examples.
#
# An exception is about a check, or about a requirement of a framework. `subjects` are patterns of
# cluster/namespace/kind/name in which a '*' stands for a whole part; leave a part empty where there is none.
exceptions:
#  - check: reliability.more_than_one_replica
#    subjects: [prod/reports/Deployment/nightly-export, prod/reports/CronJob/*]
#    reason: The export is started again by hand when it stops, and nobody waits for it.
#    owner: Reports team
#    approver: Jane Doe, head of engineering
#    compensating_control: The on-call team is told when the export is late.
#    until: 2027-06-30
#  - framework: pci_dss
#    requirement: "1.3.1"
#    subjects: [prod/payments/*/*]
#    reason: Restricting the inbound paths waits for the new gateway.
#    owner: Payments team
#    approver: Jane Doe, head of engineering
#    compensating_control: The provider's firewall admits three addresses only.
#    until: 2027-03-31
"""


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class WrittenException(Written):
    """One entry as written; what is None was not written."""

    check: Text | None = None
    framework: Text | None = None
    requirement: Text | None = None
    subjects: Annotated[tuple[Text, ...], BeforeValidator(_one_or_many)] = ()
    reason: Text | None = None
    owner: Text | None = None
    approver: Text | None = None
    compensating_control: Text | None = None
    until: Text | None = None


class _File(Written):
    exceptions: tuple[WrittenException, ...] = ()


def read(path: Path) -> tuple[WrittenException, ...]:
    """Every exception of this file in its order, none when there is no file; raises `InvalidFile`."""
    return checked(_File, read_yaml(path)).exceptions if path.exists() else ()


def template() -> str:
    """An exceptions.yaml without exceptions, explained; valid as it stands."""
    return _TEMPLATE
