"""Which containers are components of the control plane, and with what command line.

Sources: the manifests of kubeadm, kops, RKE2, Talos and OpenShift, which name the program in `command` or `args`,
behind a wrapper, in a line of shell or in the image, and label the pods `component` and `tier`.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import NamedTuple

from collectors.tables.as_written import REDACTED, Section, section, sections, text
from collectors.tables.control_plane.command_line import UNREADABLE, CommandLine, command_line

API_SERVER, CONTROLLER_MANAGER, SCHEDULER, ETCD, PROXY, KUBELET = (
    "kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kube-proxy", "kubelet",
)  # fmt: skip
CLOUD_CONTROLLER = "cloud-controller-manager"
COMPONENTS = (API_SERVER, CONTROLLER_MANAGER, SCHEDULER, ETCD, PROXY, KUBELET, CLOUD_CONTROLLER)

_SHELLS = frozenset(("sh", "bash", "ash", "dash"))
_WRAPPERS = frozenset(
    ("hyperkube", "go-runner", "tini", "dumb-init", "env", "exec", "nice", "ionice", "flock", "nsenter", "kube-cross")
)
_ARCHITECTURE = re.compile(r"-(?:amd64|arm64|arm|ppc64le|s390x)$")
_END_OF_COMMAND = re.compile(r"[|&;<>]|\d?>")


class Component(NamedTuple):
    """A container that runs a component."""

    component: str
    container: str
    image: str | None
    line: CommandLine
    environment: Section | None


class Place(NamedTuple):
    """Where a component was seen: the object, the container in it, and the surrogate key of both."""

    api_group: str
    kind: str
    name: str
    container: str
    component_id: str


def components(pod: Section | None, labels: Section | None, name: str) -> list[Component]:
    """The components among the containers of a pod spec; `labels` and `name` are those of its pod or owner."""
    containers = [each for each in sections(pod, "containers") or () if each is not None]
    found = (_component(each, labels, name, alone=len(containers) == 1) for each in containers)
    return [each for each in found if each is not None]


def _component(container: Section, labels: Section | None, name: str, *, alone: bool) -> Component | None:
    words = _words(container)
    called = text(container, "name", "") or ""
    image = text(container, "image")
    program, line = _by_program(words)
    hidden = any(word is None or word.startswith(REDACTED) for word in words)
    if program is None and (hidden or not words or (words[0] or "").startswith("-")):
        program = _by_image(image) or _by_name(called, labels, name, alone)
        line = UNREADABLE if hidden else command_line(words)
    if program is None or line is None:
        return None
    return Component(program, called, image, line, _environment(container))


def _words(container: Section) -> list[str | None]:
    """Command, then arguments; one word that is not known where either is no list."""
    words: list[str | None] = []
    for field in ("command", "args"):
        value = container.get(field)
        if isinstance(value, list):
            words += [each if isinstance(each, str) else str(each) if _is_scalar(each) else None for each in value]
        elif value is not None:
            words.append(None)
    return words


def _is_scalar(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _by_program(words: list[str | None]) -> tuple[str | None, CommandLine | None]:
    """The component that the words start, directly, behind wrappers or in a line of shell."""
    shell = bool(words) and _base(words[0]) in _SHELLS
    for position, word in enumerate(words):
        base = _base(word)
        if base in COMPONENTS:
            return base, command_line(words[position + 1 :])
        if shell and word is not None and " " in word:
            return _by_script(word)
        if word is None or not (word.startswith("-") or base in _WRAPPERS or base in _SHELLS):
            break
    return None, None


def _by_script(script: str) -> tuple[str | None, CommandLine | None]:
    try:
        words = shlex.split(script)
    except ValueError:
        words = script.split()
        readable = False
    else:
        readable = True
    for position, word in enumerate(words):
        if _base(word) in COMPONENTS:
            own = words[position + 1 :]
            end = next((at for at, each in enumerate(own) if _END_OF_COMMAND.match(each)), len(own))
            return _base(word), command_line(own[:end]) if readable else UNREADABLE
    return None, None


def _base(word: str | None) -> str:
    return "" if word is None or word.startswith((REDACTED, "-")) else posixpath.basename(word)


def _by_image(image: str | None) -> str | None:
    """registry.k8s.io/kube-apiserver:v1.36.0 and kube-apiserver-amd64@sha256:... name the program."""
    if not image or image.startswith(REDACTED):
        return None
    last = image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    base = _ARCHITECTURE.sub("", last)
    return base if base in COMPONENTS else None


def _by_name(called: str, labels: Section | None, name: str, alone: bool) -> str | None:
    """The container's name; else, where it is alone, what its pod is labelled or called."""
    if called in COMPONENTS:
        return called
    labelled = text(labels, "component") or text(labels, "k8s-app") or ""
    if not alone:
        return None
    of_name = name if name.startswith("kube-") else ""
    return next((each for each in COMPONENTS if labelled == each or of_name.startswith(f"{each}-")), None)


def _environment(container: Section) -> Section | None:
    """Variable -> value; None as a whole where some come from elsewhere, as a value where one does."""
    if container.get("envFrom"):
        return None
    listed = sections(container, "env")
    if listed is None or any(each is None for each in listed):
        return None
    return {text(each, "name", "") or "": text(each, "value") for each in listed if each is not None}


def template_of(kind: str, obj: Section) -> Section | None:
    """The pod that an object is or makes."""
    return obj if kind == "Pod" else section(section(obj, "spec"), "template")
