"""Everything that is collected: saved clusters, clouds as engagement.yaml names them, and what people wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assessment import live_clusters
from assessment.workspace import NotThere, Workspace
from collectors.evidence.store import Evidence, Run
from collectors.people import ANSWERS
from collectors.people import engagement as people
from collectors.people.engagement import Engagement

if TYPE_CHECKING:
    from collectors.audit_logs import Collected as AuditLog
    from collectors.kubernetes.offline import Collected

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Named:
    """What came of everything that engagement.yaml names: clusters asked through their API servers, and clouds."""

    clusters: tuple[live_clusters.Answered, ...]
    clouds: tuple[Asked, ...]


class ReservedName(ValueError):  # noqa: N818 - it names a state
    """A cluster would be called as something else is called already."""


class NotSignedIn(RuntimeError):  # noqa: N818 - it names a state
    """A cloud that engagement.yaml names cannot be asked, because nobody is signed in to it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one account or subscription.

    `unnamed` are clusters that the cloud lists and engagement.yaml does not name; `gaps` say what was refused.
    `passed_over`: this run has it already.
    """

    source: str
    clusters: tuple[str, ...]
    items: int = 0
    unnamed: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    passed_over: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """An account and region, or a subscription, with its clusters: the cloud's name (with its group) -> ours."""

    provider: str
    names: tuple[str, ...]
    clusters: dict[tuple[str, ...], str]

    @property
    def source(self) -> str:
        return "/".join(("aws" if self.provider == "eks" else "azure", *self.names))


def silent(stage: str, done: int, total: int | None) -> None:
    """No progress."""


def collect(
    workspace: Workspace,
    *,
    source: Path,
    cluster: str | None,
    whole: bool = False,
    kubernetes_version: str | None = None,
    new: bool = False,
    resume: bool = False,
    per_folder: bool = False,
    progress: Progress | None = None,
) -> Collected | list[Collected]:
    """Read a saved cluster into the newest run (or a new one); what people know goes in beside it."""
    from collectors.kubernetes import offline

    engagement = engagement_of(workspace)
    _refuse_the_name_of_answers(cluster)
    offline.refuse_unreadable(source, per_folder=per_folder)
    with _run(workspace, engagement, new) as run:
        options: dict[str, Any] = {
            "whole": whole, "kubernetes_version": kubernetes_version, "resume": resume,
            "progress": lambda done, total, name: (progress or silent)("collecting", done, total),
        }  # fmt: skip
        if per_folder:
            return offline.collect_per_folder(run, source, **options)
        return offline.collect(run, source, cluster=cluster or "cluster", **options)


def collect_named(
    workspace: Workspace,
    *,
    answers: Path | None = None,
    profile: str | None = None,
    wanted: live_clusters.Wanted = live_clusters.ORDINARY,
    new: bool = False,
    resume: bool = False,
    progress: Progress | None = None,
) -> Named:
    """Ask the clusters and clouds that engagement.yaml names (or read the `answers` of clouds that somebody saved).

    What this run has already is passed over, so that new answers of people can be taken in at any time.
    """
    engagement = engagement_of(workspace)
    places, finished = _places(engagement), set() if new else _finished(workspace)
    accesses = live_clusters.named(engagement, workspace.path)
    live_clusters.refuse_unusable(accesses)
    if answers is None:
        _refuse_signed_out([place for place in places if place.source not in finished], profile)
    with _run(workspace, engagement, new) as run:
        clusters = live_clusters.ask(
            run, accesses, wanted=wanted, resume=resume, progress=progress or silent
        )
        found = []
        for place in places:
            if place.source in finished:
                found.append(Asked(place.source, tuple(place.clusters.values()), passed_over=True))
                continue
            ask = _ask_aws if place.provider == "eks" else _ask_azure
            found.append(ask(run, place, answers, profile, resume, progress or silent))
    return Named(tuple(clusters), tuple(found))


def collect_live(
    workspace: Workspace, access: live_clusters.Access, *, wanted: live_clusters.Wanted = live_clusters.ORDINARY,
    new: bool = False, resume: bool = False, progress: Progress | None = None,
) -> live_clusters.Answered:  # fmt: skip
    """Ask one cluster through a context of a kubeconfig; what people know goes in beside it."""
    engagement = engagement_of(workspace)
    _refuse_the_name_of_answers(access.cluster)
    live_clusters.refuse_unusable([access])
    with _run(workspace, engagement, new) as run:
        return live_clusters.ask_one(run, access, wanted=wanted, resume=resume, progress=progress or silent)


def collect_audit_log(
    workspace: Workspace, path: Path, cluster: str, *, new: bool = False, resume: bool = False,
    progress: Progress | None = None,
) -> AuditLog:  # fmt: skip
    """Count what the audit logs of a cluster tell; nothing of the logs themselves is kept."""
    from collectors import audit_logs

    engagement = engagement_of(workspace)
    with _run(workspace, engagement, new) as run:
        return audit_logs.collect(
            run, path, cluster=cluster, resume=resume,
            progress=lambda done, total, name: (progress or silent)("reading audit logs", done, total),
        )  # fmt: skip


def _finished(workspace: Workspace) -> set[str]:
    """The sources that the newest run has already."""
    run = Evidence(workspace.evidence).newest()
    return {source.key for source in run.sources() if source.finished} if run else set()


def _refuse_the_name_of_answers(cluster: str | None) -> None:
    """What people answer for the whole estate stands in the tables under this name."""
    if cluster == ANSWERS:
        raise ReservedName(f"A cluster cannot be called {ANSWERS!r}, where people's answers stand: choose another.")


def engagement_of(workspace: Workspace) -> Engagement:
    """engagement.yaml with its names checked against the carried frameworks. Raises NotThere and InvalidFile."""
    from assessment.frameworks.load import carried, known_requirements, load
    from assessment.roadmap.remedy import carried as remedies

    if not workspace.engagement_file.exists():
        raise NotThere(f"{workspace.engagement_file} is missing: `kubesurvey init` writes one")
    known = known_requirements(load(name) for name in carried())
    return people.read(workspace.engagement_file, known=known, remedies=remedies())


@contextmanager
def _run(workspace: Workspace, engagement: Engagement, new: bool) -> Iterator[Run]:
    """The run to add to. What people wrote is kept first, so that a mistake in it stops everything before it starts."""
    from collectors.people import collect as kept

    evidence = Evidence(workspace.evidence)
    run = (None if new else evidence.newest()) or evidence.new_run(datetime.now(UTC))
    try:
        latest = _as_of(engagement).date()
        kept.keep(run, workspace.path, datetime.now(UTC), latest=latest, named=engagement.files)
        yield run
        run.set_as_of(_as_of(engagement).strftime("%Y-%m-%dT%H:%M:%SZ"))
    finally:
        run.close()


def _places(engagement: Engagement) -> list[_Place]:
    found: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}
    for name, cluster in sorted(engagement.clusters.items()):
        cloud = cluster.cloud
        if cloud is None:
            continue
        place: tuple[str, ...] = ("eks", str(cloud.account), str(cloud.region))
        known_as: tuple[str, ...] = (str(cloud.name),)
        if cloud.provider == "aks":
            place, known_as = ("aks", str(cloud.subscription)), (str(cloud.resource_group), str(cloud.name))
        found.setdefault(place, {})[known_as] = name
    return [_Place(provider, tuple(names), clusters) for (provider, *names), clusters in sorted(found.items())]


def _refuse_signed_out(places: Sequence[_Place], profile: str | None) -> None:
    """Where nobody is signed in there is nothing to record: what a run would hold is our own slip, not the world's."""
    from collectors import aws, azure

    wrong = []
    for place in places:
        if place.provider == "eks":
            why = aws.live(place.names[1], profile=profile).refusal_to_sign_in(*place.names)
        else:
            why = azure.live().refusal_to_sign_in()
        if why:
            wrong.append(f"{place.source}: {why}")
    if wrong:
        hint = "Sign in (aws configure or --aws-profile, az login), or give --cloud-answers. Nothing was written."
        raise NotSignedIn("\n".join([*wrong, hint]))


def _ask_aws(
    run: Run, place: _Place, answers: Path | None, profile: str | None, resume: bool, progress: Progress
) -> Asked:
    from collectors import aws

    account, region = place.names
    ask = aws.saved(answers) if answers else aws.live(region, profile=profile)
    found = aws.collect(
        run, ask, account=account, region=region, clusters={known[0]: name for known, name in place.clusters.items()},
        resume=resume, progress=lambda done, total, name: progress("asking AWS", done, total),
    )  # fmt: skip
    return Asked(place.source, found.clusters, found.items, found.unnamed, tuple(map(str, found.gaps)))


def _ask_azure(
    run: Run, place: _Place, answers: Path | None, profile: str | None, resume: bool, progress: Progress
) -> Asked:
    from collectors import azure

    clusters = {(known[0], known[1]): name for known, name in place.clusters.items()}
    found = azure.collect(
        run, azure.saved(answers) if answers else azure.live(), subscription=place.names[0], clusters=clusters,
        resume=resume, progress=lambda done, total, name: progress("asking Azure", done, total),
    )  # fmt: skip
    return Asked(place.source, tuple(clusters.values()), found.items, found.not_named, tuple(map(str, found.gaps)))


def _as_of(engagement: Engagement) -> datetime:
    """The instant that the run speaks for: as engagement.yaml states it, otherwise now."""
    stated = engagement.as_of or datetime.now(UTC)
    return (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).astimezone(UTC)
