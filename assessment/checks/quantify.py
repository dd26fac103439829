"""The arithmetic of quantifiers over rows of which some are certain, some possible, some unseen.

Counted per judged row: n, all rows that are or may be related, s, the seen ones,
and c, those that certainly are. And per condition e:
t and f, certain rows where e is true or false; ut and uf, rows that could make e true or false (a phantom stands for
any number of them), vt and vf those of them that were seen; a, certain rows where e is not known; bl and bu,
uncertain rows that could be in the relation without, or with, satisfying e.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assessment.checks.syntax import Quantifier
from collectors.tables.schema import Relation

ANY_NUMBER = 10**9
DECIDING = frozenset({"every", "none", "at_most"})

_NEEDED: dict[str, frozenset[str]] = {
    "some": frozenset({"t", "ut", "vt"}),
    "none": frozenset({"t", "ut", "vt"}),
    "every": frozenset({"f", "uf", "vf"}),
    "at_least": frozenset({"t", "ut", "vt"}),
    "at_most": frozenset({"t", "ut", "vt"}),
    "at_least_share": frozenset({"t", "f", "a", "bl", "bu"}),
}
# How a pair of rows stands to condition e: the row is certainly related and e is true, false or not known; or it
# is only possibly related (an open match, or a gap that stands for any number of rows), and likewise.
SURE_TRUE, SURE_FALSE, SURE_OPEN, MAYBE_TRUE, MAYBE_FALSE, MAYBE_OPEN = range(1, 7)
_COULD_HOLD = (SURE_OPEN, MAYBE_TRUE, MAYBE_OPEN)
_COULD_BREAK = (SURE_OPEN, MAYBE_FALSE, MAYBE_OPEN)


def standing(index: int, *, gapless: bool) -> str:
    """The SQL that tells how a pair stands to e<index>, as k<index>."""
    e = f"e{index}"
    sure = f"case when {e} then {SURE_TRUE} when not {e} then {SURE_FALSE} else {SURE_OPEN} end"
    maybe = f"case when {e} then {MAYBE_TRUE} when not {e} then {MAYBE_FALSE} else {MAYBE_OPEN} end"
    certain = "m" if gapless else "m and not phantom"
    return f"cast(case when {certain} then {sure} else {maybe} end as tinyint) as k{index}"


@dataclass(frozen=True, slots=True)
class Aggregated:
    """The aggregate columns of one condition; its lists of gaps and of deciding parts, where it has such."""

    columns: list[str]
    gaps: str | None
    parts: str | None


def aggregates(
    index: int, functions: set[str], relation: Relation, *, gapless: bool, nested: bool, named: bool
) -> Aggregated:
    """The aggregate columns that these quantifiers over condition e<index> need.

    g<index> lists the gaps that leave the answer open, w<index> the parts that decide it against the rule. What could
    only say something of gaps is left out where the related table is `gapless` in this run.
    """
    k = f"k{index}"
    some = "count(*)" if gapless else "sum(many)"
    columns = {
        "t": f"count(*) filter (where {k} = {SURE_TRUE})",
        "f": f"count(*) filter (where {k} = {SURE_FALSE})",
        "a": f"count(*) filter (where {k} = {SURE_OPEN})",
        "ut": f"{some} filter (where {k} in {_COULD_HOLD})",
        "uf": f"{some} filter (where {k} in {_COULD_BREAK})",
        "vt": f"count(*) filter (where not phantom and {k} in {_COULD_HOLD})",
        "vf": f"count(*) filter (where not phantom and {k} in {_COULD_BREAK})",
        "bl": f"{some} filter (where {k} in {(MAYBE_FALSE, MAYBE_OPEN)})",
        "bu": f"{some} filter (where {k} in {(MAYBE_TRUE, MAYBE_OPEN)})",
    }
    needed = frozenset[str]().union(*(_NEEDED[function] for function in functions))
    if relation.maximum is None:
        needed -= {"vt", "vf"}
    found = [f"{sql} as {name}{index}" for name, sql in columns.items() if name in needed]
    opened = f"{k} in {_opening(functions)}"
    lists = [] if gapless else [f"list(gap) filter (where phantom and {opened})"]
    lists += [f"flatten(list(eg{index}) filter (where {opened}))"] if nested else []
    if lists:
        found.append(f"list_concat({', '.join(f'coalesce({each}, [])' for each in lists)}) as g{index}")
    decided = named and bool(functions & DECIDING)
    if decided:
        found.append(f"list(part) filter (where {k} in {_against(functions)}) as w{index}")
    return Aggregated(found, f"g{index}" if lists else None, f"w{index}" if decided else None)


def _opening(functions: set[str]) -> tuple[int, ...]:
    """How a pair stands when it leaves one of these quantifiers open."""
    breaking = functions & {"every", "at_least_share"}
    holding = functions - {"every"}
    return tuple(sorted({*(_COULD_BREAK if breaking else ()), *(_COULD_HOLD if holding else ())}))


def _against(functions: set[str]) -> str:
    deciding = {SURE_FALSE if function == "every" else SURE_TRUE for function in functions & DECIDING}
    return f"({', '.join(str(code) for code in sorted(deciding))})"


def verdict(term: Quantifier, query: str, index: int, relation: Relation) -> str:
    """The quantifier as a three-valued SQL expression over the counts of `query`."""

    def count(name: str) -> str:
        return f"coalesce({query}.{name}{'' if name in ('c', 'n', 's') else index}, 0)"

    certain = count("c")
    fewer = f" or {certain} < {relation.minimum}" if relation.minimum else ""
    n, t = term.count, count("t")

    def at_maximum(name: str) -> str:
        if relation.maximum is None:
            return count(name)
        seen = count({"ut": "vt", "uf": "vf"}[name])
        return f"(case when {certain} >= {relation.maximum} then {seen} else {count(name)} end)"

    match term.function:
        case "every":
            cases = f"when {count('f')} > 0 then false when {at_maximum('uf')} > 0{fewer} then null else true"
        case "some":
            cases = f"when {t} > 0 then true when {at_maximum('ut')} > 0{fewer} then null else false"
        case "none":
            cases = f"when {t} > 0 then false when {at_maximum('ut')} > 0{fewer} then null else true"
        case "at_least":
            cases = f"when {t} >= {n} then true when {t} + {at_maximum('ut')} >= {n}{fewer} then null else false"
        case "at_most":
            cases = f"when {t} > {n} then false when {t} + {at_maximum('ut')} > {n}{fewer} then null else true"
        case _:
            share = _share(n, t, count("f"), count("a"), _open_rows(count, certain, relation))
            cases = f"when {certain} < {relation.minimum} then null {share}"
    return f"cast(case {_more_than_can_be(term, count, relation)}{cases} end as boolean)"


def _more_than_can_be(term: Quantifier, count: Callable[[str], str], relation: Relation) -> str:
    """The case of more rows than the relation can have: a folder declares one name twice, and which one is
    applied is not known. Only what all of them agree on is decided."""
    if relation.maximum is None:
        return ""
    case = f"when {count('s')} > {relation.maximum}"
    if term.function not in ("some", "none"):
        return f"{case} then null "
    truth, untruth = ("true", "false") if term.function == "some" else ("false", "true")
    every, nowhere = f"{count('t')} = {count('n')}", f"{count('t')} + {count('ut')} = 0"
    return f"{case} then case when {every} then {truth} when {nowhere} then {untruth} end "


def _open_rows(count: Callable[[str], str], certain: str, relation: Relation) -> tuple[str, str]:
    """The rows that may still join the share: none once the declared maximum is certain."""
    lower, upper = count("bl"), count("bu")
    if relation.maximum is None:
        return lower, upper
    full = f"{certain} >= {relation.maximum}"
    return f"(case when {full} then 0 else {lower} end)", f"(case when {full} then 0 else {upper} end)"


def _share(percent: int, t: str, f: str, a: str, open_rows: tuple[str, str]) -> str:
    lower, upper = open_rows
    return (
        f"when 100 * {t} >= {percent} * ({t} + {f} + {a} + {lower}) then true"
        f" when 100 * ({t} + {a} + {upper}) < {percent} * ({t} + {f} + {a} + {upper}) then false else null"
    )
