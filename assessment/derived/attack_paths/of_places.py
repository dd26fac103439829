"""What namespaces, nodes and accounts give to whoever got there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assessment.derived.attack_paths import steps
from assessment.derived.attack_paths.steps import ACCOUNTS, EXEC, RUN, SECRETS, Step, Steps
from assessment.derived.memberships import groups_of_service_account
from assessment.derived.token_mounts import TokenMounts
from assessment.derived.unseen import Unseen
from collectors.tables.as_written import both, either

_REFUSES_PRIVILEGED = ("baseline", "restricted")
_NODE_ROLES = {"aws": "the role of the EC2 nodes", "azure": "the identity of the AKS nodes"}


class OfPlaces:
    """Steps of one cluster that start neither in a pod nor at a right."""

    def __init__(
        self, cluster: str, tables: Mapping[str, Sequence[Any]], unseen: Unseen, *, is_running: bool
    ) -> None:
        self._cluster = cluster
        self._is_running = is_running
        self._unseen = unseen
        self._workloads = tables["workloads"]
        self._tables = tables
        self._tokens = TokenMounts(tables["service_accounts"], unseen)
        self._accounts: dict[str | None, dict[str, Any]] = defaultdict(dict)
        for account in tables["service_accounts"]:
            self._accounts[account.namespace][account.name] = account
        for workload in self._workloads:
            if workload.service_account_name is not None:
                self._accounts[workload.namespace].setdefault(workload.service_account_name, None)
        self.namespaces = sorted(
            {each.name for each in tables["namespaces"]}
            | {each.namespace for each in self._workloads if each.namespace}
            | {each for each in self._accounts if each}
            | {each.namespace for each in tables["subject_rights"] if each.namespace}
        )

    def steps(self, bound_groups: frozenset[str]) -> Steps:
        """All of them; `bound_groups` are the groups that some binding names."""
        yield from self._of_namespaces()
        yield from self._of_accounts(bound_groups)
        yield from self._of_nodes()
        yield from self._of_open_kubelets()
        for target in (steps.CLUSTER_ADMIN, steps.A_NODE, steps.A_CLOUD_ROLE):
            yield Step("unseen", steps.UNSEEN, target, None, "what was not seen may lead anywhere")

    def _of_namespaces(self) -> Steps:
        levels = {each.name: each for each in self._tables["namespaces"]}
        tokens = {each.namespace for each in self._tables["secrets"] if each.is_service_account_token}
        for namespace in self.namespaces:
            for what in (RUN, EXEC, SECRETS, ACCOUNTS):
                everywhere, here = steps.acting(what, None), steps.acting(what, namespace)
                yield Step("in_every_namespace", everywhere, here, True, "")
            running, becoming = steps.acting(RUN, namespace), steps.acting(ACCOUNTS, namespace)
            secrets = steps.acting(SECRETS, namespace)
            for name in self._accounts.get(namespace, {}):
                yield Step("use_account", running, steps.account(namespace, name), True, "")
                yield Step("in_namespace", becoming, steps.account(namespace, name), True, "")
            yield Step("mount_secrets", running, secrets, True, "")
            yield self._privileged_in(namespace, levels.get(namespace))
            if namespace in tokens or self._hides("secrets", namespace):
                yield Step("token_secret", secrets, becoming, None, "whose tokens lie there was not read")
        for workload in self._workloads:
            if workload.namespace:
                source, target = steps.acting(EXEC, workload.namespace), steps.workload(workload.workload_id)
                yield Step("in_namespace", source, target, True, "")
        yield from self._of_hidden_namespaces()

    def _of_hidden_namespaces(self) -> Steps:
        """What acts in a namespace, or in every one, may act on what nobody listed there."""
        for what in (RUN, EXEC, SECRETS, ACCOUNTS):
            source = steps.acting(what, steps.SOME_NAMESPACE)
            yield Step("unseen", source, steps.UNSEEN, None, "the namespace is not known")
        for namespace in (None, *self.namespaces):
            if self._hides("service_accounts", namespace) or None in self._accounts:
                for what in (RUN, ACCOUNTS):
                    source = steps.acting(what, namespace)
                    yield Step("unseen", source, steps.UNSEEN, None, "not every ServiceAccount was listed")
            if self._hides_pods(namespace) or any(each.namespace is None for each in self._workloads):
                source = steps.acting(EXEC, namespace)
                yield Step("unseen", source, steps.UNSEEN, None, "not every pod was listed")
            if namespace is None and self._hides("namespaces", None):
                yield Step("unseen", steps.acting(RUN, None), steps.UNSEEN, None, "not every namespace was listed")

    def _privileged_in(self, namespace: str, row: Any) -> Step:
        """Whether admission lets a privileged pod in: by the label, else perhaps by an engine that was seen."""
        level = row.enforce_level_by_label if row else None
        refs = row.evidence_refs if row else ()
        source = steps.acting(RUN, namespace)
        if level in _REFUSES_PRIVILEGED:
            because = f"the namespace enforces {level}"
            return Step("run_privileged", source, steps.EVERY_NODE, False, because, refs)
        may_refuse = bool(self._tables["admission_webhooks"]) or self._hides("admission_webhooks", None)
        holds = None if level is None or may_refuse else True
        because = f"its level is {level or 'not known'}"
        because += ", and an admission webhook may refuse it" if may_refuse else ""
        return Step("run_privileged", source, steps.EVERY_NODE, holds, because, refs)

    def _of_accounts(self, bound_groups: frozenset[str]) -> Steps:
        hidden = self._unseen.near(self._cluster, "role_binding_subjects", None)
        for namespace, accounts in self._accounts.items():
            for name, row in accounts.items():
                source = steps.account(namespace, name)
                yield Step("unknown_right", source, steps.SOMEBODY, None, "it may be whom a binding means")
                if hidden:
                    yield Step("unknown_right", source, steps.UNSEEN, None, "not every binding was listed")
                for group in groups_of_service_account(namespace or "?", name):
                    if group in bound_groups:
                        yield Step("member_of", source, steps.group(group), True, "every ServiceAccount does")
                if row is not None and row.has_cloud_identity is not False:
                    role, holds = row.cloud_identity or "not known", row.has_cloud_identity
                    yield Step("workload_identity", source, steps.cloud_role(role), holds, "by annotation",
                               row.evidence_refs)  # fmt: skip
                    yield Step("any_role", steps.cloud_role(role), steps.A_CLOUD_ROLE, True, "")

    def _of_nodes(self) -> Steps:
        yield Step("any_node", steps.EVERY_NODE, steps.A_NODE, True, "")
        if self._hides("nodes", None) or self._hides("pods", None):
            yield Step("unseen", steps.EVERY_NODE, steps.UNSEEN, None, "not every node and pod was listed")
        on = self._accounts_by_node()
        listed = {row.name: row for row in self._tables["nodes"]}
        for name in sorted({*listed, *on}):
            place, tokens = steps.node(name), steps.tokens_on(name)
            yield Step("any_node", steps.EVERY_NODE, place, True, "")
            yield Step("any_node", place, steps.A_NODE, True, "")
            yield Step("node_disk", place, tokens, True, "")
            for account, mounts in on.get(name, {}).items():
                if mounts is not False:
                    yield Step("node_accounts", tokens, account, mounts, "")
            yield from self._of_node(place, listed.get(name))
        yield from (
            Step("any_role", steps.cloud_role(role), steps.A_CLOUD_ROLE, True, "") for role in _NODE_ROLES.values()
        )
        yield from self._on_the_nodes_network()

    @staticmethod
    def _of_node(place: str, row: Any) -> Steps:
        """What being on this node gives; of one that only pods name nobody knows what it is."""
        if row is None:
            yield Step("unseen", place, steps.UNSEEN, None, "the node itself was not listed")
            return
        if row.is_control_plane is not False:
            because = "by its labels" if row.is_control_plane else "its labels were not read"
            holds = row.is_control_plane
            yield Step("control_plane", place, steps.CLUSTER_ADMIN, holds, because, row.evidence_refs)
        if role := _NODE_ROLES.get(row.provider or ""):
            yield Step("node_role", place, steps.cloud_role(role), True, "", row.evidence_refs)

    def _on_the_nodes_network(self) -> Steps:
        """Pods on the node's network get answers meant for the node: the metadata service tells its role."""
        providers = {row.provider for row in self._tables["nodes"]} & set(_NODE_ROLES)
        for workload in self._workloads if self._hides("nodes", None) else ():
            if workload.uses_host_network is not False:
                source = steps.workload(workload.workload_id)
                yield Step("unseen", source, steps.UNSEEN, None, "whose node it is was not listed")
        for workload in self._workloads if providers else ():
            if workload.uses_host_network is not False:
                for provider in sorted(providers):
                    target = steps.cloud_role(_NODE_ROLES[provider])
                    yield Step("host_network", steps.workload(workload.workload_id), target, workload.uses_host_network,
                               "hostNetwork", workload.evidence_refs)  # fmt: skip

    def _accounts_by_node(self) -> dict[str, dict[str, bool | None]]:
        by_id = {workload.workload_id: workload for workload in self._workloads}
        mounts = {each.workload_id: self._tokens.of(each) for each in self._workloads}
        found: dict[str, dict[str, bool | None]] = defaultdict(dict)
        for pod in self._tables["pods"]:
            workload = by_id.get(pod.workload_id)
            if pod.node_name and workload is not None:
                account = steps.account(workload.namespace, workload.service_account_name)
                known = found[pod.node_name].get(account, False)
                found[pod.node_name][account] = either(known, mounts[workload.workload_id])
        return found

    def _of_open_kubelets(self) -> Steps:
        open_ones = [(row, both(row.allows_anonymous, _allows_all(row))) for row in self._tables["kubelets"]]
        seen = [(row, holds) for row, holds in open_ones if holds is not False]
        for row, holds in seen:
            yield Step("kubelet_open", steps.A_POD, steps.node(row.name), holds, "anonymous and AlwaysAllow",
                       row.evidence_refs)  # fmt: skip
        for workload in self._workloads if seen else ():
            yield Step("any_pod", steps.workload(workload.workload_id), steps.A_POD, True, "")

    def _hides_pods(self, namespace: str | None) -> bool:
        """Whether pods may run there unseen. In a running cluster the list of pods tells, whoever owns them."""
        kind = "Pod" if self._is_running else ""
        return self._unseen.near(self._cluster, "workloads", namespace, kind)

    def _hides(self, table: str, namespace: str | None) -> bool:
        return self._unseen.near(self._cluster, table, namespace)


def bound_groups(rights: Iterable[Any]) -> frozenset[str]:
    """The groups that bindings name."""
    return frozenset(row.subject_name for row in rights if row.subject_kind == "Group" and row.subject_name)


def _allows_all(kubelet: Any) -> bool | None:
    return None if kubelet.authorization_mode is None else kubelet.authorization_mode == "AlwaysAllow"
