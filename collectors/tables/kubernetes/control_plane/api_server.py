"""API servers: how each is set up, by its command line and the documented defaults."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import both
from collectors.tables.control_plane.ciphers import holds_weak
from collectors.tables.control_plane.command_line import CommandLine
from collectors.tables.control_plane.find import Component, Place
from collectors.tables.schema import ClusterContext, Column, Sighting, Subject, table

KINDS = ("Pod", "apps/DaemonSet", "apps/Deployment", "apps/StatefulSet")
SUBJECT = Subject("api_group", "kind", "namespace", "name", part="container")

# Plugins that every supported version turns on by itself. Source: "Admission Control in Kubernetes", 1.28 to 1.36.
_PLUGINS = """
    CertificateApproval CertificateSigning CertificateSubjectRestriction DefaultIngressClass DefaultStorageClass
    DefaultTolerationSeconds LimitRanger MutatingAdmissionWebhook NamespaceLifecycle PersistentVolumeClaimResize
    PodSecurity Priority ResourceQuota RuntimeClass ServiceAccount StorageObjectInUseProtection
    TaintNodesByCondition ValidatingAdmissionPolicy ValidatingAdmissionWebhook
"""
DEFAULT_PLUGINS = frozenset(_PLUGINS.split())


@table("api_server_settings", grain="one container that runs an API server", kinds=KINDS, subject=SUBJECT)
class ApiServerSettings(NamedTuple):
    """Effective settings. What a file says that a flag names (authorization, authentication) is not seen."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group of the object; empty for the core group.")]
    kind: Annotated[str, Column("Kind of the object, such as Pod for a static pod.")]
    name: Annotated[str, Column("Name of the object.")]
    container: Annotated[str, Column("Name of the container.")]
    component_id: Annotated[str, Column("Surrogate key.", identity=True)]
    allows_anonymous: Annotated[bool | None, Column("--anonymous-auth; true when unset.")]
    has_token_file: Annotated[bool | None, Column("Whether a file of static tokens signs callers in.")]
    has_password_file: Annotated[bool | None, Column("Whether a file of passwords signs callers in.")]
    authorization_modes: Annotated[
        list[str] | None, Column("--authorization-mode; AlwaysAllow when unset, NULL where a file says it.")
    ]
    admission_plugins: Annotated[list[str] | None, Column("Admission plugins in force, defaults included, sorted.")]
    uses_tls_to_kubelets: Annotated[bool | None, Column("--kubelet-https of old versions; true when unset.")]
    has_kubelet_client_certificate: Annotated[
        bool | None, Column("Whether it shows kubelets a certificate: file and key.")
    ]
    has_kubelet_authority: Annotated[bool | None, Column("Whether it knows who signs certificates of kubelets.")]
    profiling: Annotated[bool | None, Column("--profiling; true when unset.")]
    has_audit_log: Annotated[bool | None, Column("Whether audit events go to a file or to standard output.")]
    has_audit_webhook: Annotated[bool | None, Column("Whether audit events are sent to another service.")]
    has_audit_policy: Annotated[bool | None, Column("Whether a file says what is audited; without it nothing is.")]
    has_audit_log_days: Annotated[bool | None, Column("Whether --audit-log-maxage is set.")]
    audit_log_days: Annotated[int | None, Column("Days that old audit files stay.", guard="has_audit_log_days")]
    has_audit_log_files: Annotated[bool | None, Column("Whether --audit-log-maxbackup is set.")]
    audit_log_files: Annotated[int | None, Column("Old audit files that stay.", guard="has_audit_log_files")]
    has_audit_log_megabytes: Annotated[bool | None, Column("Whether --audit-log-maxsize is set.")]
    audit_log_megabytes: Annotated[
        int | None, Column("Size at which an audit file is closed.", guard="has_audit_log_megabytes")
    ]
    request_timeout_seconds: Annotated[int | None, Column("--request-timeout; one minute when unset.")]
    looks_up_tokens: Annotated[
        bool | None, Column("Whether a token of a deleted ServiceAccount is refused; true when unset.")
    ]
    extends_tokens: Annotated[
        bool | None, Column("Whether tokens in pods live a year instead of an hour; true when unset.")
    ]
    has_token_key: Annotated[bool | None, Column("Whether a key is named that tokens are verified with.")]
    has_etcd_certificate: Annotated[bool | None, Column("Whether it shows etcd a certificate: file and key.")]
    has_etcd_authority: Annotated[bool | None, Column("Whether it knows who signs etcd's certificate.")]
    has_serving_certificate: Annotated[bool | None, Column("Whether its own certificate is named: file and key.")]
    has_client_ca: Annotated[bool | None, Column("Whether an authority for client certificates is named.")]
    client_ca_file: Annotated[str | None, Column("File of that authority.", guard="has_client_ca")]
    has_encryption_configuration: Annotated[
        bool | None, Column("Whether a file says how objects are encrypted in etcd.")
    ]
    tls_min_version: Annotated[str | None, Column("Oldest TLS that it speaks; VersionTLS12 when unset.")]
    chooses_weak_ciphers: Annotated[bool | None, Column("Whether a cipher suite without AEAD is among those chosen.")]
    has_insecure_port: Annotated[bool | None, Column("Whether it asks for a port without TLS, as old versions had.")]
    secure_port: Annotated[int | None, Column("--secure-port; 6443 when unset.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


def api_server(cluster: ClusterContext, sighting: Sighting, found: Component, place: Place) -> ApiServerSettings:
    """Source: the reference of kube-apiserver, flags and their defaults."""
    line = found.line
    days, files, megabytes = "audit-log-maxage", "audit-log-maxbackup", "audit-log-maxsize"
    has_ca = line.names("client-ca-file")
    return ApiServerSettings(
        cluster.name,
        sighting.namespace,
        *place,
        allows_anonymous=_anonymous(line),
        has_token_file=line.names("token-auth-file"),
        has_password_file=line.names("basic-auth-file"),
        authorization_modes=_modes(line),
        admission_plugins=_plugins(line),
        uses_tls_to_kubelets=line.flag("kubelet-https", True),
        has_kubelet_client_certificate=_pair(line, "kubelet-client-certificate", "kubelet-client-key"),
        has_kubelet_authority=line.names("kubelet-certificate-authority"),
        profiling=line.flag("profiling", True),
        has_audit_log=line.names("audit-log-path"),
        has_audit_webhook=line.names("audit-webhook-config-file"),
        has_audit_policy=line.names("audit-policy-file"),
        has_audit_log_days=line.is_set(days),
        audit_log_days=line.number(days),
        has_audit_log_files=line.is_set(files),
        audit_log_files=line.number(files),
        has_audit_log_megabytes=line.is_set(megabytes),
        audit_log_megabytes=line.number(megabytes),
        request_timeout_seconds=line.seconds("request-timeout", "1m0s"),
        looks_up_tokens=line.flag("service-account-lookup", True),
        extends_tokens=line.flag("service-account-extend-token-expiration", True),
        has_token_key=line.names("service-account-key-file"),
        has_etcd_certificate=_pair(line, "etcd-certfile", "etcd-keyfile"),
        has_etcd_authority=line.names("etcd-cafile"),
        has_serving_certificate=_pair(line, "tls-cert-file", "tls-private-key-file"),
        has_client_ca=has_ca,
        client_ca_file=line.text("client-ca-file"),
        has_encryption_configuration=line.names("encryption-provider-config"),
        tls_min_version=line.text("tls-min-version", "VersionTLS12") or None,
        chooses_weak_ciphers=holds_weak(line.texts("tls-cipher-suites")),
        has_insecure_port=_insecure(line),
        secure_port=line.number("secure-port", 6443),
        basis=cluster.basis,
        evidence_refs=sighting.refs,
    )


def _pair(line: CommandLine, certificate: str, key: str) -> bool | None:
    return both(line.names(certificate), line.names(key))


def _anonymous(line: CommandLine) -> bool | None:
    """--authentication-config may hold the setting where the flag does not. Source: "Authenticating"."""
    if line.is_set("anonymous-auth") is False and line.is_set("authentication-config"):
        return None
    return line.flag("anonymous-auth", True)


def _modes(line: CommandLine) -> list[str] | None:
    """--authorization-config takes the place of the flag. Source: "Authorization"."""
    if line.is_set("authorization-config"):
        return None
    return line.texts("authorization-mode", ("AlwaysAllow",))


def _plugins(line: CommandLine) -> list[str] | None:
    """Defaults and what is enabled, less what is disabled and not enabled. `--admission-control` is of old versions."""
    enabled, disabled = line.texts("enable-admission-plugins"), line.texts("disable-admission-plugins")
    if enabled is None or disabled is None or line.is_set("admission-control"):
        return None
    return sorted((DEFAULT_PLUGINS - set(disabled)) | set(enabled))


def _insecure(line: CommandLine) -> bool | None:
    """A port of its own, or an address for it; 0 closed it in old versions, later ones do not know the flags."""
    port = line.number("insecure-port", 0)
    address = line.names("insecure-bind-address")
    if address is None:
        return True if port else None
    return None if port is None else port != 0 or (address and line.is_set("insecure-port") is False)
