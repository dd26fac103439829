"""The command line. Few flags, one file: everything about a client stands in engagement.yaml.

Packages that take long to load are imported by the command that needs them, never here.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assessment import __version__, asking, catalogue, collect_command, console, preflight_command
from assessment.asking import Place, Quiet, opened
from assessment.refusal import Refused, one_clear_message
from assessment.scoring.bands import BANDS
from assessment.workspace import Workspace

if TYPE_CHECKING:
    from assessment.pipeline import Outcome

DONE, FINDINGS, GAPS = 0, 1, 3
FINDING = "A fingerprint or its beginning, a risk, or CHECK CLUSTER/NAMESPACE/NAME."
FAIL_ON = "Leave with 1 when a check of at least this weight fails, or with 3 when anything was not seen."

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Survey Kubernetes estates: evidence in, reports out. Never passed when it could not look.",
    epilog="Exit codes: 0 done, 1 findings at or above --fail-on LEVEL, 2 wrong usage or file, "
    "or corruption, 3 gaps with --fail-on gaps.",
)
app.command()(collect_command.collect)
app.command()(asking.permissions)
app.command()(preflight_command.preflight)
app.command()(asking.status)
app.add_typer(catalogue.checks, name="checks")
app.add_typer(catalogue.frameworks, name="frameworks")
app.add_typer(catalogue.tables, name="tables")

Audience = StrEnum("Audience", [(name, name) for name in ("auditor", "leadership", "consultant")])  # type: ignore[misc]
FailOn = StrEnum("FailOn", [(level, level) for level in (*BANDS, "gaps")])  # type: ignore[misc]
RunName = Annotated[str | None, typer.Option("--run", help="The run to take; otherwise the newest.")]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line, by default with the process's own arguments, and leave with its exit code."""
    with one_clear_message():
        app(arguments)


@app.callback(invoke_without_command=True)
def options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Nothing but reading leaves this tool; secret values never reach the disk."""
    if version:
        typer.echo(f"kubesurvey {__version__}")
        raise typer.Exit(DONE)


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(help="The folder to make.")],
    client: Annotated[str | None, typer.Option(help="The client's name; otherwise the folder's.")] = None,
) -> None:
    """Make a workspace with an engagement.yaml to fill in."""
    from assessment import pipeline

    workspace = Workspace(directory)
    if workspace.engagement_file.exists():
        raise Refused(f"{workspace.engagement_file} is there already; nothing was written")
    pipeline.init(directory, client or directory.resolve().name)
    typer.echo(f"Made {directory}. Next: fill in {workspace.engagement_file} and {workspace.questionnaire}, then")
    typer.echo(f"    kubesurvey collect {directory} --from PATH --cluster NAME")


@app.command()
def assess(
    workspace: Place,
    run: RunName = None,
    fail_on: Annotated[FailOn | None, typer.Option(help=FAIL_ON)] = None,
    quiet: Quiet = False,
) -> None:
    """Judge a run: offline, repeatable, old evidence with new rules."""
    there = opened(workspace)
    from assessment import bottom_line, pipeline
    from collectors.evidence.store import Evidence

    known = Evidence(there.evidence).runs()
    if run is not None and run not in known:
        raise Refused(f"There is no run {run!r} in {there.evidence}; there is {', '.join(known) or 'none'}")
    with console.progress(quiet) as progress:
        outcome = pipeline.assess(there, run=run, progress=progress)
    bottom_line.show(there, outcome, [])
    raise typer.Exit(_exit_code(there, outcome, fail_on))


@app.command()
def report(
    workspace: Place,
    framework: Annotated[
        list[str] | None, typer.Option(help="Only this evidence pack, of any framework listed; may be given again.")
    ] = None,
    audience: Annotated[Audience | None, typer.Option("--for", help="Only what this reader takes away.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write the reports of the newest assessed run: evidence packs, roadmap, plans, workbook, summary, tables."""
    there = opened(workspace)
    from assessment import pipeline
    from assessment.frameworks.load import load

    for name in framework or ():
        load(name)
    reader = audience.value if audience else None
    with console.progress(quiet) as progress:
        written = pipeline.report(there, frameworks=framework or (), audience=reader, progress=progress)
    for path in written:
        typer.echo(str(path))


@app.command()
def diff(
    workspace: Place,
    before: Annotated[str | None, typer.Argument(metavar="[BEFORE]", help="A run; otherwise the last but one.")] = None,
    after: Annotated[str | None, typer.Argument(metavar="[AFTER]", help="A run; otherwise the last.")] = None,
) -> None:
    """Compare two assessed runs: fixed, new, regressed, unchanged, no longer visible."""
    from assessment import changes

    changes.show(opened(workspace), before, after)


@app.command()
def explain(
    workspace: Place,
    finding: Annotated[str, typer.Argument(help=FINDING)],
) -> None:
    """Print how a finding is scored, the multiplication line by line."""
    from assessment import explanation

    for line in explanation.explain(opened(workspace), finding):
        typer.echo(console.printable(line))


@app.command()
def verify(workspace: Place) -> None:
    """Hash all evidence again and name what differs, to the first byte."""
    there = opened(workspace)
    from assessment import pipeline

    problems = pipeline.verify(there)
    if problems:
        raise Refused("\n".join(problems))
    typer.echo(f"All evidence in {there.evidence} is as it was stored.")


@app.command()
def demo(
    directory: Annotated[Path, typer.Argument(help="Where to; an earlier demo is replaced.")] = Path("demo"),
    quiet: Quiet = False,
) -> None:
    """All of it on a small fictitious estate: two clusters, two clouds, half of the answers."""
    from assessment import bottom_line, demonstration

    with console.progress(quiet) as progress:
        outcome, written = demonstration.run(directory, progress)
    bottom_line.show(Workspace(directory), outcome, written)


def _exit_code(workspace: Workspace, outcome: Outcome, fail_on: FailOn | None) -> int:
    if fail_on is None:
        return DONE
    if fail_on == "gaps":
        return GAPS if outcome.gap_count else DONE
    from assessment.scoring.bands import at_or_above, band

    checks, findings = workspace.result("checks"), workspace.result("findings")
    failed = set(findings.loc[findings["verdict"] == "fail", "check_id"])
    weighed = zip(checks["check_id"], checks["likelihood"], checks["impact"], strict=True)
    reached = at_or_above(fail_on.value)
    return FINDINGS if any(check in failed and band(p, i) in reached for check, p, i in weighed) else DONE


if __name__ == "__main__":
    main()
