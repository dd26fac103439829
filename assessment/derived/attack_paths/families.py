"""The kinds of steps that an intruder can take: what each needs, what it is called, how hard it is, what ends it.

`weight` is how much an intruder pays for the step, in small whole numbers: 1 is a documented call of an API that the
holder may make, 2 needs a tool and some care, 5 needs luck or noise, 10 needs a flaw in what is attacked. `days` is
roughly what it costs to take the step away at one place; both are our estimates, for ranking only.

Techniques: MITRE ATT&CK for Containers v19.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of step. `ended_by` says in words what takes it away."""

    name: str
    says: str
    technique: str
    weight: int
    days: float
    ended_by: str


def _table() -> dict[str, Family]:
    return {each.name: each for each in (Family(*row) for row in _ROWS)}


_ROWS: tuple[tuple[str, str, str, int, float, str], ...] = (
    ("published", "is published to the internet", "T1190", 10, 2, "publish it inside the network only"),
    # what a container can do to its node
    ("privileged", "runs a privileged container", "T1611", 1, 1, "take privileged from the container"),
    ("host_process", "runs on the Windows node itself", "T1611", 1, 1, "leave the host process"),
    ("host_pid_admin", "sees the node's processes and may enter them", "T1611", 1, 1, "leave the node's processes"),
    ("sys_admin", "holds SYS_ADMIN, which mounts what it likes", "T1611", 2, 1, "drop SYS_ADMIN"),
    ("sys_module", "holds SYS_MODULE, which loads kernel code", "T1611", 1, 1, "drop SYS_MODULE"),
    ("sys_ptrace", "sees the node's processes and may write into them", "T1611", 2, 1, "drop SYS_PTRACE"),
    ("raw_disk", "holds MKNOD or SYS_RAWIO and reaches devices as root", "T1611", 5, 1, "drop MKNOD and SYS_RAWIO"),
    ("dac_read_search", "holds DAC_READ_SEARCH, which opens files by handle", "T1611", 2, 1, "drop DAC_READ_SEARCH"),
    ("bpf", "holds BPF or PERFMON, which watch the kernel", "T1611", 5, 1, "drop BPF and PERFMON"),
    ("runtime_socket", "reaches the socket of the container runtime", "T1611", 1, 1, "take the socket away"),
    ("host_path_write", "writes to a directory that the node runs from", "T1611", 2, 1, "replace the hostPath"),
    ("host_path_claim", "mounts a directory of the node through a claim", "T1611", 5, 1, "replace the hostPath volume"),
    ("host_path_read", "reads credentials of the node's pods from its disk", "T1552.001", 2, 1, "replace the hostPath"),
    ("proc_unmasked", "sees /proc unmasked", "T1611", 5, 1, "set procMount to Default"),
    ("host_network", "shares the network of its node", "T1552.005", 2, 2, "leave the node's network"),
    ("mount_propagation", "propagates mounts to the node", "T1611", 2, 1, "set mountPropagation to None"),
    # who a container is
    ("runs_as", "carries the token of its ServiceAccount", "T1528", 1, 0.5, "mount no token"),
    ("member_of", "belongs to a group", "T1078", 0, 5, "bind ServiceAccounts by name"),
    ("workload_identity", "may become a role of the cloud", "T1550.001", 1, 1, "give the account a role of its own"),
    # what a right leads to
    ("everything", "may do everything", "T1078", 1, 2, "replace cluster-admin by what is needed"),
    ("create_pods", "may create pods", "T1610", 1, 1, "narrow the role"),
    ("change_workloads", "may change workloads", "T1610", 1, 1, "narrow the role"),
    ("exec_pods", "may open a session in pods", "T1609", 1, 1, "take exec from the role"),
    ("debug_pods", "may add debug containers to pods", "T1609", 1, 1, "take ephemeral containers from the role"),
    ("proxy_nodes", "may talk to kubelets, which run commands in any pod", "T1609", 1, 1, "use finer kubelet rights"),
    ("read_secrets", "may read Secrets", "T1552.007", 1, 1, "name the Secrets that it needs"),
    ("create_tokens", "may make tokens of ServiceAccounts", "T1528", 1, 1, "name the accounts that it needs"),
    ("create_token_secrets", "may create and read token Secrets", "T1098.001", 1, 1, "take Secrets from the role"),
    ("impersonate_service_accounts", "may act as ServiceAccounts", "T1078", 1, 1, "name the accounts that it needs"),
    ("impersonate_users", "may act as any user and group", "T1078", 1, 1, "name who may be acted as"),
    ("forge_certificates", "may approve, so forge, certificates", "T1649", 1, 1, "leave approval to a controller"),
    ("bind_roles", "may bind roles that it does not hold", "T1098.006", 1, 1, "take bind from the role"),
    ("escalate_roles", "may write rights that it does not hold", "T1098.006", 1, 1, "take escalate from the role"),
    ("write_persistent_volumes", "may create volumes of node directories", "T1611", 1, 1, "leave it to provisioners"),
    ("write_webhooks", "may have every request sent to itself", "T1556", 2, 1, "leave it to the platform team"),
    ("write_api_services", "may answer in the API server's place", "T1556", 2, 1, "leave it to the platform team"),
    ("label_namespaces", "may lower the level of a namespace", "T1685", 1, 1, "take namespaces from the role"),
    ("write_auth_map", "may change who signs in with which rights", "T1098.006", 1, 1, "use access entries"),
    ("unknown_right", "may hold rights that were not seen", "T1078", 5, 1, "let the survey read roles and bindings"),
    # what a namespace gives to whoever runs pods in it
    ("use_account", "runs as any ServiceAccount of the namespace", "T1610", 1, 5, "one namespace per trust"),
    ("mount_secrets", "mounts any Secret of the namespace", "T1552.007", 1, 5, "one namespace per trust"),
    ("run_privileged", "starts privileged pods", "T1611", 1, 0.5, "enforce the baseline level"),
    ("in_namespace", "reaches every pod of the namespace", "T1609", 0, 5, "one namespace per trust"),
    ("in_every_namespace", "holds in every namespace", "T1078", 0, 2, "bind it in one namespace"),
    ("token_secret", "finds the token of a ServiceAccount", "T1528", 1, 0.5, "delete the token Secret"),
    # what a node gives
    ("node_disk", "reads the disk of its node", "T1552.001", 0, 0, ""),
    ("node_accounts", "holds the tokens of the pods on it", "T1552.001", 1, 5, "keep trusts on nodes of their own"),
    ("control_plane", "runs the control plane", "T1611", 1, 5, "keep pods off control-plane nodes"),
    ("node_role", "may become the role of its node in the cloud", "T1552.005", 2, 2, "block the metadata service"),
    ("kubelet_open", "finds kubelets that ask nobody for credentials", "T1609", 1, 1, "close anonymous access"),
    ("any_node", "is a node", "T1611", 0, 0, ""),
    ("any_pod", "is a pod of the cluster", "T1609", 0, 0, ""),
    ("any_role", "is a role in the cloud", "T1550.001", 0, 0, ""),
    ("unseen", "may lead on to what was not seen", "", 5, 0, "let the survey see it"),
)  # fmt: skip

FAMILIES = _table()
