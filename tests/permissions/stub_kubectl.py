"""A cluster of a few objects behind a program that answers as kubectl does, for tests that need no API server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from collectors.kubernetes.dump_script import script

FORBIDDEN = 'Error from server (Forbidden): {} is forbidden: User "ann" cannot list resource "{}" at the cluster scope'
EMPTY = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": []}
DISCOVERED = """\
namespaces                 ns       v1                     false   Namespace    get,list
pods                       po       v1                     true    Pod          get,list
configmaps                 cm       v1                     true    ConfigMap    get,list
secrets                             v1                     true    Secret       get,list
deployments                deploy   apps/v1                true    Deployment   get,list
nodes                      no       v1                     false   Node         get,list
k8srequiredlabels                   constraints.gatekeeper.sh/v1beta1   false   K8sRequiredLabels   get,list
"""
# Looks an answer up by its arguments and prints it: a folder of files named by what was asked.
_PROGRAM = """\
#!/bin/sh
[ "$1" = --context ] && shift 2
printf '%s\\n' "$*" >>"$STUB/asked"
case "$1 $2" in
'version -o') name=version ;;
'api-resources '*) name=api-resources ;;
'get --raw') name=raw ;;
'get namespaces') name=get-namespaces; [ "$3" = -o ] && name=names ;;
*) name="get-$2"; [ "$3" = --namespace ] && name="get-$2-$4" ;;
esac
[ -f "$STUB/$name.err" ] && cat "$STUB/$name.err" >&2
[ -f "$STUB/$name" ] && cat "$STUB/$name"
[ ! -f "$STUB/$name.err" ]
"""


class Stub:
    """Answers by what is asked. What has no answer is an empty list."""

    def __init__(self, folder: Path) -> None:
        self.answers = folder / "answers"
        self._program = folder / "bin" / "kubectl"
        self.answers.mkdir(parents=True)
        self._program.parent.mkdir()
        self._program.write_text(_PROGRAM)
        self._program.chmod(0o755)
        self.says("version", {"serverVersion": {"gitVersion": "v1.36.3"}})
        self.says("api-resources", DISCOVERED)
        self.says("names", "namespace/shop\nnamespace/till\n")
        for line in DISCOVERED.splitlines():
            self.says(f"get-{_resource(line)}", EMPTY)
        self.says("get-namespaces", EMPTY | {"items": [_stored("Namespace", name) for name in ("shop", "till")]})

    def says(self, name: str, answer: Any) -> None:
        """From now on this is the answer."""
        (self.answers / name).write_text(answer if isinstance(answer, str) else json.dumps(answer))

    def refuses(self, name: str, said: str = "", answer: Any = EMPTY) -> None:
        """From now on it prints this on stderr, beside an empty list, and ends with status 1."""
        resource = name.removeprefix("get-")
        (self.answers / f"{name}.err").write_text(said or FORBIDDEN.format(resource, resource))
        self.says(name, answer)

    @property
    def asked(self) -> list[str]:
        """Every command line so far."""
        return (self.answers / "asked").read_text().splitlines()

    def dump(self, folder: Path, *arguments: str, with_secrets: bool = False, **environment: str) -> Path:
        """Run the script there as a client would; the folder that it makes."""
        folder.mkdir(parents=True, exist_ok=True)
        done = run_script(
            folder,
            script(with_secrets=with_secrets),
            arguments or ("prod",),
            PATH=f"{self._program.parent}:{os.environ['PATH']}",
            STUB=str(self.answers),
            **environment,
        )
        assert done.returncode == 0, done.stderr
        return folder / f"kubesurvey-{(arguments or ('prod',))[0]}"


def run_script(
    folder: Path, text: str, arguments: tuple[str, ...], **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a script with the system's own shell."""
    file = folder / "kubesurvey-dump.sh"
    file.write_text(text)
    return subprocess.run(
        ["sh", str(file), *arguments], cwd=folder, env=os.environ | environment, capture_output=True, text=True
    )


def stored_pod(name: str, namespace: str) -> dict[str, Any]:
    """A pod as an API server gives it."""
    return _stored("Pod", name, namespace) | {"spec": {"containers": [{"name": "app", "image": "shop:1"}]}}


def _stored(kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
    metadata = {"name": name, "uid": f"uid-{kind}-{namespace}-{name}", "resourceVersion": "7"}
    return {"apiVersion": "v1", "kind": kind, "metadata": metadata | ({"namespace": namespace} if namespace else {})}


def _resource(line: str) -> str:
    words = line.split()
    group = next(word for word in words[1:] if word[:1] == "v" or "/" in word).rpartition("/")[0]
    return f"{words[0]}.{group}" if group else words[0]
