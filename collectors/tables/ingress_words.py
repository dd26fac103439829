"""What an Ingress says of encryption, and of words that its controller takes over as configuration.

Sources: Kubernetes documentation, "Ingress", TLS; the annotations that the controllers document: ingress-nginx, F5
NGINX, HAProxy, Traefik, AWS Load Balancer Controller, Application Gateway, GKE.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collectors.tables.as_written import Section, either, text, texts

# Annotation -> the values that mean that someone else than the tls section ends TLS; none named: any value.
_ENDS_TLS: Mapping[str, tuple[str, ...]] = {
    "alb.ingress.kubernetes.io/certificate-arn": (),
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate": (),
    "ingress.gcp.kubernetes.io/pre-shared-cert": (),
    "networking.gke.io/managed-certificates": (),
    "networking.gke.io/certmap": (),
    "nginx.ingress.kubernetes.io/ssl-passthrough": ("true",),
    "haproxy.org/ssl-passthrough": ("true",),
    "haproxy-ingress.github.io/ssl-passthrough": ("true",),
    "traefik.ingress.kubernetes.io/router.tls": ("true",),
}
# Annotations by which requests without TLS are answered rather than sent on to TLS.
_ANSWERS_PLAIN: Mapping[str, tuple[str, ...]] = {
    "nginx.ingress.kubernetes.io/ssl-redirect": ("false",),
    "ingress.kubernetes.io/ssl-redirect": ("false",),
    "nginx.org/redirect-to-https": ("false",),
    "haproxy.org/ssl-redirect": ("false",),
    "haproxy-ingress.github.io/ssl-redirect": ("false",),
    "appgw.ingress.kubernetes.io/ssl-redirect": ("false",),
    "kubernetes.io/ingress.allow-http": ("true",),
}
_FORCES = "nginx.ingress.kubernetes.io/force-ssl-redirect"
_SNIPPETS = ("-snippet", "-snippets")
_NGINX = ("nginx.ingress.kubernetes.io/", "ingress.kubernetes.io/", "nginx.org/", "nginx.com/")


def ends_tls_elsewhere(annotations: Section | None) -> bool | None:
    """Whether a load balancer or the backend ends TLS, so that no tls section is needed."""
    said = either(*(_says(annotations, name, wanted) for name, wanted in _ENDS_TLS.items()))
    ports = text(annotations, "alb.ingress.kubernetes.io/listen-ports", default="")
    return either(said, None if ports is None else '"HTTPS"' in ports)


def answers_plain_requests(annotations: Section | None) -> bool | None:
    """Whether an annotation asks that requests without TLS be answered."""
    forced = _says(annotations, _FORCES, ("true",))
    said = either(*(_says(annotations, name, wanted) for name, wanted in _ANSWERS_PLAIN.items()))
    return False if forced else None if forced is None and said else said


def snippets(annotations: Section | None) -> list[str] | None:
    """The annotations whose text NGINX takes over into its configuration."""
    if annotations is None:
        return None
    return sorted(
        name for name, value in annotations.items()
        if isinstance(name, str) and name.startswith(_NGINX) and name.endswith(_SNIPPETS) and value not in (None, "")
    )  # fmt: skip


def tls_covers(hosts: Sequence[str] | None, entries: Sequence[Section | None] | None) -> bool | None:
    """Whether some tls entry is about every host; one without hosts is about all that the controller answers for."""
    if entries is None or hosts is None:
        return None
    if not entries:
        return False
    named = [texts(entry, "hosts") for entry in entries]
    if any(each == [] for each in named):
        return True
    certain = {host.lower() for each in named for host in each or ()}
    missing = [host for host in hosts if host != "*" and not _covered(host.lower(), certain)]
    return (None if None in named or "?" in missing else False) if missing else True


def _covered(host: str, certain: set[str]) -> bool:
    return host in certain or "*." + host.partition(".")[2] in certain


def _says(annotations: Section | None, name: str, wanted: tuple[str, ...]) -> bool | None:
    if not wanted and annotations is not None and isinstance(annotations.get(name), str):
        return bool(annotations[name].strip())  # whatever it names, even where that was redacted
    value = text(annotations, name, default="")
    if value is None:
        return None
    return bool(wanted) and value.strip().lower() in wanted


