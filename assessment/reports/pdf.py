"""The evidence pack as a PDF: one file an auditor can read, keep for years, and check."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from weasyprint import Attachment

from assessment.reports import wording
from assessment.reports.characters import visible
from assessment.reports.documents import as_pdf, environment, put, style
from assessment.reports.facts import ReportFacts
from assessment.reports.figures import WIDTH, population_bar, status_bar
from assessment.reports.fonts import PackagedFonts
from assessment.reports.parts import RequirementSheet, one_reason

FOLDER = "evidence_pack"
CLIENT_IN_HEADER = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Section:
    """A section row of a framework and the requirements below it; None gathers those without a section."""

    row: RequirementSheet | None
    sheets: tuple[RequirementSheet, ...]

    @property
    def runs(self) -> tuple[tuple[bool, tuple[RequirementSheet, ...]], ...]:
        """Its rows in their order, neighbours that only people can show together: (whether so, the rows)."""
        return tuple((alike, tuple(rows)) for alike, rows in groupby(self.sheets, lambda sheet: sheet.by_people_only))


def write_evidence_pack(facts: ReportFacts, path: Path) -> Path:
    """Render the pack and put it at `path`, whole or not at all. The same facts give the same bytes."""
    return put(pdf_bytes(facts), path)


def pdf_bytes(facts: ReportFacts) -> bytes:
    """The pack as PDF/A-3a and PDF/UA-1 with its machine twins attached."""
    return as_pdf(html(facts), [style(FOLDER)], _attachments(facts, PackagedFonts()))


def html(facts: ReportFacts) -> str:
    """The pack as HTML: everything from outside is escaped, and shown where it cannot be drawn."""
    templates = environment(FOLDER)
    templates.globals.update(
        population_bar=population_bar,
        status_bar=status_bar,
        one_reason=one_reason,
        share=wording.share,
        bar_width=WIDTH,
    )
    template = templates.get_template("pack.html.j2")
    items = [item for group in facts.evidence.shown for item in group.items]
    text = template.render(
        facts=facts,
        sections=tuple(_sections(facts)),
        words=facts.words,
        several_obligations=len({sheet.obligation for sheet in facts.requirements if sheet.counted}) > 1,
        set_scopes={scope.name for scope in facts.scopes if scope.is_set},
        status_order=[wording.status(word) for word in wording.TRIED],
        evidence_shown=len(items),
        example=next(iter(sorted((item for item in items if item.sha256), key=lambda item: not item.documents)), None),
        header_client=wording.shortened(facts.client, CLIENT_IN_HEADER),
    )
    return visible(text)


def _sections(facts: ReportFacts) -> Iterator[Section]:
    """Requirements in the order of the framework, each below the nearest section that it belongs to."""
    rows = {sheet.requirement_id: sheet for sheet in facts.requirements}
    row: RequirementSheet | None = None
    gathered: list[RequirementSheet] = []
    for sheet in facts.requirements:
        owner = sheet if sheet.section else _section_above(sheet, rows)
        if sheet.section or owner is not row:
            if gathered or row is not None:
                yield Section(row, tuple(gathered))
            row, gathered = owner, []
        if not sheet.section:
            gathered.append(sheet)
    if gathered or row is not None:
        yield Section(row, tuple(gathered))


def _section_above(sheet: RequirementSheet, rows: Mapping[str, RequirementSheet]) -> RequirementSheet | None:
    above = rows.get(sheet.parent)
    while above is not None and not above.section:
        above = rows.get(above.parent)
    return above


def _attachments(facts: ReportFacts, fetcher: PackagedFonts) -> list[Attachment]:
    dated = datetime.fromisoformat(facts.as_of.replace("Z", "+00:00")).astimezone(UTC).replace(tzinfo=None)
    return [
        Attachment(
            string=twin.body,
            name=twin.name,
            description=twin.says,
            relationship="Data",
            created=dated,
            modified=dated,
            url_fetcher=fetcher,
        )
        for twin in facts.twins
    ]
