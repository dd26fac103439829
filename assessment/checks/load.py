"""Read check files: one YAML file a check, its place is its id, every mistake of every file at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assessment.checks.bounds import FILES, RULE_LETTERS, Bounds, bounded, is_too_deep, parsed, refusal_of
from assessment.checks.compile import Compiler
from assessment.checks.example_audit import with_audit_log
from assessment.checks.expression import Constants, Value
from assessment.checks.meaning import Vocabulary, literal_type
from assessment.checks.parameters import with_defaults
from assessment.checks.syntax import TRUE, RuleError, Term, parse
from collectors.problems import InvalidFile, Problem, nearest
from collectors.tables.database import arrow, connect, load
from collectors.tables.schema import Table

LIBRARY = Path(__file__).parent / "library"


class ExampleAnswer(BaseModel):
    """One answer of a cloud or a person: of which kind ("eks/Cluster"), about what, and the body as it came."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    name: str = ""
    body: dict[str, Any] | None = None
    outcome: Literal["complete", "partial", "denied", "absent", "failed"] = "complete"


class Example(BaseModel):
    """One small world and the verdict it must get.

    Patches apply to a minimal Deployment. With `answers` the world is what a cloud or a person answered, with `audit`
    it is what an audit log shows. With `running` an API server answered with the objects, otherwise a folder declares
    them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    expect: Literal["pass", "fail", "unknown", "out of scope"]
    because: str = ""
    container: dict[str, Any] | None = None
    init_container: dict[str, Any] | None = None
    ephemeral_container: dict[str, Any] | None = None
    pod: dict[str, Any] | None = None
    pod_metadata: dict[str, Any] | None = None
    workload: dict[str, Any] | None = None
    kind: str = "Deployment"
    objects: list[dict[str, Any]] = Field(default_factory=list)
    answers: list[ExampleAnswer] = Field(default_factory=list)
    kubernetes_version: str | None = None
    whole: bool = True
    running: bool = False
    subject: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _counted(cls, written: Any) -> Any:
        return with_audit_log(written)


class CheckFile(BaseModel):
    """A check as its author writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    why: str
    layer: Literal["cloud", "cluster", "container", "code"]
    dimension: Literal[
        "architecture", "applications", "scalability", "storage-backup",
        "cicd", "disaster-recovery", "monitoring-health", "security",
    ]  # fmt: skip
    judges: str
    within: str = "true"
    passes_when: str
    impact: int = Field(ge=1, le=5)
    likelihood: int = Field(ge=1, le=5)
    remedy: str
    fix: str = ""
    formerly: list[str] = Field(default_factory=list)
    sources: list[str] = Field(default_factory=list)
    blind_to: list[str] = Field(default_factory=list)
    examples: list[Example] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Check:
    """A loaded check: its id, what its author wrote, and both expressions as trees."""

    check_id: str
    file: Path
    written: CheckFile
    within: Term
    rule: Term

    @property
    def table(self) -> str:
        """The table whose rows it judges."""
        return self.written.judges

    @property
    def is_own(self) -> bool:
        """Whether the client wrote it."""
        return LIBRARY not in self.file.parents


@cache
def carried(tables: tuple[Table, ...]) -> tuple[Check, ...]:
    """The checks that come with kubesurvey, read once a process."""
    return tuple(library({table.name: table for table in tables}))


def library(
    tables: Mapping[str, Table], folders: tuple[Path, ...] = (LIBRARY,), parameters: Mapping[str, Value] | None = None
) -> list[Check]:
    """Every check below these folders, sorted by id. Our own are bound against the tables by their tests.

    `parameters` are what engagement.yaml lets rules read as `parameter.x`.

    Raises:
        InvalidFile: with every problem of every file.
    """
    problems: list[Problem] = []
    checks: dict[str, Check] = {}
    vocabulary = Vocabulary(tables, {name: literal_type(value) for name, value in with_defaults(parameters).items()})
    for folder in folders:
        for path in _files(folder, problems):
            check = _read(path, folder, vocabulary, problems)
            if check and check.check_id in checks:
                problems.append(
                    Problem(str(path), "", f"the id {check.check_id} is taken by {checks[check.check_id].file}")
                )
            elif check:
                checks[check.check_id] = check
    found = [checks[name] for name in sorted(checks)]
    if not problems:
        own = [check for check in found if check.is_own]
        problems.extend(_unbindable(own, tables, Constants("2000-01-01 00:00:00", parameters or {})))
    if problems:
        raise InvalidFile(problems)
    return found


def _files(folder: Path, problems: list[Problem]) -> list[Path]:
    """The check files below a folder; of a client's folder only what is within bounds."""
    found = sorted(folder.rglob("*.yaml"))
    if folder == LIBRARY:
        return found
    refused = {path: refusal for path in found if (refusal := refusal_of(path, folder))}
    problems.extend(Problem(str(path), "", refusal) for path, refusal in refused.items())
    if len(found) > FILES:
        problems.append(Problem(str(folder), "", f"holds more than {FILES} checks."))
        return []
    return [path for path in found if path not in refused]


def _read(path: Path, folder: Path, vocabulary: Vocabulary, problems: list[Problem]) -> Check | None:
    name = str(path)
    try:
        text = path.read_bytes()
        data = yaml.load(text, Loader=yaml.CSafeLoader) if folder == LIBRARY else parsed(text)
        written = CheckFile.model_validate(data)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(Problem(name, "", f"is not readable YAML: {' '.join(str(error).split())}"))
        return None
    except ValidationError as error:
        problems.extend(_said(name, error))
        return None
    table = vocabulary.tables.get(written.judges)
    if table is None or table.subject is None:
        judged = [known.name for known in vocabulary.tables.values() if known.subject]
        problems.append(
            Problem(name, "judges", f"`{written.judges}` is not a judged table.", nearest(written.judges, judged))
        )
        return None
    check_id = ".".join(path.relative_to(folder).with_suffix("").parts)
    return _meaning(Check(check_id, path, written, TRUE, TRUE), table, vocabulary, problems)


def _meaning(check: Check, table: Table, vocabulary: Vocabulary, problems: list[Problem]) -> Check | None:
    """The check with its expressions read, or None once its mistakes are noted."""
    terms: dict[str, Term] = {}
    for field, text in (("within", check.written.within), ("passes_when", check.written.passes_when)):
        if len(text) > RULE_LETTERS:
            problems.append(Problem(str(check.file), field, f"is longer than {RULE_LETTERS:,} characters."))
            continue
        try:
            terms[field] = parse(text)
            if is_too_deep(terms[field]):
                raise RuleError("nests too deeply")
        except RuleError as error:
            problems.append(Problem(str(check.file), field, _sentence(str(error))))
    if len(terms) < 2:
        return None
    mistakes = vocabulary.check(table, terms["within"], terms["passes_when"])
    problems.extend(Problem(str(check.file), "passes_when", _sentence(mistake)) for mistake in mistakes)
    return None if mistakes else replace(check, within=terms["within"], rule=terms["passes_when"])


def _sentence(text: str) -> str:
    return text if text.endswith("?") else f"{text}."


def _said(name: str, error: ValidationError) -> Iterator[Problem]:
    words = [*CheckFile.model_fields, *Example.model_fields]
    for each in error.errors():
        place = ".".join(str(part) for part in each["loc"])
        unknown = each["type"] == "extra_forbidden"
        hint = nearest(str(each["loc"][-1]), words) if unknown else None
        yield Problem(name, place, "is not a field of a check." if unknown else f"{each['msg']}.", hint)


def _unbindable(checks: list[Check], tables: Mapping[str, Table], constants: Constants) -> Iterator[Problem]:
    """Bind every compiled rule against empty tables, so that no engine error waits for a client's data."""
    connection = connect()
    connection.execute("set lock_configuration = true")
    for table in tables.values() if checks else ():
        load(connection, table, arrow(table, []), [], {})
    compiler = Compiler(tables, constants)
    for check in checks:
        try:
            with bounded(connection, check.file, Bounds()):
                connection.execute(compiler.query(tables[check.table], [(check.within, check.rule)]))
        except duckdb.Error as error:
            yield Problem(
                str(check.file), "passes_when", f"the engine refuses it: {' '.join(str(error).split())[:300]}"
            )
