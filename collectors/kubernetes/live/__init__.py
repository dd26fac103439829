"""A running cluster as a source: `connect` signs in, `collect` stores what the API server says to this account.

Read `allowed` first: it is every request that can be made. `connection` is the only place that makes them.
"""

from __future__ import annotations

from pathlib import Path

from collectors.kubernetes.live.answers import Answer
from collectors.kubernetes.live.collection import Collected, collect, note_refusal
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.manners import Manners
from collectors.kubernetes.live.signing_in import SignInFailed, UnusableAccess, refuse_unknown_context, signed_in

__all__ = [
    "Answer", "Collected", "Connection", "Manners", "SignInFailed", "UnusableAccess", "collect", "connect",
    "note_refusal", "refuse_unknown_context",
]  # fmt: skip


def connect(
    kubeconfig: Path | None = None, context: str | None = None, *, with_secrets: bool = False,
    manners: Manners | None = None, connect_seconds: float = 10, read_seconds: float = 60,
) -> Connection:  # fmt: skip
    """Sign in as a context of a kubeconfig; nothing is sent yet. Raises UnusableAccess and SignInFailed.

    Without a kubeconfig: the one that kubectl would take, or the service account of the pod that this runs in.
    """
    return Connection(
        lambda: signed_in(kubeconfig, context), with_secrets=with_secrets, manners=manners,
        connect_seconds=connect_seconds, read_seconds=read_seconds,
    )  # fmt: skip
