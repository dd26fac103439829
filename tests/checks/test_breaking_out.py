"""A client's checks folder is written by strangers: nothing in it leaves the engine, hangs the run or fills memory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assessment.checks.bounds import FILE_BYTES, Bounds
from assessment.checks.expression import Constants
from assessment.checks.load import LIBRARY, Check, library
from assessment.checks.run import Judge
from assessment.derived.run import all_tables, derive
from collectors.problems import InvalidFile
from collectors.tables.build import Tables
from collectors.tables.database import arrow, connect
from tests.checks.example_worlds import stored, tables_of

HEAD = "title: T\nwhy: W.\nlayer: container\ndimension: applications\nimpact: 2\nlikelihood: 2\nremedy: talk\n"
TAIL = "examples:\n  - {expect: pass, workload: {replicas: 3}}\n"
EVERY_PAIR = "none(namespace_object, some(workloads, name <> this.name and regexp_matches(name, '(a|b|ab)*c')))"


def written(rule: str, judges: str = "workloads", within: str = "true") -> str:
    return f"{HEAD}judges: {judges}\nwithin: '{within}'\npasses_when: |\n  {rule}\n{TAIL}"


def refused(folder: Path) -> str:
    with pytest.raises(InvalidFile) as found:
        library(all_tables(), (folder,))
    return "\n".join(str(problem) for problem in found.value.problems)


@pytest.mark.parametrize(
    "rule",
    [
        "name in (select content from read_text('/etc/passwd'))",
        "(select count(*) from workloads) > 0",
        "exists (from read_csv('/etc/passwd'))",
        "name = getenv('HOME')",
        "name = current_setting('memory_limit')",
        "read_blob('/etc/passwd') is not null",
        "true; copy workloads to '/tmp/out.csv'",
        "true); attach 'x.db'; --",
        "name = 'x' /* */ union select 1",
        "name = $1",
        "name = ?",
        "name = main.workloads.name",
        "name collate nocase = 'A'",
        "cast(name as integer) = 1",
        "name like '%a%'",
        "name || namespace = 'x'",
        "repeat(name, 100000000) = 'x'",
        "range(1000000000) is not null",
        "list_transform(labels, x -> x) = labels",
        "name::json is not null",
        "regexp_matches(name, namespace)",
        "regexp_matches(name, '(a')",
        "desired_replicas * pod_count > 1",
        "pod_count / 0 = 1",
        "pod_count % 2 = 0",
        "rid = 1",
        "phantom",
        '"rid" = 1',
        "this.name = 'x'",
        "some(workloads, true)",
        "some(containers, some(containers, true))",
        "at_least(containers, 1, true)",
        "not " * 400 + "true",
        "(" * 400 + "true" + ")" * 400,
        " and ".join(["true"] * 700),
        "name in (" + ", ".join(f"'{n}'" for n in range(600)) + ", 'x')",
    ],
)
def test_what_is_no_part_of_the_language_is_refused_before_anything_is_judged(tmp_path: Path, rule: str) -> None:
    (tmp_path / "theirs.yaml").write_text(written(rule), encoding="utf-8")
    assert f"{tmp_path / 'theirs.yaml'}: passes_when: " in refused(tmp_path)


@pytest.mark.parametrize("text", ["it''s", "'; drop table workloads; --", "a\\", "\u200b", "\U0001f4a3", "%s {0}"])
def test_text_of_a_rule_stays_text(tmp_path: Path, text: str) -> None:
    quoted = text.replace("'", "''")
    (tmp_path / "theirs.yaml").write_text(written(f"name <> '{quoted}'"), encoding="utf-8")
    assert [check.check_id for check in library(all_tables(), (tmp_path,))] == ["theirs"]


def bomb() -> str:
    lines = ["a: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (bomb(), "once its aliases are followed"),
        ("[" * 200_000, "levels deep"),
        ("title: &me [*me]", "is not readable YAML"),
        ("x" * (FILE_BYTES + 1), "is larger than 256 KiB"),
        ("!!python/object/apply:os.system ['true']", "is not readable YAML"),
        ("title: \xff\x00", "is not readable YAML"),
        (written("true") + "run: rm -rf /\n", "is not a field of a check"),
    ],
    ids=["aliases", "depth", "holds itself", "size", "objects", "binary", "unknown field"],
)
def test_a_file_that_is_no_check_is_a_sentence(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "theirs.yaml").write_text(text, encoding="latin-1")
    assert told in refused(tmp_path)


@pytest.mark.parametrize("name", ["../up", "UPPER", "with space", "semi;colon", "quote'", "dots.in.it", "\u00e4"])
def test_an_id_is_made_of_plain_words(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "checks"
    (folder / f"{name}.yaml").parent.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.yaml").write_text(written("true"), encoding="utf-8")
    if name.startswith(".."):
        assert library(all_tables(), (folder,)) == []
    else:
        assert "makes an id of other than" in refused(folder)


def test_links_and_things_that_are_no_files_are_not_read(tmp_path: Path) -> None:
    folder, outside = tmp_path / "checks", tmp_path / "secret.yaml"
    folder.mkdir()
    outside.write_text("Canary: [in a file outside", encoding="utf-8")
    (folder / "link.yaml").symlink_to(outside)
    os.mkfifo(folder / "pipe.yaml")
    said = refused(folder)
    assert "link.yaml: is a link" in said and "pipe.yaml: is no ordinary file" in said
    assert "Canary" not in said


def crowded(workloads: int) -> Tables:
    """One namespace of many workloads: asking every pair of them is the dearest thing that the language can say."""
    check = next(one for one in library(all_tables()) if one.check_id == "pod_security.privileged")
    tables = tables_of([stored(check, 0)])
    first = tables.rows["workloads"][0]
    tables.rows["workloads"] = [first._replace(name=f"ab{n}" * 20, workload_id=str(n)) for n in range(workloads)]
    tables.rows["namespaces"] = tables.rows["namespaces"] or []
    derive(tables)
    return tables


def judged(tmp_path: Path, rule: str, bounds: Bounds) -> None:
    (tmp_path / "theirs.yaml").write_text(written(rule), encoding="utf-8")
    declared = all_tables()
    checks: list[Check] = library(declared, (tmp_path,))
    tables = crowded(3000)
    columns = {name: arrow(table, tables.rows.get(name, [])) for name, table in declared.items()}
    Judge(tables, declared, columns, bounds).judge("run", checks, Constants("2026-11-21 00:00:00", {}))


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        (Bounds(seconds=0.01), "took more than 0.01 seconds"),
        (Bounds(working_bytes=8 << 20), "needs more than 8 MiB beside the tables"),
    ],
)
def test_a_check_that_asks_too_much_ends_the_run_and_is_named(tmp_path: Path, bounds: Bounds, told: str) -> None:
    with pytest.raises(InvalidFile) as found:
        judged(tmp_path, EVERY_PAIR, bounds)
    assert told in str(found.value)
    assert str(tmp_path / "theirs.yaml") in str(found.value)


def test_the_same_check_within_its_bounds_is_judged(tmp_path: Path) -> None:
    judged(tmp_path, "name <> 'x'", Bounds())


def test_the_engine_itself_reads_and_writes_nothing() -> None:
    connection = connect()
    connection.execute("set lock_configuration = true")
    for statement in (
        "select * from read_text('/etc/passwd')", "copy (select 1) to '/tmp/out.csv'", "attach '/tmp/x.db'",
        "install httpfs", "load httpfs", "set enable_external_access = true", "set memory_limit = '1TB'",
        "export database '/tmp/out'", "pragma database_list; import database '/tmp'",
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"(?i)disabled|locked|not |cannot|permission"):
            connection.execute(statement)


def test_our_own_library_is_not_bounded_by_what_holds_for_strangers() -> None:
    assert all(not check.is_own for check in library(all_tables(), (LIBRARY,)))
