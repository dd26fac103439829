"""The clusters whose API servers are asked: those that engagement.yaml names, side by side, or one by its context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from collectors.evidence.store import Run
from collectors.people.engagement import Engagement

if TYPE_CHECKING:
    from collectors.kubernetes.live import Collected

Progress = Callable[[str, int, int | None], None]

AT_ONCE = 8
NOT_TO_THE_END = "was not asked to the end; --resume goes on"


class UnusableAccesses(ValueError):  # noqa: N818 - it names a state
    """Contexts that cannot be used, all of them at once; nothing was sent or written."""


@dataclass(frozen=True, slots=True)
class Access:
    """One cluster, and the context through which its API server is asked."""

    cluster: str
    kubeconfig: Path | None
    context: str | None
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked beyond the ordinary: Secrets (never their values), and the settings of kubelets."""

    with_secrets: bool = False
    kubelets: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one cluster. `collected` is None where this run has it already, or nobody could sign in."""

    cluster: str
    collected: Collected | None
    passed_over: bool = False
    refused: str = ""

    @property
    def unreachable(self) -> str:
        """Why the cluster could not be asked; "" when it was."""
        return self.refused or (self.collected.unreachable if self.collected else "")


ORDINARY = Wanted()


def named(engagement: Engagement, workspace: Path) -> list[Access]:
    """The clusters for which engagement.yaml says how they are reached, sorted by name."""
    found = []
    for name, cluster in sorted(engagement.clusters.items()):
        said = cluster.access
        if said is not None:
            place = workspace / Path(said.kubeconfig).expanduser() if said.kubeconfig else None
            found.append(Access(name, place, said.context, said.namespaces))
    return found


def refuse_unusable(accesses: Sequence[Access]) -> None:
    """Raise UnusableAccesses for kubeconfigs that cannot be read and contexts that they lack: a slip of ours."""
    from collectors.kubernetes.live import UnusableAccess, refuse_unknown_context

    wrong = []
    for access in accesses:
        try:
            refuse_unknown_context(access.kubeconfig, access.context)
        except UnusableAccess as error:
            wrong.append(f"{access.cluster}: {error}")
    if wrong:
        raise UnusableAccesses("\n".join([*wrong, "Nothing was asked and nothing was written."]))


def ask(
    run: Run, accesses: Sequence[Access], *, wanted: Wanted = ORDINARY, resume: bool = False, progress: Progress
) -> list[Answered]:
    """Ask all of them, some at a time: one that does not answer costs its own time and nobody else's.

    Clusters that the run has already are passed over, and so are those that were not asked to the end, unless
    `resume` goes on with them.
    """
    from collectors.kubernetes.offline import source_key

    known = {source.key: source.finished for source in run.sources()}

    def one(access: Access) -> Answered:
        finished = known.get(source_key(access.cluster))
        if finished or (finished is False and not resume):
            return Answered(access.cluster, None, passed_over=True, refused="" if finished else NOT_TO_THE_END)
        return ask_one(run, access, wanted=wanted, resume=resume, progress=progress)

    with ThreadPoolExecutor(AT_ONCE, "cluster") as pool:
        return list(pool.map(one, accesses))


def ask_one(run: Run, access: Access, *, wanted: Wanted, resume: bool, progress: Progress) -> Answered:
    """Ask one cluster. Where signing in fails, that is what the evidence says of it."""
    from collectors.kubernetes import live

    try:
        connection = live.connect(access.kubeconfig, access.context, with_secrets=wanted.with_secrets)
    except live.SignInFailed as error:
        live.note_refusal(run, access.cluster, str(error), resume=resume)
        return Answered(access.cluster, None, refused=str(error))
    collected = live.collect(
        run, connection, cluster=access.cluster, namespaces=access.namespaces, with_secrets=wanted.with_secrets,
        kubelets=wanted.kubelets, resume=resume,
        progress=lambda done, total, name: progress(f"asking {access.cluster}", done, total),
    )  # fmt: skip
    return Answered(access.cluster, collected)


def one_under_two_names(answers: Sequence[Answered]) -> list[tuple[str, ...]]:
    """Names that mean one cluster: their namespaces kube-system have one uid."""
    found: dict[str, list[str]] = defaultdict(list)
    for answer in answers:
        if answer.collected and answer.collected.uid:
            found[answer.collected.uid].append(answer.cluster)
    return [tuple(names) for names in found.values() if len(names) > 1]
