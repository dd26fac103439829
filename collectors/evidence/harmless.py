"""Shapes that cannot hide a credential. Whatever has none of these shapes is replaced, known or not."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KNOWN = _words(
    """
    true false yes no on off null none nil enabled disabled auto always never default enforce warn
    audit allow deny debug info error warning fatal trace panic json text logfmt yaml plain http
    https tcp udp grpc unix sh bash ash zsh exec run start stop serve server worker agent master
    node nodes web api main app sleep infinity tail echo cat test curl wget nc ls cp mv rm mkdir
    chmod chown sudo date env printenv set python java ruby php perl go npm yarn gunicorn uvicorn celery
    nginx httpd redis-server redis-cli mysqld postgres mongod mongo etcd etcdctl kube-apiserver
    kube-controller-manager kube-scheduler kube-proxy kubelet kubectl kube-bench coredns
    cloud-controller-manager manager controller operator proxy sidecar init ping pong healthz livez
    readyz health ready live status metrics cluster local localhost public private internal
    external development staging production dev stage prod qa release stable latest preferred
    required strict permissive soft hard low medium high first last round-robin least-request
    random dual-stack ipv4 ipv6 in-cluster file memory standard basic-block cpu ram disk ssd hdd
    gp2 gp3 ext4 xfs nfs runtime/default unconfined docker/default localhost/default True False
    None Always Never IfNotPresent HTTP HTTPS TCP UDP GRPC GET HEAD POST INFO WARN WARNING ERROR
    DEBUG Enabled Disabled Enforce Audit Warn Ignore Fail Retain Delete Recycle Immediate
    WaitForFirstConsumer
    """
)

_PART = r"(?:[a-z]{1,20}(?:\d{1,2}[a-z]{0,3})?|\d{1,5})"
_LABEL = rf"[a-z]{{1,20}}(?:\d{{1,2}}[a-z]{{0,3}})?(?:-{_PART}){{0,6}}"
_HOST = rf"{_LABEL}(?:\.{_LABEL}){{0,6}}"
_FOUR = r"[0-9a-f]{1,4}"
_SIX = rf"(?:{_FOUR}:){{2,7}}{_FOUR}|(?:(?:{_FOUR}:){{1,6}}|:):(?:{_FOUR}(?::{_FOUR}){{0,5}})?"
_ADDRESS = rf"(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}}|{_SIX}|\[(?:{_SIX})\])"
# Access key ids of AWS are twenty capitals and digits in a row: no word of a path is that long.
_CAPITALS = r"[A-Z]{1,19}"
_SEGMENT = rf"\.{{0,2}}(?:{_PART}|{_CAPITALS})(?:[._-](?:{_PART}|{_CAPITALS})){{0,6}}"
_PATH = rf"/(?:{_SEGMENT}/?)?(?:(?<=/){_SEGMENT}/?){{0,12}}"
_NUMBER = r"[+-]?\d{1,9}(?:\.\d{1,6})?(?:%|[numkKMGTPE]i?B?)?"
_DURATION = r"(?:\d{1,6}(?:\.\d{1,3})?(?:ns|us|ms|s|m|h|d))+"
_INSTANT = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))?"
_VERSION = r"v?\d{1,4}\.\d{1,4}(?:\.\d{1,6})?(?:-(?:alpha|beta|rc|eks|gke)[.-]?\d{0,4})?"
_PORT = r":\d{1,5}"

_VALUE = "|".join(
    [
        "",
        _NUMBER,
        _DURATION,
        _INSTANT,
        _VERSION,
        rf"(?:{_ADDRESS})?{_PORT}",
        rf"{_ADDRESS}(?:/\d{{1,3}})?",
        rf"{_LABEL}(?:\.{_LABEL})*{_PORT}",
        rf"{_LABEL}(?:\.{_LABEL})*\.svc(?:\.cluster\.local)?",
        rf"https?://(?:{_HOST}|{_ADDRESS})(?:{_PORT})?(?:{_PATH})?",
        _PATH,
    ]
)
_harmless_value = re.compile(_VALUE).fullmatch

# -psecret is mysql's way to say a password: one dash and more than three letters is not plainly a flag.
_NAME = r"-[A-Za-z]{1,3}|--[a-z]+\d{0,2}(?:[._-][a-z]+\d{0,2}){0,12}"
_flag = re.compile(rf"({_NAME})(?:=(.*))?", re.DOTALL).fullmatch
_component_value = re.compile(r"[A-Za-z0-9.,:/_=*\[\]-]{0,2000}").fullmatch

# Flags of the Kubernetes components that say how a cluster is set up, by words, lists and addresses.
COMPONENT_FLAGS = _words(
    """
    --authorization-mode --enable-admission-plugins --disable-admission-plugins --admission-control
    --tls-cipher-suites --tls-min-version --feature-gates --etcd-servers --service-account-issuer
    --api-audiences --runtime-config --requestheader-allowed-names --requestheader-username-headers
    --requestheader-group-headers --controllers --requestheader-extra-headers-prefix
    --kubelet-preferred-address-types --cipher-suites --cloud-provider --audit-policy-file
    --encryption-provider-config --audit-log-mode --allocate-node-cidrs --cluster-name
    --initial-cluster --initial-advertise-peer-urls --listen-client-urls --listen-peer-urls
    --listen-metrics-urls --advertise-client-urls --service-cluster-ip-range --cluster-cidr
    --oidc-issuer-url --oidc-client-id --oidc-username-claim --oidc-groups-claim
    --experimental-initial-corrupt-check --rotate-server-certificates --node-labels
    --register-with-taints --pod-infra-container-image --container-runtime-endpoint --proxy-mode
    --ingress-class --configmap --election-id --controller-class --publish-service
    --default-ssl-certificate
    """
)


def is_harmless(text: str) -> bool:
    """Whether the text is plainly a switch, number, duration, address, path or one of a few hundred words."""
    return len(text) <= 300 and (text in _KNOWN or _harmless_value(text) is not None)


def flag_of(argument: str) -> tuple[str, str | None] | None:
    """A flag and its value (None when nothing follows it), or None when this is no plain flag."""
    found = _flag(argument)
    return (found[1], found[2]) if found else None


def is_harmless_flag(flag: str, value: str) -> bool:
    """Whether the value of this flag may stay."""
    return is_harmless(value) or (flag in COMPONENT_FLAGS and _component_value(value) is not None)
