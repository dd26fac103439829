"""A live cluster as evidence: what came of asking it, and what did not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from collectors.evidence.clock import utc_now
from collectors.evidence.store import Run
from collectors.kubernetes.kinds import API_SERVER
from collectors.kubernetes.live.answers import UNAUTHENTICATED, Answer
from collectors.kubernetes.live.connection import Connection
from collectors.kubernetes.live.drafts import Asking, of_everything, page_draft
from collectors.kubernetes.live.recording import Recorder, instant
from collectors.kubernetes.live.survey import Progress, Survey
from collectors.kubernetes.offline import source_key

_WORKERS = 4


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one cluster.

    `lists` were read to their end, holding `objects`; `gaps` say what was not, one sentence each. `unreachable`
    says why the cluster could not be asked, or not to the end: then the source is open, and `resume` goes on.
    `uid` is that of the namespace kube-system, by which one cluster is known under two names.
    """

    cluster: str
    source: str
    principal: str
    kubernetes_version: str | None
    items: int
    lists: int
    objects: int
    gaps: tuple[str, ...]
    unreachable: str = ""
    uid: str = ""


def collect(
    run: Run, connection: Connection, *, cluster: str, namespaces: Sequence[str] = (), with_secrets: bool = False,
    kubelets: bool = False, resume: bool = False, workers: int = _WORKERS, progress: Progress | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Collected:  # fmt: skip
    """Store what the API server says to this account. `namespaces` are asked where nobody may list them.

    With `kubelets` the settings of every node's kubelet are asked too, of the kubelet itself.

    `progress` is called with lists begun, lists in all, and the name of one. Raises SourceAlreadyCollected when
    the run has this cluster.
    """
    key = source_key(cluster)
    description = {"kind": "live", "cluster": cluster, "principal": connection.principal}
    run.begin_source(key, description, resume=resume)
    keep = Recorder(run, key, Asking(cluster, connection.principal), now)
    survey = Survey(keep, connection, with_secrets=with_secrets, kubelets=kubelets, workers=workers, progress=progress)
    try:
        unreachable = survey.all([*namespaces, *([connection.namespace] if connection.namespace else [])])
    finally:
        connection.close()
    if unreachable:
        run.leave_source(key)
    else:
        run.end_source(key)
    return _account(survey, keep, key, unreachable)


def note_refusal(
    run: Run, cluster: str, reason: str, *, resume: bool = False, now: Callable[[], datetime] = utc_now
) -> None:
    """Keep that nobody could sign in to this cluster: nothing was asked of it. `resume` may go on later."""
    key, at = source_key(cluster), instant(now)
    run.begin_source(key, {"kind": "live", "cluster": cluster}, resume=resume)
    answer = Answer(UNAUTHENTICATED, "denied", reason)
    draft = page_draft(Asking(cluster, "nobody"), "GET /version", API_SERVER, answer, (), at, at)
    run.add(of_everything(draft), None, source=key)
    run.leave_source(key)


def _account(survey: Survey, keep: Recorder, source: str, unreachable: str) -> Collected:
    items = list(keep.items.values())
    lists = [item for item in items if item.method == "list" and item.outcome == "complete"]
    objects = sum(item.documents.objects for item in items if item.documents and item.method == "list")
    gaps = tuple(f"{item.request.removeprefix('GET ')}: {item.reason}" for item in items if item.outcome != "complete")
    uid = dict(survey.namespaces()).get("kube-system", "")
    asking = keep.asking
    return Collected(
        asking.cluster,
        source,
        asking.principal,
        asking.version,
        len(items),
        len(lists),
        objects,
        gaps,
        unreachable,
        uid,
    )
