"""What a table is: its grain, its columns, the kinds that feed it, and what it relates to.

A row class is a NamedTuple under `@table`. It is the schema, the DDL and the data dictionary at once:
column types come from the annotations, the sentence of each column from its `Column`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

SQL_TYPES: dict[Any, str] = {
    str: "VARCHAR",
    bool: "BOOLEAN",
    int: "BIGINT",
    datetime: "TIMESTAMP",
    list[str]: "VARCHAR[]",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """One column, in one sentence.

    `guard` names the `has_...` column that says whether the value was set at all; a rule may read an
    optional column only beside its guard. `identity` marks the surrogate key of the row. `owner` names the
    table whose surrogate key this column repeats.
    """

    says: str
    guard: str | None = None
    identity: bool = False
    owner: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """A column as the loader, the checks and the data dictionary see it."""

    name: str
    sql_type: str
    nullable: bool
    column: Column


@dataclasses.dataclass(frozen=True, slots=True)
class Relation:
    """Which rows of another table of the same cluster belong to a row.

    `keys` pairs a column of this table with one of the other; a NULL key may match anything. `when` is a
    rule over this table's row: false means the row has no such reference at all. `minimum` and `maximum`
    are facts about Kubernetes (a workload has at least one container), never guesses.
    """

    name: str
    table: str
    keys: tuple[tuple[str, str], ...]
    says: str
    when: str = "true"
    minimum: int = 0
    maximum: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """Which columns name the object that a person would edit. None: the row has no such part."""

    group: str | None
    kind: str | None
    namespace: str | None
    name: str
    part: str | None = None
    fixed_kind: str = ""
    fixed_group: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """A table: `kinds` feed it (each is a gap of its own when it was not listed).

    `completed_by`: kinds whose objects can add rows to owners already seen (a pod may carry a container that
    its template lacks), in running evidence only. `running_only`: a folder of manifests cannot show it.
    `derived_from`: tables that a derived table is computed from; its coverage follows from theirs.
    `part`: the column that names the row when it decides a verdict (a container's name).
    `one_check_a_row`: every check is about one row by name, so the other rows are not out of its scope.
    `where_served`: kinds of extensions that feed it too; what nobody spoke of counts as not there.
    `kinds_together`: the kinds of which nothing was said at all are one gap, not one each.
    """

    name: str
    row: type
    grain: str
    kinds: tuple[str, ...]
    namespaced: bool
    fields: tuple[Field, ...]
    relations: tuple[Relation, ...]
    subject: Subject | None
    part: str | None
    running_only: bool
    completed_by: tuple[str, ...]
    derived_from: tuple[str, ...]
    one_check_a_row: bool
    kinds_together: bool
    where_served: tuple[str, ...]

    @property
    def fed_by(self) -> tuple[str, ...]:
        """Every kind whose objects can add or change a row."""
        return (*self.kinds, *self.completed_by, *self.where_served)

    def field(self, name: str) -> Field | None:
        """The column of that name, or None."""
        return next((field for field in self.fields if field.name == name), None)

    def relation(self, name: str) -> Relation | None:
        """The relation of that name, or None."""
        return next((relation for relation in self.relations if relation.name == name), None)


Row = TypeVar("Row", bound=type)


def table(
    name: str,
    *,
    grain: str,
    kinds: tuple[str, ...] = (),
    namespaced: bool = True,
    relations: tuple[Relation, ...] = (),
    subject: Subject | None = None,
    part: str | None = None,
    running_only: bool = False,
    completed_by: tuple[str, ...] = (),
    derived_from: tuple[str, ...] = (),
    one_check_a_row: bool = False,
    kinds_together: bool = False,
    where_served: tuple[str, ...] = (),
) -> Callable[[Row], Row]:
    """Declare the NamedTuple below it as a table; afterwards `table_of(Row)` gives the declaration."""

    def declare(row: Row) -> Row:
        declared = Table(
            name,
            row,
            grain,
            kinds,
            namespaced,
            tuple(_fields(row)),
            relations,
            subject,
            part,
            running_only,
            completed_by,
            derived_from,
            one_check_a_row,
            kinds_together,
            where_served,
        )
        row.__table__ = declared  # type: ignore[attr-defined]
        return row

    return declare


def table_of(row: type) -> Table:
    """The declaration of a row class."""
    declared: Table = row.__table__  # type: ignore[attr-defined]
    return declared


def _fields(row: type) -> Iterator[Field]:
    for name, hint in get_type_hints(row, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{row.__name__}.{name} lacks its Column(...) sentence")
        base, column = get_args(hint)[:2]
        plain, nullable = _without_none(base)
        yield Field(name, SQL_TYPES[plain], nullable, column)


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        kept = [part for part in get_args(hint) if part is not type(None)]
        return kept[0], True
    return hint, False


@dataclasses.dataclass(frozen=True, slots=True)
class ClusterContext:
    """What every builder may know of the cluster whose objects it is shown.

    `kubernetes_minor` is None when no evidence states the API server's version. `basis` is `declared`
    (manifests) or `running` (an API server's answers). `as_of` is the instant that the evidence speaks for, in
    UTC without a zone: calendars that others publish are measured from it. `listed` are the kinds ("*" for every
    kind) of which the evidence claims to show all objects of the cluster.
    """

    name: str
    basis: str
    kubernetes_minor: int | None
    whole: bool
    as_of: datetime | None = None
    listed: frozenset[str] = frozenset()

    def shows_every(self, kind: str) -> bool:
        """Whether no object of this kind can be missing from what builders are shown."""
        return not self.listed.isdisjoint((kind, "*"))


@dataclasses.dataclass(frozen=True, slots=True)
class Sighting:
    """One object, seen once or more. `refs` are all evidence references ("E-000001#/items/3"), first seen first.

    `namespace` is None for cluster-scoped objects and where a manifest does not state it and it cannot be
    known; `""` where no object of a whole folder states one, so all of them share one unnamed namespace.
    `declaration` counts different manifests of one name: 0 for the first.
    """

    kind: str
    namespace: str | None
    name: str
    uid: str | None
    declaration: int
    object: dict[str, Any]
    refs: list[str]


@dataclasses.dataclass(frozen=True, slots=True)
class UnseenPart:
    """Rows of `table` that a seen owner has but that were not shown: becomes a gap row with the owner's key."""

    table: str
    kind: str
    namespace: str | None
    owner: str


class Builder(Protocol):
    """Turns the objects of one cluster into rows; shown every object of the kinds it reads, once, in order."""

    reads: tuple[str, ...]

    def __init__(self, cluster: ClusterContext) -> None: ...

    def observe(self, sighting: Sighting) -> None:
        """Take in one object; keep only what its rows need."""

    def rows(self) -> dict[str, list[Any]]:
        """Rows per table name, after the last object."""

    def unseen(self) -> list[UnseenPart]:
        """What the seen objects prove to exist without showing it."""
