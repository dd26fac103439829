"""The commands of the two weeks on site: what may be asked, asking it, and what is still open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessment import console
from assessment.refusal import Refused
from assessment.workspace import Workspace

if TYPE_CHECKING:
    from assessment.collection import Asked
    from collectors.kubernetes.offline import Collected

FROM = "A saved cluster: manifests, a dump or a support bundle; a folder, a file, .gz or .tar.gz."
PER_FOLDER = "Every direct subfolder or archive of PATH is a cluster, named after it."
WITH_SECRETS = "Secrets too: names, types and names of keys; no value is kept."
NAMESPACED = "Print a Role for each namespace, of engagement.yaml or --namespace, in place of the ClusterRole."
DUMP_SCRIPT = "Print a shell script that lists everything with kubectl, for clients who run it themselves."
CLOUD_ANSWERS = "Read what was saved with the clouds' command lines instead of asking the clouds."
Place = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="The folder that `kubesurvey init` made.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def collect(
    workspace: Place,
    source: Annotated[Path | None, typer.Option("--from", metavar="PATH", help=FROM)] = None,
    cluster: Annotated[str | None, typer.Option(help="What to call the cluster.")] = None,
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

    With --from: a saved cluster or its manifests. Without: what engagement.yaml names in AWS and Azure, and what
    people wrote (engagement.yaml, exceptions.yaml, the questionnaire and its attachments).
    """
    there = opened(workspace)
    from assessment import collection

    if source is None:
        _refuse_without_source(cluster, kubernetes_version, whole, cluster_per_folder)
        with console.progress(quiet) as progress:
            asked = collection.collect_named(
                there, answers=cloud_answers, profile=aws_profile, new=new, resume=resume, progress=progress
            )
        for line in (line for place in asked for line in _account_of_cloud(place)):
            typer.echo(console.printable(line))
        typer.echo("Kept what people wrote: engagement.yaml, exceptions.yaml, questionnaire and attachments.")
        return
    if (cluster is None) != cluster_per_folder:
        raise Refused("Say either --cluster NAME, or --cluster-per-folder to name each after its folder.")
    if cloud_answers or aws_profile:
        raise Refused("--cloud-answers and --aws-profile go with what engagement.yaml names: leave out --from.")
    with console.progress(quiet) as progress:
        collected = collection.collect(
            there, source=source, cluster=cluster, whole=whole, kubernetes_version=kubernetes_version, new=new,
            resume=resume, per_folder=cluster_per_folder, progress=progress,
        )  # fmt: skip
    for each in collected if isinstance(collected, list) else [collected]:
        typer.echo(console.printable(_account(each)))


def permissions(
    workspace: Place,
    aws: Annotated[bool, typer.Option("--aws", help="Print the IAM policy for EKS instead.")] = False,
    azure: Annotated[bool, typer.Option("--azure", help="Print the custom role for AKS instead.")] = False,
    with_secrets: Annotated[bool, typer.Option("--with-secrets", help=WITH_SECRETS)] = False,
    kubelets: Annotated[bool, typer.Option("--kubelets", help="The role opens the kubelets' settings too.")] = False,
    namespaced: Annotated[bool, typer.Option("--namespaced", help=NAMESPACED)] = False,
    namespace: Annotated[list[str] | None, typer.Option(help="A namespace; may be given again.")] = None,
    dump_script: Annotated[bool, typer.Option("--dump-script", help=DUMP_SCRIPT)] = False,
) -> None:
    """Print the least that must be allowed: YAML with one ClusterRole, as `kubectl apply -f -` takes it.

    With --aws or --azure alone, stdout is the policy or role as the cloud takes it; which tables need each
    permission stands on stderr.
    """
    from assessment import permissions as needed
    from assessment.collection import engagement_of

    engagement = engagement_of(opened(workspace))
    wanted = needed.Wanted(with_secrets, kubelets, namespaced, tuple(namespace or ()), dump_script)
    clouds = [name for name, asked in (("AWS", aws), ("Azure", azure)) if asked]
    for printed in needed.printed(engagement, clouds, wanted):
        typer.echo(printed.policy, nl=not printed.policy.endswith("\n"))
        for line in printed.explained:
            typer.echo(console.printable(line), err=True)


def status(workspace: Place) -> None:
    """What was seen, what was not, what is open on which day, and whom to ask next."""
    from assessment import standing

    standing.show(opened(workspace))


def opened(path: Path) -> Workspace:
    """The workspace that somebody made there; raises NotThere for anything else."""
    import assessment

    return assessment.open(path)


def _refuse_without_source(cluster: str | None, version: str | None, whole: bool, per_folder: bool) -> None:
    given = {"--cluster": cluster, "--kubernetes-version": version, "--whole": whole,
             "--cluster-per-folder": per_folder}  # fmt: skip
    wrong = [option for option, value in given.items() if value]
    if wrong:
        raise Refused(f"{', '.join(wrong)} goes with --from PATH.")


def _account(collected: Collected) -> str:
    counts = collected.counts
    documents = counts.objects + counts.repeats + counts.not_kubernetes + counts.gaps
    version = f", Kubernetes {collected.kubernetes_version}" if collected.kubernetes_version else ""
    return (
        f"{collected.cluster}: {collected.items:,} items of evidence, {collected.basis}{version}; "
        f"{documents:,} documents = {counts.objects:,} objects + {counts.repeats:,} repeats "
        f"+ {counts.not_kubernetes:,} not Kubernetes + {counts.gaps:,} gaps"
    )


def _account_of_cloud(asked: Asked) -> list[str]:
    about = ", ".join(asked.clusters) or "no cluster"
    if asked.passed_over:
        return [f"{asked.source}: this run has it already (--new opens another run)"]
    others = f"; not in engagement.yaml: {', '.join(asked.unnamed)}" if asked.unnamed else ""
    head = f"{asked.source}: {asked.items:,} items of evidence on {about}{others}; {len(asked.gaps)} gaps"
    return [head, *(f"  {gap}" for gap in asked.gaps)]
