"""Small random worlds with something unknown, every way they could be, and rules read with two values."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

from assessment.checks import syntax
from assessment.checks.syntax import Term
from collectors.tables.coverage import Gap
from collectors.tables.schema import Column, Relation, Table, table, table_of

SAID = Column("A column of a world made for this test.")
IN_NAMESPACE = ("namespace", "namespace")


@table(
    "owners", grain="one owner", kinds=("Owner",),
    relations=(
        Relation("parts", "parts", (IN_NAMESPACE, ("owner_id", "owner_id")), "Its parts.", minimum=1),
        Relation("budgets", "budgets", (IN_NAMESPACE, ("owner_id", "owner_id")), "Its budgets."),
        Relation("account", "accounts", (IN_NAMESPACE, ("account", "name")), "Its account.", maximum=1),
        Relation(
            "volume_account", "accounts", (IN_NAMESPACE, ("account", "name")), "Only if big.", when="is_big", maximum=1
        ),
        Relation("facts", "facts", (), "The cluster.", minimum=1, maximum=1),
    ),
)  # fmt: skip
class Owner(NamedTuple):
    cluster: Annotated[str, SAID]
    namespace: Annotated[str | None, SAID]
    owner_id: Annotated[str, Column("Key.", identity=True)]
    account: Annotated[str | None, SAID]
    is_big: Annotated[bool, SAID]
    replicas: Annotated[int, SAID]


@table("parts", grain="one part", kinds=("Owner", "Pod"), part="name", completed_by=("Pod",))
class Part(NamedTuple):
    cluster: Annotated[str, SAID]
    namespace: Annotated[str | None, SAID]
    owner_id: Annotated[str, Column("Key.", owner="owners")]
    name: Annotated[str, SAID]
    is_open: Annotated[bool, SAID]
    level: Annotated[int, SAID]


@table("budgets", grain="one edge", derived_from=("owners", "rules"))
class Budget(NamedTuple):
    cluster: Annotated[str, SAID]
    namespace: Annotated[str | None, SAID]
    owner_id: Annotated[str, Column("Key.", owner="owners")]
    matches: Annotated[bool, SAID]
    least: Annotated[int, SAID]


@table("rules", grain="what budgets come from", kinds=("Rule",))
class Rule(NamedTuple):
    cluster: Annotated[str, SAID]
    namespace: Annotated[str | None, SAID]


@table(
    "accounts", grain="one account", kinds=("Account",),
    relations=(Relation("users", "owners", (IN_NAMESPACE, ("name", "account")), "Who uses it."),),
)  # fmt: skip
class Account(NamedTuple):
    cluster: Annotated[str, SAID]
    namespace: Annotated[str | None, SAID]
    name: Annotated[str, SAID]
    is_admin: Annotated[bool, SAID]


@table("facts", grain="one cluster", kinds=("Facts",))
class Fact(NamedTuple):
    cluster: Annotated[str, SAID]
    minor: Annotated[int, SAID]


TABLES: dict[str, Table] = {
    declared.name: declared for declared in map(table_of, (Owner, Part, Budget, Rule, Account, Fact))
}
DOMAINS: dict[str, tuple[Any, ...]] = {
    "namespace": ("a", "b"), "account": ("x", "y"), "name": ("x", "y"), "replicas": (1, 2), "level": (1, 2),
    "least": (1, 2), "minor": (33, 34), "owner_id": ("o0", "o1"),
}  # fmt: skip
KIND_OF = {"parts": "Pod", "budgets": "Rule", "accounts": "Account", "owners": "Owner"}


@dataclass(slots=True)
class World:
    """Rows by table, NULL where not known, and the namespaces in which a table has unseen rows."""

    name: str
    rows: dict[str, list[dict[str, Any]]]
    unseen: dict[str, str] = field(default_factory=dict)
    judged_is_unseen: bool = False


def domain(column: str) -> tuple[Any, ...]:
    return DOMAINS.get(column, (True, False))


def make(name: str, chance: random.Random, judged_is_unseen: bool) -> World:
    """One owner (or the gap that may hide one), its parts, and whatever else chance puts there."""

    def cells(table_name: str, unknown: float, **fixed: Any) -> dict[str, Any]:
        row = {each.name: fixed.get(each.name, chance.choice(domain(each.name))) for each in TABLES[table_name].fields}
        for column in row:
            if column not in ("cluster", "owner_id", *fixed) and chance.random() < unknown:
                row[column] = None
        return row | {"cluster": name}

    owner = cells("owners", 0.2, owner_id="o0")
    rows: dict[str, list[dict[str, Any]]] = {"owners": [owner], "facts": [cells("facts", 0.2)], "rules": []}
    here = {"namespace": owner["namespace"], "owner_id": "o0"}
    rows["parts"] = [cells("parts", 0.15, **here) for _ in range(chance.randint(1, 2))]
    rows["budgets"] = [
        cells("budgets", 0.1, **here, matches=chance.choice((True, None))) for _ in range(chance.randint(0, 2))
    ]
    names = chance.sample(["x", "y"], chance.randint(0, 2))
    rows["accounts"] = [cells("accounts", 0.1, namespace=chance.choice(("a", "b")), name=each) for each in names]
    gaps = [each for each in ("parts", "budgets", "accounts") if chance.random() < 0.3]
    unseen = {each: chance.choice(("a", "b")) for each in gaps}
    return World(name, rows, unseen, judged_is_unseen)


def gaps(world: World, first: int) -> list[Gap]:
    """The gaps of a world as coverage would write them."""
    source = {"budgets": "rules"}
    found = [
        Gap(first + n, "test", world.name, where, KIND_OF[name], source.get(name, name), "absent", "not listed", "")
        for n, (name, where) in enumerate(sorted(world.unseen.items()))
    ]
    if world.judged_is_unseen:
        for name in ("owners", "parts"):
            found.append(Gap(first + len(found), "test", world.name, "a", "Owner", name, "absent", "not listed", ""))
    return found


def completions(world: World) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Every world that could be behind what is known: unknown cells filled, unseen rows there or not (up to two)."""
    base = {name: list(rows) for name, rows in world.rows.items()}
    if world.judged_is_unseen:
        hidden = dict.fromkeys(base["owners"][0]) | {"cluster": world.name, "namespace": "a", "owner_id": "o0"}
        base["owners"] = [hidden]
        base["parts"] = [row | {"namespace": "a", "is_open": None, "level": None} for row in base["parts"][:1]]
        base["budgets"] = []
    cells = [(t, i, c) for t, rows in base.items() for i, row in enumerate(rows) for c, v in row.items() if v is None]
    additions = [_additions(name, where) for name, where in sorted(world.unseen.items())]
    for values in itertools.product(*(domain(c) for _, _, c in cells)):
        filled = {t: [dict(row) for row in rows] for t, rows in base.items()}
        for (t, i, c), value in zip(cells, values, strict=True):
            filled[t][i][c] = value
        for extra in itertools.product(*additions):
            whole = dict(filled)
            for name, rows in extra:
                whole[name] = whole[name] + rows
            if _possible(whole):
                yield whole


def _additions(name: str, where: str) -> list[tuple[str, list[dict[str, Any]]]]:
    columns = [each.name for each in TABLES[name].fields if each.name not in ("cluster", "namespace")]
    options = [("o0",) if c == "owner_id" else (True,) if c == "matches" else domain(c) for c in columns]
    rows = [dict(zip(columns, values, strict=True)) | {"namespace": where} for values in itertools.product(*options)]
    several = itertools.chain([()], ((row,) for row in rows), itertools.combinations_with_replacement(rows, 2))
    return [(name, list(each)) for each in several]


def _possible(world: dict[str, list[dict[str, Any]]]) -> bool:
    keys = [(row["namespace"], row["name"]) for row in world["accounts"]]
    return len(keys) == len(set(keys))


def holds(term: Term, row: dict[str, Any], outer: dict[str, Any] | None, where: str, world: dict[str, Any]) -> Any:
    """The two-valued reading of a term in a world where everything is known."""

    def read(part: Term) -> Any:
        return holds(part, row, outer, where, world)

    match term:
        case syntax.Literal(value):
            return value
        case syntax.Name(name, is_outer):
            return (outer or {})[name] if is_outer else row[name]
        case syntax.Not(inner):
            return not read(inner)
        case syntax.Both("and", terms):
            return all(read(each) for each in terms)
        case syntax.Both(_, terms):
            return any(read(each) for each in terms)
        case syntax.Compare(sign, left, right):
            a, b = read(left), read(right)
            return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
        case syntax.Within(inner, low, high):
            return read(low) <= read(inner) <= read(high)
        case syntax.OneOf(inner, values):
            return read(inner) in [read(value) for value in values]
        case syntax.Arithmetic(sign, left, right):
            return read(left) + read(right) if sign == "+" else read(left) - read(right)
        case syntax.Quantifier():
            return _quantified(term, row, where, world)
        case _:
            raise AssertionError(term)


def _quantified(term: syntax.Quantifier, row: dict[str, Any], where: str, world: dict[str, Any]) -> bool:
    relation = TABLES[where].relation(term.relation)
    assert relation is not None
    if not holds(syntax.parse(relation.when), row, None, where, world):
        return _counted(term, 0, 0)
    related = [
        each for each in world[relation.table]
        if all(row[a] == each[b] for a, b in relation.keys) and each.get("matches", True)
    ]  # fmt: skip
    true = sum(bool(holds(term.term, each, row, relation.table, world)) for each in related)
    return _counted(term, true, len(related))


def _counted(term: syntax.Quantifier, true: int, total: int) -> bool:
    return {
        "some": true > 0,
        "every": true == total,
        "none": true == 0,
        "at_least": true >= term.count,
        "at_most": true <= term.count,
        "at_least_share": 100 * true >= term.count * total,
    }[term.function]
