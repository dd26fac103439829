"""Two commands of the two weeks on site: what must be allowed, and what is still open."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assessment import console
from assessment.workspace import Workspace

WITH_SECRETS = "Secrets too: names, types and names of keys; no value is kept."
NAMESPACED = "Print a Role for each namespace, of engagement.yaml or --namespace, in place of the ClusterRole."
DUMP_SCRIPT = "Print a shell script that lists everything with kubectl, for clients who run it themselves."
Place = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="The folder that `kubesurvey init` made.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


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
    from assessment.access import permissions as needed
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
