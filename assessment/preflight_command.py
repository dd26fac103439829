"""`kubesurvey preflight`: ask one cluster, or all that engagement.yaml names, what the account may see."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessment import console
from assessment.asking import Place, opened
from assessment.refusal import Refused

if TYPE_CHECKING:
    from assessment.access.preflight import Preflight
    from assessment.live_clusters import Access
    from assessment.workspace import Workspace

DONE, GAPS = 0, 3
KUBECONFIG = "A kubeconfig; otherwise the clusters that engagement.yaml names."
NAMESPACE = "A namespace to ask in where nobody may list them; may be given again."
ONLY_YAML = "Print the missing rules alone, as `kubectl apply -f -` takes them; the account goes to stderr."
FAIL_ON = "Leave with 3 when anything that a survey asks for cannot be seen."


def preflight(
    workspace: Place,
    kubeconfig: Annotated[Path | None, typer.Option(metavar="FILE", help=KUBECONFIG)] = None,
    context: Annotated[
        str | None, typer.Option(help="The context of the kubeconfig; otherwise its current one.")
    ] = None,
    cluster: Annotated[str | None, typer.Option(help="What to call the cluster; one of engagement.yaml.")] = None,
    namespace: Annotated[list[str] | None, typer.Option(help=NAMESPACE)] = None,
    with_secrets: Annotated[bool, typer.Option("--with-secrets", help="Ask about Secrets too.")] = False,
    kubelets: Annotated[bool, typer.Option("--kubelets", help="Ask about the kubelets' settings too.")] = False,
    only_yaml: Annotated[bool, typer.Option("--yaml", help=ONLY_YAML)] = False,
    fail_on_gaps: Annotated[bool, typer.Option("--fail-on-gaps", help=FAIL_ON)] = False,
) -> None:
    """Say what can and cannot be seen with the access given, before the two weeks start. Reads nothing else."""
    from assessment.access import report as report
    from assessment.live_clusters import refuse_unusable

    there = opened(workspace)
    accesses = _accesses(there, kubeconfig, context, cluster, tuple(namespace or ()))
    if only_yaml and len(accesses) > 1:
        raise Refused("--yaml prints one role: say which cluster with --cluster NAME.")
    refuse_unusable(accesses)
    missing = False
    for found in _asked(there, accesses, with_secrets=with_secrets, kubelets=kubelets):
        if only_yaml:
            typer.echo(console.printable(report.asked(found)), err=True)
            typer.echo(report.yaml_of(found), nl=False)
        else:
            report.show(found)
            typer.echo("\n" + (report.yaml_of(found) or "Nothing is missing.\n"), nl=False)
        missing = missing or bool(found.opens_the_rest or found.unclear or found.access.unreachable)
    raise typer.Exit(GAPS if fail_on_gaps and missing else DONE)


def _accesses(
    workspace: Workspace, kubeconfig: Path | None, context: str | None, cluster: str | None, namespaces: tuple[str, ...]
) -> list[Access]:
    """The clusters to ask: the one that options name, else those of engagement.yaml. Raises Refused for none."""
    from dataclasses import replace

    from assessment.collection import engagement_of
    from assessment.live_clusters import Access, named

    known = named(engagement_of(workspace), workspace.path)
    if kubeconfig or context:
        chosen = [Access(cluster or context or "cluster", kubeconfig, context, namespaces)]
    else:
        chosen = [replace(each, namespaces=(*each.namespaces, *namespaces))
                  for each in known if cluster in (None, each.cluster)]  # fmt: skip
    if not chosen:
        raise Refused("No cluster to ask: give --kubeconfig FILE, or say in engagement.yaml how clusters are reached "
                      "(clusters.NAME.access).")  # fmt: skip
    return chosen


def _asked(workspace: Workspace, accesses: list[Access], *, with_secrets: bool, kubelets: bool) -> Iterator[Preflight]:
    from assessment.access import preflight as before
    from assessment.checks.load import LIBRARY, library
    from assessment.collection import engagement_of
    from assessment.derived.run import all_tables
    from assessment.frameworks.load import carried, load
    from collectors.kubernetes import live

    written = engagement_of(workspace).parameters
    parameters = {name: value for name, value in written.items() if not isinstance(value, Decimal)}
    checks = library(all_tables(), (LIBRARY, workspace.checks), parameters)
    frameworks = [load(name) for name in carried()]
    for access in accesses:
        try:
            connection = live.connect(access.kubeconfig, access.context)
        except live.SignInFailed as error:
            yield before.nobody_signed_in(access.cluster, str(error))
            continue
        yield before.preflight(
            connection, checks, frameworks, cluster=access.cluster, namespaces=access.namespaces,
            with_secrets=with_secrets, kubelets=kubelets,
        )  # fmt: skip
