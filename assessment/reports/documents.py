"""From templates to a PDF: what every printed report shares. The same page and style give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration

from assessment.reports import wording
from assessment.reports.conformance import VARIANT, declare_accessible
from assessment.reports.fonts import PackagedFonts
from assessment.reports.rendering import compress_once, economical
from collectors.resources import report_templates


def environment(*folders: str) -> Environment:
    """Templates of these folders, the first found wins. Everything is escaped; an unknown name raises."""
    found = Environment(
        loader=FileSystemLoader([report_templates(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        number=wording.number,
        size=wording.size,
        listed=wording.listed,
        instant=wording.instant,
        plural=wording.plural,
        shortened=wording.shortened,
    )
    return found


def style(folder: str, name: str = "style.css") -> str:
    """A style sheet of the templates."""
    return report_templates(folder, name).read_text(encoding="utf-8")


def as_pdf(page: str, styles: Sequence[str], attachments: Sequence[Attachment] = ()) -> bytes:
    """HTML as PDF/A-3a and PDF/UA-1. Nothing but packaged fonts is read; any other address raises."""
    fonts, fetcher = FontConfiguration(), PackagedFonts()
    sheets = [CSS(string=text, font_config=fonts, url_fetcher=fetcher) for text in styles]
    with economical():
        body: bytes = HTML(string=page, url_fetcher=fetcher, base_url=None).write_pdf(
            stylesheets=sheets,
            font_config=fonts,
            pdf_variant=VARIANT,
            finisher=_finished,
            attachments=list(attachments),
        )
    return body


def _finished(document: Any, pdf: Any) -> None:
    declare_accessible(document, pdf)
    compress_once(pdf)


def put(body: bytes, path: Path) -> Path:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(body)
    return partial.replace(path)
