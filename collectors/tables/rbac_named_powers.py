"""The named powers of RBAC: what a set of rules lets its holder do, in words that a review uses.

A power is a list of requests, any of which gives it. `in_namespaces` says whether a RoleBinding can give it:
resources of the whole cluster are out of its reach, except the Namespace object of its own namespace and the verb
`bind` on ClusterRoles, which the API server asks for in the namespace of the new binding. A `resourceNames` list
never allows `create` or `deletecollection` of top-level objects, because such a request carries no name; it does
limit subresources of named objects and the verbs bind, escalate, impersonate and approve.

Source: Kubernetes documentation, "Using RBAC Authorization" (referring to resources, privilege escalation
prevention), "Role Based Access Control Good Practices", "User impersonation", "Constrained impersonation",
"Certificates and Certificate Signing Requests" (authorization).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from collectors.tables.rbac_powers import READING, WRITING, Rule, grants_everything

EVERYTHING = "everything"
RBAC = "rbac.authorization.k8s.io"
CERTIFICATES = "certificates.k8s.io"
ADMISSION = "admissionregistration.k8s.io"
_NAMELESS = frozenset({"create", "deletecollection"})
_CHANGING = frozenset({"update", "patch"})
_WRITING_ALL = WRITING | {"delete", "deletecollection"}
_DELETING = frozenset({"delete", "deletecollection"})
_CONNECTING = frozenset({"get", "create"})
_IMPERSONATE = frozenset({"impersonate"})
POD_MAKERS: Mapping[str, tuple[str, ...]] = {
    "": ("pods", "replicationcontrollers"),
    "apps": ("deployments", "statefulsets", "daemonsets", "replicasets"),
    "batch": ("jobs", "cronjobs"),
    "argoproj.io": ("workflows", "cronworkflows", "rollouts"),
    "tekton.dev": ("taskruns", "pipelineruns"),
    "serving.knative.dev": ("services",),
    "kubevirt.io": ("virtualmachines", "virtualmachineinstances"),
    "ray.io": ("rayclusters", "rayjobs"),
    "sparkoperator.k8s.io": ("sparkapplications",),
}
POLICY_ENGINES: Mapping[str, tuple[str, ...]] = {
    "kyverno.io": ("clusterpolicies", "policies", "policyexceptions"),
    "policies.kyverno.io": ("validatingpolicies", "mutatingpolicies", "imagevalidatingpolicies", "policyexceptions"),
    "templates.gatekeeper.sh": ("constrainttemplates",),
    "constraints.gatekeeper.sh": (),
    "config.gatekeeper.sh": ("configs",),
    "policy.sigstore.dev": ("clusterimagepolicies",),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """Requests that give a power: any of the verbs on any of the resources; none named: on whatever the group has."""

    group: str
    resources: tuple[str, ...]
    verbs: frozenset[str]
    in_namespaces: bool = True

    def answered_by(self, rule: Rule) -> tuple[bool | None, tuple[str, ...]]:
        """Whether the rule allows one of them, and the names it is limited to (none: every name)."""
        names = rule.resource_names
        if names is None:
            return (None if self._allowed(rule, self.verbs) is not False else False), ()
        of_named_parents = bool(self.resources) and all("/" in each for each in self.resources)
        verbs = self.verbs if of_named_parents or not names else self.verbs - _NAMELESS
        return (self._allowed(rule, verbs) if verbs else False), tuple(names)

    def _allowed(self, rule: Rule, verbs: frozenset[str]) -> bool | None:
        """`Rule.allows`, with the part that settles most rules asked first: the API group."""
        groups = rule.api_groups
        if groups is not None and self.group not in groups and "*" not in groups:
            return False
        return rule.allows(self.group, self.resources or rule.resources or (), verbs)


def _in_cluster(group: str, resources: Iterable[str], verbs: frozenset[str]) -> Ask:
    return Ask(group, tuple(resources), verbs, in_namespaces=False)


def _each(groups: Mapping[str, tuple[str, ...]], verbs: frozenset[str]) -> tuple[Ask, ...]:
    return tuple(Ask(group, resources, verbs) for group, resources in groups.items())


_AUTHENTICATION = "authentication.k8s.io"
POWERS: Mapping[str, tuple[Ask, ...]] = {
    "read_secrets": (Ask("", ("secrets",), READING),),
    "write_secrets": (Ask("", ("secrets",), WRITING),),
    "create_token_secrets": (Ask("", ("secrets",), frozenset({"create"})),),
    "read_config_maps": (Ask("", ("configmaps",), READING),),
    "write_config_maps": (Ask("", ("configmaps",), WRITING),),
    "read_logs": (Ask("", ("pods/log",), frozenset({"get"})),),
    "create_pods": _each(POD_MAKERS, frozenset({"create"})),
    "change_workloads": _each(POD_MAKERS, _CHANGING),
    "exec_pods": (Ask("", ("pods/exec", "pods/attach"), _CONNECTING),),
    "debug_pods": (Ask("", ("pods/ephemeralcontainers",), _CHANGING),),
    "forward_ports": (Ask("", ("pods/portforward",), _CONNECTING),),
    "proxy_pods": (Ask("", ("pods/proxy", "services/proxy"), _CONNECTING),),
    "bind_pods": (
        Ask("", ("pods/binding",), frozenset({"create"})),
        Ask("", ("bindings",), frozenset({"create"})),
    ),
    "impersonate_users": (_in_cluster("", ("users",), _IMPERSONATE),),
    "impersonate_groups": (_in_cluster("", ("groups",), _IMPERSONATE),),
    "impersonate_service_accounts": (Ask("", ("serviceaccounts",), _IMPERSONATE),),
    "impersonate_user_info": (_in_cluster(_AUTHENTICATION, ("users",), frozenset({"impersonate:user-info"})),),
    "impersonate_any_node": (_in_cluster(_AUTHENTICATION, ("nodes",), frozenset({"impersonate:arbitrary-node"})),),
    "escalate_roles": (
        Ask(RBAC, ("roles",), frozenset({"escalate"})),
        _in_cluster(RBAC, ("clusterroles",), frozenset({"escalate"})),
    ),
    "bind_roles": (Ask(RBAC, ("roles", "clusterroles"), frozenset({"bind"})),),
    "write_roles": (Ask(RBAC, ("roles",), WRITING),),
    "write_cluster_roles": (_in_cluster(RBAC, ("clusterroles",), WRITING),),
    "write_role_bindings": (Ask(RBAC, ("rolebindings",), WRITING),),
    "write_cluster_role_bindings": (_in_cluster(RBAC, ("clusterrolebindings",), WRITING),),
    "create_tokens": (Ask("", ("serviceaccounts/token",), frozenset({"create"})),),
    "write_service_accounts": (Ask("", ("serviceaccounts",), WRITING),),
    "create_certificate_requests": (
        _in_cluster(CERTIFICATES, ("certificatesigningrequests",), frozenset({"create"})),
    ),
    "approve_certificates": (_in_cluster(CERTIFICATES, ("certificatesigningrequests/approval",), _CHANGING),),
    "approve_for_signers": (_in_cluster(CERTIFICATES, ("signers",), frozenset({"approve"})),),
    "sign_for_signers": (_in_cluster(CERTIFICATES, ("signers",), frozenset({"sign"})),),
    "proxy_nodes": (_in_cluster("", ("nodes/proxy",), _CONNECTING),),
    "write_nodes": (_in_cluster("", ("nodes", "nodes/status"), WRITING | {"delete"}),),
    "write_persistent_volumes": (_in_cluster("", ("persistentvolumes",), WRITING),),
    "write_storage_classes": (
        _in_cluster("storage.k8s.io", ("storageclasses", "csidrivers", "volumeattachments"), WRITING),
    ),
    "write_webhooks": (
        _in_cluster(ADMISSION, ("validatingwebhookconfigurations", "mutatingwebhookconfigurations"), _WRITING_ALL),
    ),
    "write_admission_policies": (
        _in_cluster(
            ADMISSION,
            tuple(
                f"{kind}admissionpolic{part}" for kind in ("validating", "mutating") for part in ("ies", "ybindings")
            ),
            _WRITING_ALL,
        ),
    ),
    "write_policy_engines": _each(POLICY_ENGINES, _WRITING_ALL),
    "write_api_services": (_in_cluster("apiregistration.k8s.io", ("apiservices",), WRITING),),
    "write_custom_resource_definitions": (
        _in_cluster("apiextensions.k8s.io", ("customresourcedefinitions",), WRITING),
    ),
    "create_namespaces": (_in_cluster("", ("namespaces",), frozenset({"create"})),),
    "label_namespaces": (Ask("", ("namespaces",), _CHANGING),),
    "delete_namespaces": (Ask("", ("namespaces",), frozenset({"delete"})),),
    "write_network_policies": (
        Ask("networking.k8s.io", ("networkpolicies",), _WRITING_ALL),
        Ask("cilium.io", ("ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"), _WRITING_ALL),
        Ask("crd.projectcalico.org", ("networkpolicies", "globalnetworkpolicies"), _WRITING_ALL),
        Ask("projectcalico.org", ("networkpolicies", "globalnetworkpolicies"), _WRITING_ALL),
    ),
    "write_endpoints": (
        Ask("", ("endpoints",), WRITING),
        Ask("discovery.k8s.io", ("endpointslices",), WRITING),
    ),
    "write_service_status": (Ask("", ("services/status",), _CHANGING),),
    "write_services": (Ask("", ("services",), WRITING),),
    "write_routes": (
        Ask("networking.k8s.io", ("ingresses",), WRITING),
        Ask("gateway.networking.k8s.io", ("gateways", "httproutes", "tlsroutes", "tcproutes"), WRITING),
    ),
    "delete_everything": (
        Ask("", ("pods", "secrets", "configmaps", "persistentvolumeclaims"), frozenset({"deletecollection"})),
        Ask("apps", POD_MAKERS["apps"], frozenset({"deletecollection"})),
        _in_cluster("", ("persistentvolumes",), frozenset({"deletecollection"})),
    ),
    "delete_volumes": (
        Ask("", ("persistentvolumeclaims",), _DELETING),
        _in_cluster("", ("persistentvolumes",), _DELETING),
    ),
    "delete_backups": (
        Ask("velero.io", ("backups", "backupstoragelocations"), _DELETING),
        Ask("snapshot.storage.k8s.io", ("volumesnapshots", "volumesnapshotcontents"), _DELETING),
    ),
    "delete_events": (
        Ask("", ("events",), _DELETING),
        Ask("events.k8s.io", ("events",), _DELETING),
    ),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A power that rules give: certainly (True) or perhaps (None), on these names (none: every name)."""

    power: str
    holds: bool | None
    names: tuple[str, ...]


def held(rules: Iterable[Rule], *, in_one_namespace: bool) -> list[Held]:
    """The powers that the rules give together; those given perhaps only come with holds None."""
    rules = list(rules)
    everything = grants_everything(rules)
    found = [] if everything is False else [Held(EVERYTHING, everything, ())]
    for power, asks in POWERS.items():
        reachable = [ask for ask in asks if ask.in_namespaces or not in_one_namespace]
        one = _together(power, _answers(reachable, rules))
        if one is not None:
            found.append(one)
    return found


def gives(rule: Rule, *powers: str) -> bool | None:
    """Whether one rule gives any of these powers, on some names or all."""
    return _any(answer for ask in _asks(powers) for answer in [ask.answered_by(rule)[0]])


def gives_on_every_name(rule: Rule, *powers: str) -> bool | None:
    """Whether one rule gives any of these powers without a limit to names."""
    return reaches_every_name(rule, _asks(powers))


def reaches_every_name(rule: Rule, asks: Iterable[Ask]) -> bool | None:
    """Whether one rule allows any of the requests on objects of every name."""
    if rule.resource_names:
        return False
    found = _any(ask.answered_by(rule)[0] for ask in asks)
    return None if found and rule.resource_names is None else found


@cache
def _asks(powers: tuple[str, ...]) -> tuple[Ask, ...]:
    return tuple(ask for power in powers for ask in POWERS[power])


def _any(answers: Iterable[bool | None]) -> bool | None:
    found: bool | None = False
    for answer in answers:
        if answer:
            return True
        found = None if answer is None else found
    return found


def _answers(asks: Iterable[Ask], rules: Iterable[Rule]) -> Iterator[tuple[bool | None, tuple[str, ...]]]:
    asks = list(asks)
    for rule in rules:
        for ask in asks:
            yield ask.answered_by(rule)


def _together(power: str, answers: Iterable[tuple[bool | None, tuple[str, ...]]]) -> Held | None:
    """One power from all rules: unlimited where any rule gives it on every name."""
    certain: set[tuple[str, ...]] = set()
    perhaps: set[tuple[str, ...]] = set()
    for answer, names in answers:
        if answer is not False:
            (certain if answer else perhaps).add(names)
    chosen = certain or perhaps
    if not chosen:
        return None
    names = () if () in chosen else tuple(sorted({name for each in chosen for name in each}))
    return Held(power, True if certain else None, names)
