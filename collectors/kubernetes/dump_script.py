"""The shell script that lists everything with kubectl, and what each of its requests looks like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from collectors.kubernetes.extensions import EVERY_KIND_OF
from collectors.kubernetes.kinds import KnownKind, group_of, name_of
from collectors.kubernetes.surveyed import SECRET_KIND, SECRETS, SURVEYED

HEADER = "kubesurvey-dump 1"
DISCOVERY = "api-resources.txt"
DISCOVERY_COMMAND = "kubectl api-resources --verbs=list --no-headers -o wide"
EVERYWHERE = "*"
_TEMPLATE = Path(__file__).with_name("dump_script.sh")

# kubectl gets the values of Secrets and this prints none of them: names, types and names of keys.
_KEYS = '{{$k := false}}{{range $name, $value := .data}}{{if $k}},{{end}}{{$k = true}}{{printf "%q" $name}}:null{{end}}'
_BETWEEN = "{{if $s}},{{end}}{{$s = true}}"
SECRETS_FORMAT = (
    'go-template={"apiVersion":"v1","kind":"List","items":[{{$s := false}}{{range .items}}' + _BETWEEN + ""
    '{"apiVersion":"v1","kind":"Secret","metadata":{"namespace":{{printf "%q" .metadata.namespace}},'
    '"name":{{printf "%q" .metadata.name}},"uid":{{printf "%q" .metadata.uid}},'
    '"resourceVersion":{{printf "%q" .metadata.resourceVersion}},'
    '"creationTimestamp":{{printf "%q" .metadata.creationTimestamp}}},"type":{{printf "%q" .type}},'
    '"immutable":{{if .immutable}}true{{else}}false{{end}},"data":{ ' + _KEYS + " }}{{end}}]}"
)


@dataclass(frozen=True, slots=True)
class Request:
    """One list as the script asks for it: the file of the answer and the command line."""

    file: str
    command: str


def request(kind: str, scope: str) -> Request:
    """The list of a kind, in one namespace or EVERYWHERE. Raises KeyError for a kind that is not listed."""
    listed = _listed(kind)
    resource = f"{listed.plural}.{listed.group}" if listed.group else listed.plural
    output = SECRETS_FORMAT if kind == SECRET_KIND else "json"
    where = " --all-namespaces" if listed.namespaced else ""
    file = resource
    if scope != EVERYWHERE:
        where, file = f" --namespace {scope}", f"{resource}/{scope}"
    return Request(f"{file}.json", f"kubectl get {resource}{where} --chunk-size=500 -o {output}")


def script(namespaces: Iterable[str] = (), *, with_secrets: bool = False) -> str:
    """The whole script. `namespaces` are asked where lists of the whole cluster are refused."""
    lines = [_line(known) for known in SURVEYED.values()]
    lines += [f"made_up {group}" for group in EVERY_KIND_OF]
    said = "Secrets are not asked for."
    if with_secrets:
        lines.append(f"{_line(SECRETS)} '{SECRETS_FORMAT}'")
        said = "Of Secrets names, types and names of keys are printed; values reach kubectl and are never written."
    filled = {
        "@SECRETS_SAID@": said,
        "@NAMESPACES@": f"'{' '.join(namespaces)}'",
        "@HEADER@": HEADER,
        "@LISTS@": "\n".join(lines),
    }
    text = _TEMPLATE.read_text(encoding="utf-8")
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


def _line(known: KnownKind) -> str:
    resource = f"{known.plural}.{known.group}" if known.group else known.plural
    return f"{'in_namespaces' if known.namespaced else 'of_cluster'} {known.kind} {resource}"


def _listed(kind: str) -> KnownKind:
    if group_of(kind) in EVERY_KIND_OF:
        return KnownKind(kind, name_of(kind).lower(), namespaced=False)
    return SECRETS if kind == SECRET_KIND else SURVEYED[kind]
