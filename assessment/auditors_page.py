"""What an auditor wants to know of one check: why, the rule, its SQL, its examples, what it bears on."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import sqlglot
import yaml

from assessment.checks.compile import Compiler
from assessment.checks.expression import Constants
from assessment.checks.load import Check, Example
from assessment.derived.run import all_tables
from assessment.frameworks import load as frameworks
from assessment.scoring.bands import band

WIDTH = 100


def lines(check: Check) -> Iterator[str]:
    """The page, line by line."""
    written = check.written
    yield from (check.check_id, "", written.title, "", *textwrap.wrap(written.why.strip(), WIDTH), "")
    yield f"judges       {written.judges}, within: {written.within}"
    yield f"passes when  {' '.join(written.passes_when.split())}"
    yield f"layer        {written.layer}, dimension: {written.dimension}"
    weight = band(written.likelihood, written.impact)
    yield f"weight       {weight} (likelihood {written.likelihood} of 5, impact {written.impact} of 5)"
    yield f"remedy       {written.remedy}" + (f": {written.fix}" if written.fix else "")
    yield from (f"blind to     {item}" for item in written.blind_to)
    yield from (f"source       {item}" for item in written.sources)
    yield from ("", "Bears on", *(f"    {line}" for line in _bears_on(check.check_id)))
    yield from ("", f"Examples ({len(written.examples)})")
    for number, example in enumerate(written.examples, 1):
        yield from _example(number, example)
    yield from ("", "SQL", *(f"    {line}" for line in sql(check).splitlines()))


def sql(check: Check) -> str:
    """The query that judges this check alone, laid out for reading; dates in it are stand-ins."""
    tables = all_tables()
    compiler = Compiler(tables, Constants("2000-01-01 00:00:00", {}))
    query = compiler.query(tables[check.table], [(check.within, check.rule)])
    return sqlglot.transpile(query, read="duckdb", write="duckdb", pretty=True)[0]


def _bears_on(check_id: str) -> Iterator[str]:
    found = False
    for framework_id in frameworks.carried():
        for row in frameworks.load(framework_id).requirements:
            for evidence in row.evidence:
                if evidence.check == check_id:
                    found = True
                    yield f"{framework_id} {row.id}: {evidence.shows}"
    if not found:
        yield "no requirement yet"


def _example(number: int, example: Example) -> Iterator[str]:
    said = example.model_dump(exclude_defaults=True, exclude={"expect", "because"})
    yield f"{number:>4}. {example.expect}" + (f": {example.because}" if example.because else "")
    if said:
        text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True)
        yield from (f"      {line}" for line in text.splitlines())
