"""The Kubernetes role of a survey as YAML that `kubectl apply -f -` takes, each rule with the tables that need it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from assessment.console import printable
from collectors.kubernetes.extensions import EVERY_KIND_OF, EXTENSIONS
from collectors.kubernetes.kinds import KUBELET, group_of
from collectors.kubernetes.roles import (
    RULE_FOR_KUBELETS,
    Rule,
    everything_listed,
    resource_of,
    rule_for_paths,
    rules_that_list,
)
from collectors.kubernetes.surveyed import PATHS, SECRET_KIND, SURVEYED
from collectors.tables.families import KUBERNETES, tables_of

NAME = "kubesurvey-reader"
NO_TABLE = "kept as evidence; no table needs it"
_WIDTH = 112


def full_rules(*, with_secrets: bool = False, kubelets: bool = False) -> tuple[Rule, ...]:
    """Every rule that a survey of a whole cluster uses, and no other."""
    kinds = [*everything_listed(), *([SECRET_KIND] if with_secrets else [])]
    return (*rules_that_list(kinds), *([RULE_FOR_KUBELETS] if kubelets else []), rule_for_paths())


def namespaced_rules(*, with_secrets: bool = False) -> tuple[Rule, ...]:
    """Every rule that a Role of one namespace can hold."""
    return rules_that_list([*everything_listed(namespaced_only=True), *([SECRET_KIND] if with_secrets else [])])


def cluster_role(rules: Sequence[Rule], name: str = NAME) -> str:
    """One ClusterRole."""
    head = ["apiVersion: rbac.authorization.k8s.io/v1", "kind: ClusterRole", "metadata:", f"  name: {name}", "rules:"]
    return "\n".join([*head, *_rules(rules)]) + "\n"


def role(rules: Sequence[Rule], namespace: str, name: str = NAME) -> str:
    """One Role in a namespace."""
    where = ["metadata:", f"  name: {name}", f"  namespace: {json.dumps(namespace)}"]
    head = ["apiVersion: rbac.authorization.k8s.io/v1", "kind: Role", *where, "rules:"]
    return "\n".join([*head, *_rules(rules)]) + "\n"


def tables_that_need(kind: str) -> tuple[str, ...]:
    """The tables that are filled from a kind, by name; "group/*" stands for every kind of the group."""

    made_up = group_of(kind) in EVERY_KIND_OF

    def feeds(kinds: Iterable[str]) -> bool:
        return any(each == kind or (made_up and group_of(each) == group_of(kind)) for each in kinds)

    declared = tables_of(KUBERNETES).values()
    return tuple(sorted(table.name for table in declared if feeds(table.fed_by)))


def comment(text: str, indent: str = "") -> list[str]:
    """Text as lines of a YAML comment."""
    return textwrap.wrap(printable(text), _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   ",
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _rules(rules: Sequence[Rule]) -> Iterator[str]:
    if not rules:
        yield "  []"
    for rule in rules:
        for line in _why(rule):
            yield from comment(line, "  ")
        yield from _written(rule)


def _written(rule: Rule) -> Iterator[str]:
    if rule.paths:
        yield from _filled("  - nonResourceURLs: ", rule.paths)
    else:
        yield f"  - apiGroups: [{json.dumps(rule.group)}]"
        yield from _filled("    resources: ", rule.resources)
    yield f"    verbs: [{json.dumps(rule.verb)}]"


def _filled(field: str, values: Sequence[str]) -> list[str]:
    text = ", ".join(json.dumps(value) for value in values)
    return textwrap.wrap(f"{field}[{text}]", _WIDTH, subsequent_indent=" " * 8, drop_whitespace=True,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _why(rule: Rule) -> Iterator[str]:
    if rule.paths:
        yield from (f"{path}: {_PAGES[path]}{_also(tables_that_need(PATHS[path]))}" for path in rule.paths)
    elif rule == RULE_FOR_KUBELETS:
        yield f"the configuration of each kubelet, where it knows this permission{_also(tables_that_need(KUBELET))}"
    elif rule.group in EVERY_KIND_OF:
        tables = _named(tables_that_need(f"{rule.group}/*"))
        yield f"{EVERY_KIND_OF[rule.group]}, every constraint, whose kinds the client makes up: {tables}"
    else:
        yield from _of_resources(rule)


def _of_resources(rule: Rule) -> Iterator[str]:
    """The product first; resources that the same tables need share a line."""
    kinds = {resource_of(kind): kind for kind in (*SURVEYED, SECRET_KIND) if group_of(kind) == rule.group}
    product = next((EXTENSIONS[kind] for kind in kinds.values() if kind in EXTENSIONS), None)
    if product:
        yield f"{product.product}: {product.evidence_of}"
    together: dict[tuple[str, ...], list[str]] = {}
    for resource in rule.resources:
        together.setdefault(tables_that_need(kinds[resource]), []).append(resource)
    for tables, resources in together.items():
        everything = len(together) == 1 and len(resources) > 1
        yield f"{'all of it' if everything else ', '.join(resources)}: {_named(tables)}"


def _named(tables: Sequence[str]) -> str:
    if not tables:
        return NO_TABLE
    return f"for the table{'s' if len(tables) > 1 else ''} {', '.join(tables)}"


def _also(tables: Sequence[str]) -> str:
    return f"; {_named(tables)}" if tables else ""


_PAGES = {
    "/api": "which kinds the core group serves, so that nothing is asked for that is not there",
    "/apis": "which kinds all other groups serve, so that nothing is asked for that is not there",
    "/metrics": "which deprecated APIs are still asked for",
    "/readyz": "whether the API server calls itself ready",
    "/version": "the version of the API server",
}


def kinds_of_cluster() -> list[str]:
    """What no Role can open: kinds of the whole cluster by resource, and paths."""
    kinds = [kind for kind in everything_listed() if kind not in SURVEYED or not SURVEYED[kind].namespaced]
    return [f"{resource_of(kind)}.{group_of(kind)}".rstrip(".") for kind in kinds]
