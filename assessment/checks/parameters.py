"""What our own checks read as `parameter.x` where engagement.yaml says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assessment.checks.expression import Value

DEFAULTS: Mapping[str, Value] = {
    "approved_exposures": "",
    "approved_registries": (
        "*.amazonaws.com", "*.azurecr.io", "*.pkg.dev", "gcr.io", "*.gcr.io", "ghcr.io", "mcr.microsoft.com",
        "public.ecr.aws", "quay.io", "registry.gitlab.com", "registry.k8s.io", "registry.redhat.io",
        # Projects and vendors whose own manuals take their images from their own name on Docker Hub.
        "docker.io/calico", "docker.io/envoyproxy", "docker.io/falcosecurity", "docker.io/fluent", "docker.io/grafana",
        "docker.io/hashicorp", "docker.io/istio", "docker.io/openpolicyagent", "docker.io/prom", "docker.io/velero",
    ),
    "audit_days": 90,
    "audit_known_identities": "",
    "audit_refusals_a_day": 100,
    "audit_silence_hours": 24,
    "contact_annotations": ("email", "contact", "owner", "owner-email", "a8r.io/owner", "a8r.io/support"),
    "data_class_labels": (
        "data-classification", "data-class", "dataclass", "compliance", "pci-scope",
        "pci", "phi", "ephi", "confidentiality",
    ),
    "environment_labels": ("environment", "env", "app.kubernetes.io/environment", "stage"),
    "expiry_keys": (
        "cleanup.kyverno.io/ttl", "expires", "expiry", "expiry-date", "valid-until", "expires-on", "expiration",
    ),
    "forbidden_annotations": (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "scheduler.alpha.kubernetes.io/tolerations",
        "scheduler.alpha.kubernetes.io/affinity",
        "seccomp.security.alpha.kubernetes.io/pod",
        "pod.beta.kubernetes.io/init-containers",
        "pod.alpha.kubernetes.io/init-containers",
        "service.alpha.kubernetes.io/tolerate-unready-endpoints",
        "volume.alpha.kubernetes.io/storage-class",
        "security.alpha.kubernetes.io/sysctls",
        "security.alpha.kubernetes.io/unsafe-sysctls",
    ),
    "known_webhooks": "",
    "longest_token_seconds": 86400,
    "lowest_group_id": 10000,
    "lowest_user_id": 10000,
    "owner_labels": ("owner", "team", "app.kubernetes.io/owner", "owned-by"),
    "purpose_labels": (
        "app", "tier", "phase", "version", "owner", "env",
        "app.kubernetes.io/name", "app.kubernetes.io/component", "app.kubernetes.io/version",
    ),
    # What build tools keep beside images to build the next one faster, by the names that their manuals use.
    "tags_that_may_move": ("buildcache", "buildcache-*", "cache", "cache-*"),
    "webhook_hosts": "",
    "untrusted_labels": ("trust=untrusted", "tenant-trust=untrusted"),
}


def with_defaults(said: Mapping[str, Value] | None) -> dict[str, Value]:
    """The parameters of a client, and ours for what the client leaves open."""
    return {**DEFAULTS, **(said or {})}
