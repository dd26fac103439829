"""The arithmetic of quantifiers over rows of which some are certain, some possible, some unseen.

Counted per judged row and condition e: t and f, certain rows where e is true or false; ut and uf, rows that
could make e true or false (a phantom stands for any number of them); a, certain rows where e is not known;
bl and bu, uncertain rows that could be in the relation without, or with, satisfying e.
"""

from __future__ import annotations

from collections.abc import Callable

from assessment.checks.syntax import Quantifier
from collectors.tables.schema import Relation

ANY_NUMBER = 10**9
DECIDING = frozenset({"every", "none", "at_most"})

_NEEDED: dict[str, frozenset[str]] = {
    "some": frozenset({"t", "ut", "a"}),
    "none": frozenset({"t", "ut", "a"}),
    "every": frozenset({"f", "uf", "a"}),
    "at_least": frozenset({"t", "ut", "a"}),
    "at_most": frozenset({"t", "ut", "a"}),
    "at_least_share": frozenset({"t", "f", "a", "bl", "bu"}),
}
_CERTAIN = "(m and not phantom)"
_MATCH = "(case when phantom or m is null then null else true end)"


def aggregates(index: int, functions: set[str], *, nested: bool, named: bool) -> list[str]:
    """The aggregate columns that these quantifiers over condition e<index> need.

    g<index> lists the gaps that leave the answer open, w<index> the parts that decide it against the rule.
    """
    e = f"e{index}"
    weight = f"case when phantom then {ANY_NUMBER} else 1 end"
    could_hold = f"({_MATCH} and {e}) is null"
    could_break = f"({_MATCH} and not {e}) is null"
    columns = {
        "t": f"count(*) filter (where {_CERTAIN} and {e})",
        "f": f"count(*) filter (where {_CERTAIN} and not {e})",
        "a": f"count(*) filter (where {_CERTAIN} and {e} is null)",
        "ut": f"coalesce(sum({weight}) filter (where {could_hold}), 0)",
        "uf": f"coalesce(sum({weight}) filter (where {could_break}), 0)",
        "bl": f"coalesce(sum({weight}) filter (where {_MATCH} is null and {e} is distinct from true), 0)",
        "bu": f"coalesce(sum({weight}) filter (where {_MATCH} is null and {e} is distinct from false), 0)",
    }
    needed = frozenset[str]().union(*(_NEEDED[function] for function in functions))
    found = [f"{sql} as {name}{index}" for name, sql in columns.items() if name in needed]
    opened = could_break if functions == {"every"} else could_hold
    if (len({"every", "at_least_share"} & functions) and len(functions) > 1) or "at_least_share" in functions:
        opened = f"({could_hold} or {could_break})"
    gaps = f"list(distinct gap) filter (where phantom and {opened})"
    if nested:
        deeper = f"flatten(list(eg{index}) filter (where {opened}))"
        gaps = f"list_concat(coalesce({gaps}, []), coalesce({deeper}, []))"
    found.append(f"{gaps} as g{index}")
    if named and functions & DECIDING:
        found.append(f"list(distinct part) filter (where {_CERTAIN} and {_against(e, functions)}) as w{index}")
    elif functions & DECIDING:
        found.append(f"cast(null as varchar[]) as w{index}")
    return found


def _against(e: str, functions: set[str]) -> str:
    breaks = {f"not {e}" if function == "every" else e for function in functions & DECIDING}
    return f"({' or '.join(sorted(breaks))})"


def verdict(term: Quantifier, query: str, index: int, relation: Relation) -> str:
    """The quantifier as a three-valued SQL expression over the counts of `query`."""

    def count(name: str, suffix: int | str = index) -> str:
        return f"coalesce({query}.{name}{suffix}, 0)"

    certain = count("c", "")
    fewer = f" or {certain} < {relation.minimum}" if relation.minimum else ""
    n, t = term.count, count("t")

    def at_maximum(name: str) -> str:
        if relation.maximum is None:
            return count(name)
        return f"(case when {certain} >= {relation.maximum} then {count('a')} else {count(name)} end)"

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
    return f"cast(case {cases} end as boolean)"


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
