"""The command that collects: saved clusters, live ones, audit logs, and everything that engagement.yaml names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessment import console
from assessment.asking import WITH_SECRETS, Place, Quiet, opened
from assessment.refusal import Refused

if TYPE_CHECKING:
    from assessment.collection import Asked
    from assessment.live_clusters import Answered
    from assessment.workspace import Workspace
    from collectors.kubernetes.offline import Collected

FROM = "A saved cluster: manifests, a dump or a support bundle; a folder, a file, .gz or .tar.gz."
PER_FOLDER = "Every direct subfolder or archive of PATH is a cluster, named after it."
KUBECONFIG = "Ask a running cluster with this kubeconfig, only reading."
KUBELETS = "Ask each node's kubelet for its settings too; every node then sees the credentials."
AUDIT_LOG = "Audit logs of the cluster's API server: a file or a folder of them, also as clouds export them."
CLOUD_ANSWERS = "Read what was saved with the clouds' command lines instead of asking the clouds."
_SHOWN_GAPS = 10
_FORBIDDEN = ": forbidden (403)"


def collect(
    workspace: Place,
    source: Annotated[Path | None, typer.Option("--from", metavar="PATH", help=FROM)] = None,
    kubeconfig: Annotated[Path | None, typer.Option(metavar="FILE", help=KUBECONFIG)] = None,
    context: Annotated[str | None, typer.Option(help="Its context; otherwise the current one.")] = None,
    audit_log: Annotated[Path | None, typer.Option(metavar="PATH", help=AUDIT_LOG)] = None,
    cluster: Annotated[str | None, typer.Option(help="What to call the cluster.")] = None,
    namespace: Annotated[list[str] | None, typer.Option(help="To ask where namespaces may not be listed.")] = None,
    with_secrets: Annotated[bool, typer.Option("--with-secrets", help=WITH_SECRETS)] = False,
    kubelets: Annotated[bool, typer.Option("--kubelets", help=KUBELETS)] = False,
    kubernetes_version: Annotated[str | None, typer.Option(help="Its version, such as 1.34.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="PATH holds all that the cluster has.")] = False,
    new: Annotated[bool, typer.Option("--new", help="Open a new run.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a source that was cut off.")] = False,
    cluster_per_folder: Annotated[bool, typer.Option("--cluster-per-folder", help=PER_FOLDER)] = False,
    cloud_answers: Annotated[Path | None, typer.Option(metavar="PATH", help=CLOUD_ANSWERS)] = None,
    aws_profile: Annotated[str | None, typer.Option(help="The profile of the AWS configuration to ask with.")] = None,
    quiet: Quiet = False,
) -> None:
    """Collect evidence into the newest run.

    With --from: a saved cluster or its manifests. With --kubeconfig or --context: a running cluster. With
    --audit-log: who did what. Without: what engagement.yaml names, and what people wrote.
    """
    there = opened(workspace)
    running = bool(kubeconfig or context)
    ways = [way for way, given in (("--from", source), ("--kubeconfig", running), ("--audit-log", audit_log)) if given]
    if len(ways) > 1:
        raise Refused(f"Say one of {', '.join(ways)} at a time.")
    of_files: dict[str, object] = {"--kubernetes-version": kubernetes_version, "--whole": whole,
                "--cluster-per-folder": cluster_per_folder}  # fmt: skip
    _refuse_stray({"--cluster": cluster, **of_files}, ways, "--from PATH, --kubeconfig FILE or --audit-log PATH")
    _refuse_stray(of_files, source, "--from PATH")
    _refuse_stray({"--namespace": namespace}, running, "--kubeconfig FILE")
    _refuse_stray({"--with-secrets": with_secrets, "--kubelets": kubelets}, running or not ways, "a running cluster")
    _refuse_stray({"--cloud-answers": cloud_answers, "--aws-profile": aws_profile}, not ways,
                  "what engagement.yaml names: leave out --from, --kubeconfig and --audit-log")  # fmt: skip
    if ways and (cluster is None) != cluster_per_folder:
        raise Refused("Say either --cluster NAME, or --cluster-per-folder to name each after its folder.")
    with console.progress(quiet) as progress:
        if source is not None:
            lines = list(_saved(there, progress, source=source, cluster=cluster, whole=whole, new=new, resume=resume,
                                kubernetes_version=kubernetes_version, per_folder=cluster_per_folder))  # fmt: skip
        elif audit_log is not None:
            lines = list(_audit_log(there, audit_log, str(cluster), new, resume, progress))
        elif running:
            place = (str(cluster), kubeconfig, context, tuple(namespace or ()))
            lines = list(_live(there, place, (with_secrets, kubelets), progress, new=new, resume=resume))
        else:
            lines = list(_named(there, progress, answers=cloud_answers, profile=aws_profile, new=new, resume=resume,
                                beyond=(with_secrets, kubelets)))  # fmt: skip
    for line in lines:
        typer.echo(console.printable(line))


def _refuse_stray(given: dict[str, object], belongs: object, where: str) -> None:
    """An option that would do nothing is a misunderstanding."""
    wrong = [option for option, value in given.items() if value]
    if wrong and not belongs:
        raise Refused(f"{', '.join(wrong)} goes with {where}.")


def _saved(there: Workspace, progress: console.Progress, **options: object) -> Iterator[str]:
    from assessment import collection

    collected = collection.collect(there, progress=progress, **options)  # type: ignore[arg-type]
    for each in collected if isinstance(collected, list) else [collected]:
        yield _account_of_files(each)
    if options["per_folder"]:
        from collectors.kubernetes.offline import loose_files

        if loose := loose_files(Path(str(options["source"]))):
            more = f" and {len(loose) - _SHOWN_GAPS:,} more" if len(loose) > _SHOWN_GAPS else ""
            yield f"Of no cluster, since they lie in no folder: {', '.join(loose[:_SHOWN_GAPS])}{more}"


def _live(
    there: Workspace, place: tuple[str, Path | None, str | None, tuple[str, ...]], beyond: tuple[bool, bool],
    progress: console.Progress, **options: bool,
) -> Iterator[str]:  # fmt: skip
    from assessment import collection
    from assessment.live_clusters import Access, Wanted

    answered = collection.collect_live(there, Access(*place), wanted=Wanted(*beyond), progress=progress, **options)
    yield from _account_of_cluster(answered)


def _named(
    there: Workspace, progress: console.Progress, *, beyond: tuple[bool, bool], **options: object
) -> Iterator[str]:
    from assessment import collection
    from assessment.live_clusters import Wanted, one_under_two_names

    named = collection.collect_named(there, wanted=Wanted(*beyond), progress=progress, **options)  # type: ignore[arg-type]
    for answered in named.clusters:
        yield from _account_of_cluster(answered)
    for names in one_under_two_names(named.clusters):
        yield f"{' and '.join(names)} are one cluster: their namespaces kube-system have one uid."
    for asked in named.clouds:
        yield from _account_of_cloud(asked)
    silent = [answered.cluster for answered in named.clusters if answered.unreachable]
    if silent:
        yield f"Not asked, or not to the end: {', '.join(silent)}. --resume asks them again."
    yield "Kept what people wrote: engagement.yaml, exceptions.yaml, questionnaire and attachments."


def _audit_log(
    there: Workspace, path: Path, cluster: str, new: bool, resume: bool, progress: console.Progress
) -> Iterator[str]:
    from assessment import collection

    found = collection.collect_audit_log(there, path, cluster, new=new, resume=resume, progress=progress)
    period = f" from {found.first} to {found.last}" if found.first else ""
    yield f"{found.cluster}: audit log of {found.files:,} files{period}; {found.events:,} events"
    for gap in found.gaps:
        yield f"  {gap}"


def _account_of_files(collected: Collected) -> str:
    counts = collected.counts
    documents = counts.objects + counts.repeats + counts.not_kubernetes + counts.gaps
    version = f", Kubernetes {collected.kubernetes_version}" if collected.kubernetes_version else ""
    return (
        f"{collected.cluster}: {collected.items:,} items of evidence, {collected.basis}{version}; "
        f"{documents:,} documents = {counts.objects:,} objects + {counts.repeats:,} repeats "
        f"+ {counts.not_kubernetes:,} not Kubernetes + {counts.gaps:,} gaps"
    )


def _account_of_cluster(answered: Answered) -> Iterator[str]:
    found = answered.collected
    if answered.passed_over:
        yield f"{answered.cluster}: {answered.refused or 'this run has it already (--new opens another run)'}"
    elif found is None or (found.unreachable and not found.lists):
        yield f"{answered.cluster}: not collected: {answered.unreachable}"
    else:
        version = f", Kubernetes {found.kubernetes_version}" if found.kubernetes_version else ""
        yield (
            f"{answered.cluster}: {found.items:,} items of evidence, running{version}, asked as {found.principal}; "
            f"{found.lists:,} lists with {found.objects:,} objects; {len(found.gaps):,} gaps"
        )
        yield from (f"  {line}" for line in _what_is_missing(found.gaps))
        if found.unreachable:
            yield f"  not asked to the end: {found.unreachable}"


def _what_is_missing(gaps: Sequence[str]) -> Iterator[str]:
    """Lists that were forbidden in one line, for they may be many; what else went wrong, each by itself."""
    forbidden = [gap.partition("?")[0] for gap in gaps if _FORBIDDEN in gap]
    if forbidden:
        more = f" and {len(forbidden) - _SHOWN_GAPS:,} more" if len(forbidden) > _SHOWN_GAPS else ""
        yield f"forbidden: {', '.join(forbidden[:_SHOWN_GAPS])}{more}"
    others = [gap for gap in gaps if _FORBIDDEN not in gap]
    yield from others[:_SHOWN_GAPS]
    if len(others) > _SHOWN_GAPS:
        yield f"and {len(others) - _SHOWN_GAPS:,} more"
    if gaps:
        yield "After `assess`, results/gaps.parquet has each of them, with the rule or the act that would close it."


def _account_of_cloud(asked: Asked) -> list[str]:
    about = ", ".join(asked.clusters) or "no cluster"
    if asked.passed_over:
        return [f"{asked.source}: this run has it already (--new opens another run)"]
    others = f"; not in engagement.yaml: {', '.join(asked.unnamed)}" if asked.unnamed else ""
    head = f"{asked.source}: {asked.items:,} items of evidence on {about}{others}; {len(asked.gaps)} gaps"
    return [head, *(f"  {gap}" for gap in asked.gaps)]
