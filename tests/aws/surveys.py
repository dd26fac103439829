"""Collect an estate into a run of its own, and see what the tables and the checks say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from assessment.checks.load import Check, library
from assessment.derived.run import all_tables, derive
from collectors.aws import Collected, collect, live
from collectors.aws.answers import Ask
from collectors.aws.live import Live
from collectors.evidence.item import Item
from collectors.evidence.store import Evidence, Run
from collectors.tables.build import Tables, build
from tests.aws.bodies import ACCOUNT, REGION
from tests.aws.endpoint import Estate, serving
from tests.checks.example_worlds import verdicts

WHEN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
AS_OF = datetime(2026, 11, 21)
NAMED = {"shop": "shop"}
EKS_CHECKS: list[Check] = [check for check in library(all_tables()) if check.check_id.startswith(("eks.", "ecr."))]


@dataclass(frozen=True)
class Survey:
    """A run, and what collecting said of it."""

    run: Run
    collected: Collected

    @property
    def items(self) -> list[Item]:
        return self.run.items()

    def item(self, words: str) -> Item:
        """The one item whose request holds these words."""
        (found,) = [item for item in self.items if words in item.request]
        return found

    def tables(self) -> Tables:
        tables = build(self.items, self.run, expected={"shop": frozenset({"aws"})}, as_of=AS_OF)
        derive(tables)
        return tables

    def rows(self, name: str) -> dict[str, Any]:
        """The rows of a table by name, without what differs from run to run."""
        rows = self.tables().rows[name]
        return {getattr(row, "name", None) or row.key: row._replace(evidence_refs=[]) for row in rows}

    @cached_property
    def verdicts(self) -> dict[str, dict[str, str]]:
        """check id -> subject -> verdict; a gap is judged under a name that says so."""
        found = verdicts(self.tables(), EKS_CHECKS)
        return {
            check: {subject[2]: verdict for subjects in clusters.values() for subject, verdict in subjects.items()}
            for check, clusters in found.items()
        }

    def gaps(self) -> dict[tuple[str, str], str]:
        """(table, kind) -> reason and what would close it."""
        return {(gap.table, gap.kind): f"{gap.reason} | {gap.closed_by}" for gap in self.tables().gaps
                if gap.kind.startswith(("eks/", "ec2/", "ecr/", "inspector2/"))}  # fmt: skip


def new_run(folder: Path) -> Run:
    return Evidence(folder / "evidence").new_run(WHEN)


def asking(url: str, *, read_seconds: float = 10, attempts: int = 1) -> Live:
    """The transport to an endpoint, as somebody with credentials that are worth nothing anywhere."""
    session = boto3.session.Session(
        aws_access_key_id="AKIDTEST", aws_secret_access_key="not-a-secret", region_name=REGION
    )
    return live(REGION, session=session, endpoint_url=url, attempts=attempts, read_seconds=read_seconds)


def survey(folder: Path, ask: Ask, clusters: Mapping[str, str] = NAMED, **options: Any) -> Survey:
    run = new_run(folder)
    found = collect(run, ask, account=ACCOUNT, region=REGION, clusters=clusters, now=lambda: WHEN, **options)
    return Survey(run, found)


def of_estate(folder: Path, estate: Estate, clusters: Mapping[str, str] = NAMED, **options: Any) -> Survey:
    with serving(estate) as url:
        return survey(folder, asking(url, **options), clusters)
