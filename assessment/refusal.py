"""Saying no: what the user can mend becomes one clear message and exit code 2; our own mistakes stay loud."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from assessment.console import printable

WRONG = 2


class Refused(Exception):  # noqa: N818 - it names what happens
    """Wrong usage, a wrong file or corruption: one message, exit code 2."""


@contextmanager
def one_clear_message() -> Iterator[None]:
    """Print what the user can mend to stderr, without control characters, and leave with 2."""
    try:
        yield
    except Exception as trouble:
        if not _is_theirs_to_mend(trouble):
            raise
        lines = "\n".join(printable(line) for line in str(trouble).splitlines())
        typer.echo(lines or type(trouble).__name__, err=True)
        sys.exit(WRONG)


def _is_theirs_to_mend(trouble: Exception) -> bool:
    from assessment.collection import NotSignedIn, ReservedName
    from assessment.live_clusters import UnusableAccesses
    from assessment.reporting import ReportFailed
    from assessment.reports.reading import ResultsMissing
    from assessment.scoring.multiplication import DoesNotAddUp
    from assessment.workspace import NotThere
    from collectors import audit_logs, aws, azure
    from collectors.evidence.trouble import CorruptEvidence, RunIsBusy, SourceAlreadyCollected
    from collectors.kubernetes.files import InvalidPath
    from collectors.kubernetes.live import UnusableAccess
    from collectors.problems import InvalidFile

    mendable = (
        Refused,
        NotThere,
        InvalidFile,
        InvalidPath,
        aws.UnreadableAnswers,
        aws.NoSuchProfile,
        aws.WrongAccount,
        aws.SameName,
        azure.InvalidPath,
        audit_logs.InvalidPath,
        audit_logs.ChangedLog,
        CorruptEvidence,
        RunIsBusy,
        SourceAlreadyCollected,
        ResultsMissing,
        ReportFailed,
        NotSignedIn,
        ReservedName,
        UnusableAccesses,
        UnusableAccess,
        DoesNotAddUp,
        OSError,
    )
    return isinstance(trouble, mendable)
