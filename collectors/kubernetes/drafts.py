"""What the evidence says of a file, and of all files of a cluster together."""

from __future__ import annotations

from dataclasses import dataclass

from collectors.evidence.item import WHOLE_CLUSTER, Claim, ItemDraft
from collectors.kubernetes.formats import Format
from collectors.kubernetes.reading import Gap, Reading
from collectors.kubernetes.refusals import Refusal

END_OF_SOURCE = "(end of source)"
PRINCIPAL = "whoever made the files"
_NAMED_GAPS = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, the same for every file of a cluster."""

    cluster: str
    whole: bool
    kubernetes_version: str | None
    form: Format

    @property
    def version(self) -> str | None:
        """The version given, else the one that the server itself wrote into the files."""
        return self.kubernetes_version or self.form.server_version

    @property
    def is_whole_dump(self) -> bool:
        """Whether somebody said that these answers of a cluster are all that there are."""
        return self.whole and self.form.basis == "running"

    def parameters(self) -> dict[str, str]:
        """What an item says of how it was asked."""
        said = {"basis": self.form.basis, "whole": "true" if self.whole else "false"}
        return said | ({"kubernetes_version": self.version} if self.version else {})


def file_draft(asked: Asked, path: str, reading: Reading, started_at: str, ended_at: str) -> ItemDraft:
    """What the evidence says of one file."""
    outcome, reason = _outcome(asked.form, path, reading)
    return ItemDraft(
        source=asked.form.source,
        cluster=asked.cluster,
        request=path,
        parameters=asked.parameters() | _refused(asked.form.refusals.get(path)),
        principal=PRINCIPAL,
        method="examine",
        collection_mode="offline_bundle",
        started_at=started_at,
        ended_at=ended_at,
        outcome=outcome,
        reason=reason,
        claims=reading.claims,
        redactions=reading.redactions,
        documents=reading.documents,
    )


def _refused(refusal: Refusal | None) -> dict[str, str]:
    """What was asked for where it was refused, as far as it is known."""
    if refusal is None or refusal.kind is None:
        return {}
    said = {"kind": refusal.kind, "namespace": refusal.namespace or "", "closed_by": refusal.closed_by}
    return {name: value for name, value in said.items() if value}


def _outcome(form: Format, path: str, reading: Reading) -> tuple[str, str]:
    held = reading.documents.objects + reading.documents.repeats
    refusal = form.refusals.get(path)
    if refusal:
        return ("partial" if held else refusal.outcome), refusal.reason
    if reading.gaps:
        return ("partial" if held else "failed"), _named(reading.gaps)
    short = [claim.reason for claim in reading.claims if not claim.complete]
    return ("partial", short[0]) if short else ("complete", "")


def end_of_source(asked: Asked, files: int, gaps: list[Gap], at: str, claims: tuple[Claim, ...] = ()) -> ItemDraft:
    """The last item of a source: what the files claim together.

    Manifests claim the whole cluster only when somebody said so and every file was read; a dump claims list
    by list, and at its end `claims`, what follows from all lists where somebody said that they are all.
    """
    reason = _named(gaps) if gaps else ""
    if not files:
        reason = "there are no files"
    if asked.form.basis == "declared" and reason:
        claims = (Claim(WHOLE_CLUSTER, WHOLE_CLUSTER, False, reason),)
    elif asked.form.basis == "declared" and asked.whole:
        claims = (Claim(WHOLE_CLUSTER, WHOLE_CLUSTER, True),)
    return ItemDraft(
        source=asked.form.source,
        cluster=asked.cluster,
        request=END_OF_SOURCE,
        parameters=asked.parameters(),
        principal=PRINCIPAL,
        method="examine",
        collection_mode="offline_bundle",
        started_at=at,
        ended_at=at,
        outcome="partial" if reason else "complete",
        reason=reason,
        claims=claims,
    )


def _named(gaps: list[Gap]) -> str:
    named = "; ".join(str(gap) for gap in gaps[:_NAMED_GAPS])
    more = len(gaps) - _NAMED_GAPS
    return f"{named}; and {more} more" if more > 0 else named
