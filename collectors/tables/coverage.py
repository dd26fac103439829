"""What was seen, positively, and its complement: the gaps.

A table is known only where a source claimed to have seen its kinds to the end. Everything else is a gap,
generated here, so that a new table, a namespace nobody could list or a kind that was never asked for is a
gap without anyone remembering to say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from collectors.evidence.item import WHOLE_CLUSTER, Claim, Item
from collectors.kubernetes.extensions import SERVED_TOGETHER
from collectors.kubernetes.kinds import KNOWN, NOT_STORED, group_of, is_namespaced, listed_as, name_of
from collectors.kubernetes.roles import rule_that_opens
from collectors.kubernetes.surveyed import LIVE, SECRET_KIND
from collectors.tables.families import KUBERNETES, not_collected
from collectors.tables.schema import ClusterContext, Table, UnseenPart

UNLISTED = "?"
ANY_KIND = "*"


@dataclass(frozen=True, slots=True)
class Covered:
    """Positive coverage of one kind of one table: complete, or partial."""

    table: str
    kind: str
    cluster: str
    namespace: str
    state: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a table is not known to be complete.

    `namespace` is None for kinds of the whole cluster and "?" for namespaces that nobody could list. `judged`
    is False where the population is what a folder declares, so the gap matters to relations only. `owner` is
    the key of a seen object whose parts were not shown.
    """

    number: int
    source: str
    cluster: str
    namespace: str | None
    kind: str
    table: str
    outcome: str
    reason: str
    closed_by: str
    judged: bool = True
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim with the item that makes it."""

    claim: Claim
    item: Item


class Coverage:
    """The claims of one cluster and family of tables, asked table by table."""

    def __init__(
        self, context: ClusterContext, items: Sequence[Item], namespaces: Iterable[str], family: str = KUBERNETES
    ) -> None:
        self._context = context
        self._family = family
        self._claims = [Claimed(claim, item) for item in items for claim in item.claims]
        named = {claimed.claim.namespace for claimed in self._claims} - {WHOLE_CLUSTER}
        named |= {item.parameters["namespace"] for item in items if "namespace" in item.parameters}
        self._answers: dict[tuple[str, str | None], tuple[list[Claimed], list[Claimed]]] = {}
        self._refused = {
            (kind, item.parameters.get("namespace")): item for item in items for kind in refused_kinds(item)
        }
        somewhere = {(each.claim.kind, each.claim.namespace) for each in self._claims} | set(self._refused)
        self._inside = {kind for kind, namespace in somewhere if namespace not in (None, WHOLE_CLUSTER)}
        self._spoken_of = {kind for kind, _ in somewhere}
        self._live = any(item.source == LIVE for item in items)
        self._namespaces = sorted(set(namespaces) | named)
        self._source = next((item.source for item in items), family)
        self._population_known = (
            context.basis == "declared" and not context.whole and not self._partial("*", WHOLE_CLUSTER)
        )

    def of(self, table: Table, first_gap: int) -> tuple[list[Covered], list[Gap]]:
        """Coverage of a base table, kind by kind and namespace by namespace, and the gaps it leaves."""
        covered: list[Covered] = []
        gaps: list[Gap] = []
        for kind in self._kinds(table):
            for namespace in self._scopes(kind) if not table.kinds_together else self._scopes_together(kind):
                complete = [] if self._cannot_show(table) else self._complete(kind, namespace)
                partial = self._partial(kind, namespace)
                if complete or partial:
                    state, found = ("complete", complete) if complete else ("partial", partial)
                    evidence = tuple(dict.fromkeys(claimed.item.evidence_id for claimed in found))
                    covered.append(Covered(table.name, kind, self._context.name, namespace or "*", state, evidence))
                if not complete:
                    gaps.append(self._gap(first_gap + len(gaps), table, kind, namespace, partial))
        return covered, gaps

    def unseen_part(self, number: int, part: UnseenPart) -> Gap:
        """The gap of a seen owner whose parts were not shown."""
        reason = f"this {name_of(part.kind)} was seen only in part"
        return Gap(
            number,
            self._source,
            self._context.name,
            part.namespace,
            part.kind,
            part.table,
            "absent",
            reason,
            self._remedy(part.kind, part.namespace),
            owner=part.owner,
        )

    def _scopes(self, kind: str) -> Iterator[str | None]:
        if self._family != KUBERNETES or is_namespaced(kind) is False:
            yield None
            return
        yield from self._namespaces
        if not self._complete(kind, UNLISTED) and not self._complete("Namespace", None):
            yield UNLISTED

    def _scopes_together(self, kind: str) -> Iterator[str | None]:
        """As `_scopes`; but where all that was said holds for the whole cluster, it is said once."""
        yield from (None,) if self._inside.isdisjoint((kind, ANY_KIND)) else self._scopes(kind)

    def _kinds(self, table: Table) -> Iterable[str]:
        """The kinds to speak of one by one; those of which nothing was said at all stand together as one."""
        spoken_of = self._spoken_of
        if not table.kinds_together:
            return [*table.kinds, *(kind for kind in table.where_served if self._is_served(kind))]
        made_up = sorted(kind for kind in spoken_of if listed_as(kind) != kind and listed_as(kind) in table.kinds)
        single = [kind for kind in table.kinds if kind in spoken_of] + made_up
        return single if {*single, *map(listed_as, made_up)} >= set(table.kinds) else [*single, ANY_KIND]

    def _is_served(self, kind: str) -> bool:
        """Whether somebody spoke of this kind of an extension, or of another one that comes with it."""
        if kind in self._spoken_of:
            return True
        group = group_of(kind)
        return group in SERVED_TOGETHER and any(group_of(each) == group for each in self._spoken_of)

    def _cannot_show(self, table: Table) -> bool:
        return table.running_only and self._context.basis == "declared"

    def _complete(self, kind: str, namespace: str | None) -> list[Claimed]:
        return self._claimed(kind, namespace)[0]

    def _partial(self, kind: str, namespace: str | None) -> list[Claimed]:
        return self._claimed(kind, namespace)[1]

    def _claimed(self, kind: str, namespace: str | None) -> tuple[list[Claimed], list[Claimed]]:
        """What is claimed of a kind in a namespace, complete and partial; asked once a table, answered once."""
        known = self._answers.get((kind, namespace))
        if known is None:
            known = ([], [])
            says = (kind,) if kind in NOT_STORED else (kind, ANY_KIND)
            for claimed in self._claims:
                if claimed.claim.kind in says and claimed.claim.namespace in (WHOLE_CLUSTER, namespace):
                    known[0 if claimed.claim.complete else 1].append(claimed)
            self._answers[kind, namespace] = known
        return known

    def _gap(self, number: int, table: Table, kind: str, namespace: str | None, partial: list[Claimed]) -> Gap:
        judged = self._cannot_show(table) or not self._population_known
        said = partial[0].item.parameters.get("closed_by", "") if partial else ""
        if self._cannot_show(table):
            outcome, reason = "absent", "a folder of manifests does not show what only a running cluster has"
        elif partial:
            outcome = partial[0].item.outcome if partial[0].item.outcome != "complete" else "partial"
            reason = partial[0].claim.reason or partial[0].item.reason
        elif refusal := self._refusal(kind, namespace):
            outcome, reason = refusal.outcome, refusal.reason
        elif self._family != KUBERNETES:
            outcome, reason = "absent", not_collected(self._family)[0]
        elif self._context.basis == "declared":
            outcome, reason = "absent", "a folder proves what it declares, not what else the cluster holds"
        elif kind in NOT_STORED and not self._live:
            outcome, reason = "absent", "only the running cluster itself answers this"
        else:
            outcome, reason = "absent", f"no complete list of {_resource(kind)} was given for this scope"
        return Gap(
            number,
            self._source,
            self._context.name,
            namespace,
            kind,
            table.name,
            outcome,
            reason,
            said or self._remedy(kind, namespace, running_only=self._cannot_show(table)),
            judged,
        )

    def _refusal(self, kind: str, namespace: str | None) -> Item | None:
        """The answer that refused this kind: in this namespace, else in the whole cluster, else all of the cluster."""
        places = ((kind, namespace), (kind, None), (ANY_KIND, None))
        return next((self._refused[place] for place in places if place in self._refused), None)

    def _remedy(self, kind: str, namespace: str | None, *, running_only: bool = False) -> str:
        refused = self._refusal(kind, namespace)
        if self._family != KUBERNETES or (refused and "closed_by" in refused.parameters):
            return refused.parameters.get("closed_by", "") if refused else not_collected(self._family)[1]
        if self._context.basis == "declared" and running_only:
            return "collect from the running cluster"
        if self._context.basis == "declared" and self._context.whole:
            return "give what could not be read in a form that can be, such as rendered templates"
        if self._context.basis == "declared":
            return "collect from the running cluster, or pass --whole if the folder declares everything"
        if kind in NOT_STORED and not self._live:
            return f"collect from the running cluster, with {rule_that_opens(kind)}"
        if kind == ANY_KIND:
            return "collect from the running cluster with the role that `kubesurvey permissions` prints"
        if kind == SECRET_KIND and refused is None:
            return f"collect from the running cluster with --with-secrets, and {rule_that_opens(kind)}"
        if self._live:
            return rule_that_opens(kind, None if namespace == UNLISTED else namespace)
        scope = "" if not namespace else " -A" if namespace == UNLISTED else f" -n {namespace}"
        return f"permission to list {_resource(kind)} and the answer of: kubectl get {_resource(kind)}{scope} -o json"


def refused_kinds(item: Item) -> tuple[str, ...]:
    """The kinds that were asked for and not given: kubectl's stderr beside an empty list says so, or the API server."""
    if item.outcome in ("complete", "partial"):
        return ()
    several = item.parameters.get("kinds", "")
    return tuple(several.split(",")) if several else tuple(filter(None, (item.parameters.get("kind"),)))


def _resource(kind: str) -> str:
    if kind == ANY_KIND:
        return "any of its kinds"
    known = KNOWN.get(kind)
    return known.resource if known else name_of(kind).lower()
