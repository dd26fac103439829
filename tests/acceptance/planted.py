"""A folder of Kubernetes files with a canary in every place where people put secrets, plain and in base64."""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@dataclass
class Canaries:
    """Random words, each planted in one place only; `planted` says which place by the word."""

    rng: random.Random
    planted: dict[str, str] = field(default_factory=dict)

    def words(self, place: str) -> str:
        """Plain words: nothing about them looks like a credential."""
        return self._known(place, "".join(self._letters(7).capitalize() for _ in range(2)))

    def key_id(self, place: str) -> str:
        """The shape of an access key id of AWS."""
        return self._known(place, "AKIA" + "".join(self.rng.choices(string.ascii_uppercase + "234567", k=16)))

    def key_id_in_address(self, place: str) -> str:
        """Such an id without a digit, as a word of an address that is harmless otherwise."""
        word = "AKIA" + self._letters(16).upper()
        return f"https://bucket.example/{self._known(place, word)}/{self._letters(6)}"

    def password(self, place: str) -> str:
        return self._known(place, f"{self._letters(5)}7${self._letters(4).upper()}-!9{self._letters(3)}")

    def packed(self, place: str) -> str:
        """Base64 of random bytes."""
        return self._known(place, base64.b64encode(self.rng.randbytes(24)).decode())

    def sentence(self, place: str) -> str:
        return self._known(place, f"{self._letters(8)} sings to {self._letters(9)}")

    def all(self, place: str) -> list[str]:
        """One of every sort, and a file that holds one, as it is and in base64."""
        wrapped = f"user: x\npassword: {self.words(place)}\n"
        sorts = (self.words, self.key_id, self.key_id_in_address, self.password, self.packed, self.sentence)
        return [*(sort(place) for sort in sorts), wrapped, in_base64(f"user: x\nkey: {self.password(place)}\n")]

    def map(self, place: str) -> dict[str, str]:
        return {f"entry-{number}": value for number, value in enumerate(self.all(place))}

    def _letters(self, count: int) -> str:
        return "".join(self.rng.choices(string.ascii_lowercase, k=count))

    def _known(self, place: str, word: str) -> str:
        self.planted[word] = place
        return word


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def plant(canaries: Canaries) -> list[Object]:
    """Objects that hold canaries wherever a value may stand; their names say what a check must find."""
    return [*_everywhere(canaries), *_to_be_found(canaries)]


def _everywhere(canaries: Canaries) -> list[Object]:
    template = {"metadata": {"annotations": canaries.map("annotations of a pod template")}, "spec": _pod(canaries)}
    secret = {"data": {key: in_base64(value) for key, value in canaries.map("data of a Secret").items()},
              "stringData": canaries.map("stringData of a Secret")}
    applied = json.dumps(_object("v1", "Secret", "s", stringData=canaries.map("the last applied configuration")))
    noted = _object("v1", "Service", "noted", spec={"selector": {"app": "everywhere"}})
    noted["metadata"]["annotations"] = {**canaries.map("annotations"), LAST_APPLIED: applied}
    binary = {key: in_base64(value) for key, value in canaries.map("binaryData of a ConfigMap").items()}
    revision = {"spec": {"template": {"spec": _pod(canaries)}}}
    failed = {"containerStatuses": [{"name": "a", "ready": False, "restartCount": 0, "image": "a", "imageID": "",
              "lastState": {"terminated": {"exitCode": 1, "message": canaries.sentence("a status message")}}}]}
    return [
        _object("apps/v1", "Deployment", "everywhere", spec={"template": template}),
        _object("batch/v1", "CronJob", "nightly",
                spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": {"spec": _pod(canaries)}}}}),
        _object("v1", "Pod", "bare", spec=_pod(canaries), status=failed),
        _object("v1", "Secret", "secret", **secret),
        noted,
        _object("v1", "ConfigMap", "settings", data=canaries.map("data of a ConfigMap"), binaryData=binary),
        _object("apps/v1", "ControllerRevision", "revision", data=revision, revision=1),
        _object("example.com/v1", "Database", "custom", spec={"adminPassword": canaries.words("a custom resource")}),
        _object("v1", "Event", "event", message=canaries.sentence("the message of an event")),
    ]  # fmt: skip


def _pod(canaries: Canaries) -> Object:
    def command(place: str) -> list[str]:
        loose = canaries.all(place)
        named = [f"--password={canaries.words(place)}", "--token", canaries.password(place)]
        return ["sh", "-c", f"serve {canaries.words(place)}", *loose, *named, f"-p{canaries.words(place)}"]

    headers = [{"name": "X-Any", "value": value} for value in canaries.all("headers of a probe")]
    container = {
        "name": "a", "image": "registry.example/a:1",
        "env": [{"name": f"V{number}", "value": value} for number, value in enumerate(canaries.all("env"))],
        "args": command("args"),
        "command": command("command"),
        "livenessProbe": {"exec": {"command": command("the command of a probe")}},
        "readinessProbe": {"httpGet": {"port": 80, "httpHeaders": headers}},
        "lifecycle": {"preStop": {"exec": {"command": command("the command of a hook")}}},
    }  # fmt: skip
    first = {"name": "first", "image": "registry.example/b:1", "args": command("args of an init container")}
    return {"containers": [container], "initContainers": [first]}


def _to_be_found(canaries: Canaries) -> list[Object]:
    """Credentials that the three checks must still find: object `<check>-...` fails that check."""
    shape, name = canaries.key_id, canaries.words
    probe = {"exec": {"command": ["mysqladmin", f"--password={name('a password in a probe')}", "ping"]}}
    return [
        _running("environment-by-name", env=[{"name": "DB_PASSWORD", "value": name("DB_PASSWORD")}]),
        _running("environment-by-shape", env=[{"name": "BUILD", "value": shape("an innocent variable")}]),
        _running("arguments-by-name", args=[f"--password={name('--password=')}"]),
        _running("arguments-next-to-name", args=["--password", name("after --password")]),
        _running("arguments-by-shape", command=["serve", shape("a word of a command")]),
        _running("arguments-of-probe", livenessProbe=probe),
        _object("v1", "ConfigMap", "configuration-by-name", data={"db_password": name("a key called password")}),
        _object("v1", "ConfigMap", "configuration-by-shape", data={"note": shape("an innocent key")}),
        _object("v1", "ConfigMap", "configuration-in-file",
                data={"app.properties": f"db.user=web\ndb.password={name('a line of a file')}\n"}),
    ]  # fmt: skip


def _running(name: str, **container: Any) -> Object:
    spec = {"containers": [{"name": "a", "image": "registry.example/a:1", **container}]}
    return _object("apps/v1", "Deployment", name, spec={"template": {"spec": spec}})


def _object(api: str, kind: str, name: str, **parts: Any) -> Object:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, **parts}


def write_manifests(folder: Path, canaries: Canaries) -> None:
    """Manifests, and beside them what people leave in such folders: values, templates, a kubeconfig, torn files."""
    folder.mkdir(parents=True)
    (folder / "all.yaml").write_text(yaml.safe_dump_all(plant(canaries)))
    values = yaml.safe_dump({"database": {"password": canaries.words("values.yaml")}})
    (folder / "values.yaml").write_text(f"# {canaries.sentence('a comment')}\n{values}")
    (folder / ".env").write_text(f"DB_PASSWORD={canaries.password('.env')}\n")
    user = {"name": "me", "user": {"token": canaries.words("a kubeconfig"), "password": canaries.words("a kubeconfig")}}
    (folder / "config.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "users": [user]}))
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData:\n"
    (folder / "template.yaml").write_text(f"{secret}  {{{{ .key }}}}: {canaries.words('a template')}\n")
    torn = f'{secret}  a: "{canaries.words("a torn file")}\n b: [{canaries.key_id("a torn file")}\n'
    (folder / "torn.yaml").write_text(torn)
    (folder / "wrong.yaml").write_text(f"{secret}  a: *{canaries.words('an alias that nothing defines')}\n")
    (folder / "tagged.yaml").write_text(f"{secret}  a: !{canaries.words('a tag')} {canaries.words('tagged')}\n")
    (folder / "torn.json").write_text(json.dumps(plant(canaries)[3])[:-9] + canaries.words("torn JSON"))


def write_dump(folder: Path, canaries: Canaries) -> None:
    """The answer of an API server with the same sorts of objects."""
    folder.mkdir(parents=True)
    objects = plant(canaries)
    for number, thing in enumerate(objects):
        thing["metadata"] |= {"uid": f"uid-{number}", "resourceVersion": str(number)}
    listed = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": objects}
    (folder / "all.json").write_text(json.dumps(listed))
