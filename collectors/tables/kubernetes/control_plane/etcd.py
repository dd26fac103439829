"""etcd: how each member is set up, by its command line, its environment and the documented defaults."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from collectors.tables.as_written import Section, both, text
from collectors.tables.control_plane.addresses import host_and_scheme, is_any, is_loopback
from collectors.tables.control_plane.ciphers import holds_weak
from collectors.tables.control_plane.command_line import UNREADABLE, CommandLine
from collectors.tables.control_plane.find import Component, Place
from collectors.tables.kubernetes.control_plane.api_server import KINDS, SUBJECT
from collectors.tables.schema import ClusterContext, Column, Relation, Sighting, table


@table(
    "etcd_settings",
    grain="one container that runs a member of etcd",
    kinds=KINDS,
    subject=SUBJECT,
    relations=(Relation("api_servers", "api_server_settings", (), "The API servers of the cluster.", minimum=1),),
)
class EtcdSettings(NamedTuple):
    """Effective settings. A flag goes before its variable ETCD_..., and a configuration file is not seen."""

    cluster: Annotated[str, Column("Cluster, as named by the assessor.")]
    namespace: Annotated[str | None, Column("Namespace; NULL when the manifest does not state it.")]
    api_group: Annotated[str, Column("API group of the object; empty for the core group.")]
    kind: Annotated[str, Column("Kind of the object, such as Pod for a static pod.")]
    name: Annotated[str, Column("Name of the object.")]
    container: Annotated[str, Column("Name of the container.")]
    component_id: Annotated[str, Column("Surrogate key.", identity=True)]
    has_serving_certificate: Annotated[bool | None, Column("Whether its certificate is named: file and key.")]
    demands_client_certificates: Annotated[bool | None, Column("--client-cert-auth; false when unset.")]
    makes_own_certificate: Annotated[bool | None, Column("--auto-tls; false when unset.")]
    has_peer_certificate: Annotated[
        bool | None, Column("Whether its certificate among members is named: file and key.")
    ]
    demands_peer_certificates: Annotated[bool | None, Column("--peer-client-cert-auth; false when unset.")]
    makes_own_peer_certificate: Annotated[bool | None, Column("--peer-auto-tls; false when unset.")]
    has_client_ca: Annotated[bool | None, Column("Whether an authority for client certificates is named.")]
    client_ca_file: Annotated[str | None, Column("File of that authority.", guard="has_client_ca")]
    listens_by_tls_only: Annotated[
        bool | None, Column("Whether clients reach it by https alone, at every address it listens on.")
    ]
    listens_everywhere: Annotated[bool | None, Column("Whether it listens for clients on every address there is.")]
    shows_metrics_beyond_loopback: Annotated[
        bool | None, Column("Whether other machines reach a port for metrics without a certificate.")
    ]
    chooses_weak_ciphers: Annotated[bool | None, Column("Whether a cipher suite without AEAD is among those chosen.")]
    basis: Annotated[str, Column("declared or running.")]
    evidence_refs: Annotated[list[str], Column("Evidence item and place of each sighting.")]


def etcd(cluster: ClusterContext, sighting: Sighting, found: Component, place: Place) -> EtcdSettings:
    """Source: etcd documentation, "Configuration options"."""
    line = _with_environment(found.line, found.environment)
    urls = line.texts("listen-client-urls", ("http://localhost:2379",))
    metrics = line.texts("listen-metrics-urls")
    return EtcdSettings(
        cluster.name,
        sighting.namespace,
        *place,
        has_serving_certificate=both(line.names("cert-file"), line.names("key-file")),
        demands_client_certificates=line.flag("client-cert-auth", False),
        makes_own_certificate=line.flag("auto-tls", False),
        has_peer_certificate=both(line.names("peer-cert-file"), line.names("peer-key-file")),
        demands_peer_certificates=line.flag("peer-client-cert-auth", False),
        makes_own_peer_certificate=line.flag("peer-auto-tls", False),
        has_client_ca=line.names("trusted-ca-file"),
        client_ca_file=line.text("trusted-ca-file"),
        listens_by_tls_only=None if urls is None else all(host_and_scheme(url)[1] == "https" for url in urls),
        listens_everywhere=None if urls is None else any(is_any(host_and_scheme(url)[0]) for url in urls),
        shows_metrics_beyond_loopback=_open_metrics(metrics),
        chooses_weak_ciphers=holds_weak(line.texts("cipher-suites")),
        basis=cluster.basis,
        evidence_refs=sighting.refs,
    )


_READ = (
    "cert-file", "key-file", "client-cert-auth", "auto-tls", "trusted-ca-file", "peer-cert-file", "peer-key-file",
    "peer-client-cert-auth", "peer-auto-tls", "listen-client-urls", "listen-metrics-urls", "cipher-suites",
    "config-file",
)  # fmt: skip


def _with_environment(line: CommandLine, environment: Section | None) -> CommandLine:
    """Flags, then variables; nothing of either counts beside a configuration file."""
    own = {name: [line.written(name)] for name in _READ if line.is_set(name)}
    if not line.readable or line.is_set("config-file"):
        return UNREADABLE
    for name in _READ:
        variable = "ETCD_" + name.upper().replace("-", "_")
        if name not in own and (environment is None or variable in environment):
            own[name] = [text(environment, variable)]
    if environment is not None and "ETCD_CONFIG_FILE" in environment:
        return UNREADABLE
    return CommandLine(own)


def _open_metrics(urls: list[str] | None) -> bool | None:
    """https there demands what the client port demands; http demands nothing."""
    if urls is None:
        return None
    plain = [host for host, scheme in map(host_and_scheme, urls) if scheme != "https"]
    if any(is_loopback(host) is False for host in plain):
        return True
    return None if any(is_loopback(host) is None for host in plain) else False
