"""Write the pages of docs/ that copy what the code declares; a test says when they are no longer current."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from assessment.checks import inventory, load
from assessment.derived.attack_paths.families import FAMILIES
from assessment.derived.run import all_tables
from assessment.frameworks import load as frameworks
from assessment.scoring.bands import band
from collectors.tables.schema import Field, Relation, Table

DOCS = Path(__file__).resolve().parents[1] / "docs"
_WRITTEN = "<!-- Written by `make docs` from the declarations. Edit those. -->"


def pages() -> dict[str, str]:
    """Each generated page by its name in docs/."""
    return {
        "tables.md": _page(_tables()),
        "checks.md": _page(_checks()),
        "inventory.md": _page(_inventory()),
        "attack_steps.md": _page(_attack_steps()),
    }


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def _page(lines: Iterator[str]) -> str:
    return "\n".join([_WRITTEN, "", *lines]) + "\n"


def _tables() -> Iterator[str]:
    yield "# Tables"
    yield ""
    yield "Tidy data of a run, one Parquet file a table in the workspace's `tables/`. Empty means not"
    yield "known. Every row names its evidence; where coverage is not complete, `gaps` holds the complement."
    for table in all_tables().values():
        yield from ("", f"## {table.name}", "", f"One row: {table.grain}.", "")
        yield _fed_by(table)
        yield from ("", "| column | type | what it says |", "|---|---|---|")
        yield from (_column(field) for field in table.fields)
        if table.relations:
            yield from ("", "| relation | to | joined on | what it says |", "|---|---|---|---|")
            yield from (_relation(relation) for relation in table.relations)


def _fed_by(table: Table) -> str:
    if table.derived_from:
        return f"Derived from {_listed(table.derived_from)}."
    only = " Only a running cluster shows it." if table.running_only else ""
    return f"Read from {_listed(table.kinds) or 'the evidence itself'}.{only}"


def _column(field: Field) -> str:
    guard = f" Set when `{field.column.guard}`." if field.column.guard else ""
    optional = ", may be unknown" if field.nullable else ""
    return f"| `{field.name}` | {field.sql_type.lower()}{optional} | {_cell(field.column.says)}{guard} |"


def _relation(relation: Relation) -> str:
    keys = ", ".join(f"`{here}` = `{there}`" for here, there in relation.keys)
    when = f" When `{relation.when}`." if relation.when != "true" else ""
    return f"| `{relation.name}` | {relation.table} | {keys} | {_cell(relation.says)}{when} |"


def _checks() -> Iterator[str]:
    checks = load.library(all_tables())
    bearing = _requirements()
    yield "# Checks"
    yield ""
    yield f"{len(checks)} checks. `kubesurvey checks show ID` prints the rule, its SQL and the examples."
    yield "The weight is that of a failure before any context (docs/decisions/0005)."
    yield from _spread(checks)
    for topic in sorted({_topic(check) for check in checks}):
        yield from ("", f"## {topic}", "", "| check | what passes | judges | weight | bears on |")
        yield "|---|---|---|---|---|"
        for check in checks:
            if _topic(check) == topic:
                yield _check(check, bearing.get(check.check_id, ""))


def _spread(checks: Sequence[load.Check]) -> Iterator[str]:
    """How many checks ask about which layer and dimension, also where they are few."""
    layers = ("cloud", "cluster", "container", "code")
    asked: Counter[tuple[str, str]] = Counter((each.written.dimension, each.written.layer) for each in checks)
    yield from ("", "## Coverage", "", f"| dimension | {' | '.join(layers)} | all |", "|---|---|---|---|---|---|")
    for dimension in sorted({dimension for dimension, _ in asked}):
        counts = [asked[dimension, layer] for layer in layers]
        yield f"| {dimension} | {' | '.join(map(str, counts))} | {sum(counts)} |"
    totals = [sum(count for (_, layer), count in asked.items() if layer == each) for each in layers]
    yield f"| all | {' | '.join(map(str, totals))} | {len(checks)} |"
    people = sum(_topic(check) == "answers" for check in checks)
    yield from ("", f"Of these {people} are questions that people answer (`answers`); nothing else covers `code` yet.")


def _inventory() -> Iterator[str]:
    ideas = inventory.ideas(check.check_id for check in load.library(all_tables()))
    asked = [each for each in ideas if each.decision.checks]
    yield "# Inventory"
    yield ""
    yield "What a survey could ask, idea by idea, and what became of it. The ids are those of the inventory that the"
    left_out = len(ideas) - len(asked)
    yield f"library was built from, not of checks. {len(asked)} of {len(ideas)} are asked, {left_out} left out."
    for topic in sorted({each.idea.rpartition(".")[0] for each in ideas}):
        yield from ("", f"## {topic}", "", "| idea | asked by | because |", "|---|---|---|")
        for each in ideas:
            if each.idea.rpartition(".")[0] == topic:
                said = each.decision.because or each.decision.left_out
                asking = ", ".join(f"`{check}`" for check in each.decision.checks) or "left out"
                yield f"| {each.idea.rpartition('.')[2]} | {asking} | {_cell(said)} |"


def _attack_steps() -> Iterator[str]:
    yield "# Steps of an intruder"
    yield ""
    yield "The families of the table `attack_steps`. Weight is how hard the step is, days what it roughly costs to take"
    yield "it away in one place; both are our estimates and rank ways, nothing else. Techniques: MITRE ATT&CK v19."
    yield from ("", "| family | whoever stands there | technique | weight | ended by | days |")
    yield "|---|---|---|---|---|---|"
    for family in FAMILIES.values():
        if family.weight:
            days = f"{family.days:g}" if family.days else ""
            told = f"| `{family.name}` | {_cell(family.says)} | {family.technique} | {family.weight} |"
            yield f"{told} {_cell(family.ended_by)} | {days} |"


def _topic(check: load.Check) -> str:
    return check.check_id.partition(".")[0]


def _check(check: load.Check, bearing: str) -> str:
    written = check.written
    weight = band(written.likelihood, written.impact)
    return f"| `{check.check_id}` | {_cell(written.title)} | {written.judges} | {weight} | {bearing} |"


def _requirements() -> dict[str, str]:
    """How many requirements of which frameworks a check bears on, in words."""
    words: dict[str, list[str]] = {}
    for framework_id in frameworks.carried():
        framework = frameworks.load(framework_id)
        for check in framework.checks():
            count = sum(check == one.check for row in framework.requirements for one in row.evidence)
            words.setdefault(check, []).append(f"{framework_id}: {count}")
    return {check: ", ".join(found) for check, found in words.items()}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main()
