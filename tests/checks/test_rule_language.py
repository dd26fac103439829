"""What a rule may say, and what its author is told when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.checks.load import library
from assessment.checks.meaning import Vocabulary
from assessment.checks.syntax import RuleError, parse
from collectors.problems import InvalidFile
from tests.checks.small_worlds import TABLES

VOCABULARY = Vocabulary(TABLES, {"most_days": "BIGINT"})


def mistakes(rule: str, within: str = "true", table: str = "owners") -> str:
    return " ".join(VOCABULARY.check(TABLES[table], parse(within), parse(rule)))


@pytest.mark.parametrize(
    "text",
    [
        "select 1", "is_big; drop table owners", "lower(account) = 'x'", "account || 'x' = 'y'", "replicas / 2 = 1",
        "account is null", "exists (select 1)", "account in (select name from accounts)", "replicas::varchar = '1'",
        "case when is_big then true end", "some(parts)", "some(parts, true, true)", "at_least('2', parts, true)",
        "x -> x > 1", "count(*) > 1", "replicas = 1.5", "$1", "other.account = 'x'", "[is_big]", "account like 'x%'",
        "row_number() over () = 1", "is_big and", "", "days(account) = 1", "replicas between symmetric 1 and 2",
    ],
)  # fmt: skip
def test_anything_outside_the_allow_list_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        parse(text)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("is_bigg", "did you mean `is_big`?"),
        ("some(part, true)", "did you mean `parts`?"),
        ("replicas", "must be a yes/no expression"),
        ("replicas = 'two'", "one type on both sides"),
        ("account < 'x'", "orders whole numbers and instants"),
        ("replicas * replicas > 1", "a product needs a literal number"),
        ("this.is_big", "known only inside a quantifier"),
        ("every(account, is_admin)", "say some(account, ...)"),
        ("at_least_share(101, parts, true)", "percentage from 1 to 100"),
        ("some(account, some(users, some(parts, true)))", "stands too deep"),
        ("replicas > parameter.most_day", "did you mean `most_days`?"),
        ("starts_with(replicas, 'x')", "takes VARCHAR and VARCHAR"),
        ("regexp_matches(account, account)", "takes a constant second"),
        ("replicas and is_big", "join yes/no terms"),
        ("some(parts, level > this.account)", "one type on both sides"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(rule: str, told: str) -> None:
    assert told in mistakes(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "is_big and replicas >= 2 or not is_big",
        "every(parts, is_open or level in (1, 2) and this.replicas > level)",
        "some(account, at_most(3, users, this.is_admin))",
        "replicas <= parameter.most_days",
        "regexp_matches(account, '^[a-z]+$') and starts_with(account, 'x')",
        "2 * replicas - 1 between 1 and 3",
    ],
)
def test_what_the_language_has_is_accepted(rule: str) -> None:
    assert mistakes(rule) == ""


def test_an_optional_column_stands_only_beside_its_guard() -> None:
    from assessment.derived.run import all_tables

    tables = all_tables()
    guarded = next(
        (table, field) for table in tables.values() for field in table.fields
        if field.column.guard and field.sql_type == "BIGINT"
    )  # fmt: skip
    table, field = guarded
    vocabulary = Vocabulary(tables, {})

    def told(rule: str, within: str = "true") -> str:
        return " ".join(vocabulary.check(table, parse(within), parse(rule)))

    guard = field.column.guard
    assert "is optional" in told(f"{field.name} > 1")
    assert "is optional" in told(f"{guard} or {field.name} > 1")
    assert told(f"not {guard} or {field.name} > 1") == ""
    assert told(f"{guard} and {field.name} > 1") == ""
    assert told(f"{field.name} > 1", within=f"{guard}") == ""


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    from assessment.derived.run import all_tables

    (tmp_path / "topic").mkdir()
    head = "title: T\nwhy: W\nlayer: container\ndimension: security\nimpact: 3\nlikelihood: 3\nremedy: r\n"
    examples = "examples: [{expect: pass}]\n"
    (tmp_path / "topic" / "one.yaml").write_text(head + "judges: workload\npasses_when: 'true'\n" + examples)
    (tmp_path / "topic" / "two.yaml").write_text(head + "judges: workloads\npasses_wen: 'true'\n" + examples)
    (tmp_path / "topic" / "three.yaml").write_text(head + "judges: workloads\npasses_when: lower('x')\n" + examples)
    (tmp_path / "topic" / "four.yaml").write_text("title: [unclosed\n")
    with pytest.raises(InvalidFile) as refused:
        library(all_tables(), (tmp_path,))
    told = str(refused.value)
    assert "one.yaml" in told and "'workloads'" in told
    assert "two.yaml" in told and "passes_when" in told
    assert "three.yaml" in told and "not part of the rule language" in told
    assert "four.yaml" in told and "YAML" in told
