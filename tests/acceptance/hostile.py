"""An estate that wishes its reader ill: markup, formulas, templates and marks wherever people or clouds write text."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from assessment import pipeline
from assessment.workspace import Workspace
from collectors import resources

LONG = "".join(f"long{number:02}name" for number in range(30))
TEXTS = (
    "<script>window.pwned=1</script>",
    '<img src="http://evil.example/x.png" onerror="window.pwned=2">',
    "{{7*7}}{% raw %}${7*7}",
    '=HYPERLINK("http://evil.example","pay")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "-2+3+cmd",
    "\u202etxt.exe\u2066",
    "</script></style></title><svg onload=alert(1)>",
    "]]><!-- %00 &lt;b&gt; &#x3c;",
    '"><iframe src=//evil.example>',
    "\t=1+1",
    "zero\u200bwidth\ufeff e\u0301\u0301\u0301\u0301",
    LONG,
)
ACCOUNT, REGION = "111122223333", "eu-central-1"
Object = dict[str, Any]


class Words:
    """The hostile texts in turn; with a number, so that names differ."""

    def __init__(self) -> None:
        self._turn = cycle(TEXTS)
        self._number = 0

    def next(self) -> str:
        return next(self._turn)

    def name(self) -> str:
        self._number += 1
        return f"{next(self._turn)} {self._number}"


def survey(folder: Path) -> Workspace:
    """A workspace of it: collected, nothing assessed."""
    words = Words()
    workspace = pipeline.init(folder / "workspace", "x")
    workspace.engagement_file.write_text(_yaml(_engagement(words)), encoding="utf-8")
    workspace.exceptions_file.write_text(_yaml(_exceptions(words)), encoding="utf-8")
    shutil.rmtree(workspace.questionnaire)
    shutil.copytree(resources.data("samples", "clinic", "questionnaire"), workspace.questionnaire)
    for sheet in sorted(workspace.questionnaire.glob("*.yaml")):
        sheet.write_text(_yaml(_answered(sheet, words)), encoding="utf-8")
    _write_objects(folder / "objects", words)
    _write_cloud(folder / "clouds", words)
    pipeline.collect(workspace, source=folder / "objects", cluster="prod", whole=True)
    pipeline.collect_named(workspace, answers=folder / "clouds")
    return workspace


def _yaml(held: Object) -> str:
    return yaml.safe_dump(held, allow_unicode=False, sort_keys=False, width=100_000)


def _engagement(words: Words) -> Object:
    say = words.next
    return {
        "client": "<script>window.pwned=1</script> =Client {{7*7}} \u202e",
        "as_of": "2026-11-20",
        "clusters": {"prod": {
            "display_name": '=HYPERLINK("http://evil.example") <img src=http://evil.example>', "managed": "eks",
            "environment": "production", "cloud": {"account": ACCOUNT, "region": REGION, "name": "prod"},
        }},
        "owners": [{"owner": text, "contact": say(), "role": say(), "namespaces": [f"n{number}"]}
                   for number, text in enumerate(TEXTS)],
        "scopes": {"ephi": {"labels": {"data": "<b>=1</b>"}, "namespaces": ["n0", "<img src=http://evil.example>"]}},
        "team": {"capacity": {"platform": 20, "application": 20, "security": 6, "sre": 6}, "day_rate": 900,
                 "currency": "EUR", "start": "2026-12-01"},
        "must_do": [{"remedy": "harden-security-context", "by": "2027-03-01", "reason": say()}],
        "not_applicable": [{"framework": "hipaa", "requirement": "164.314(b)(1)", "reason": say(), "approver": say(),
                            "date": "2026-10-02"}],
        "provider_reports": [{"provider": "aws", "title": say(), "frameworks": ["hipaa"], "covers": ["164.310(a)(1)"],
                              "period": {"from": "2025-10-01", "to": "2026-09-30"}, "file": say()}],
        "by_hand": [{"framework": "hipaa", "requirement": "164.308(a)(2)", "item": 1, "title": say(), "role": say(),
                     "date": "2026-01-12", "signed_by": say(), "file": say()}],
        "signatures": [{"framework": "hipaa", "requirement": "164.308(a)(2)", "signed_by": say(), "role": say(),
                        "date": "2026-11-18"}],
    }  # fmt: skip


def _exceptions(words: Words) -> Object:
    say = words.next
    return {"exceptions": [
        {"check": "pod_security.privileged", "subjects": [f"prod/n{number}/Deployment/*"], "reason": text,
         "owner": say(), "approver": say(), "compensating_control": say(), "until": "2027-03-31"}
        for number, text in enumerate(TEXTS)
    ]}  # fmt: skip


def _answered(sheet: Path, words: Words) -> Object:
    held = yaml.safe_load(sheet.read_text(encoding="utf-8"))
    for answer in held.values():
        if answer["choice"]:
            answer |= {"detail": words.next(), "answered_by": words.next(), "role": words.next()}
    return dict(held)


def _write_objects(folder: Path, words: Words) -> None:
    """As an API server would list them, with names that no API server would take."""
    folder.mkdir(parents=True)
    objects = list(_objects(words))
    for number, thing in enumerate(objects):
        thing["metadata"] |= {"uid": f"uid-{number}", "resourceVersion": str(number + 1)}
    listed = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": objects}
    (folder / "all.json").write_text(json.dumps(listed))
    (folder / "version.json").write_text(json.dumps({"serverVersion": {"major": "1", "minor": "34"}}))


def _objects(words: Words) -> Iterator[Object]:
    for number, text in enumerate(TEXTS):
        namespace = "n1" if number % 4 else text
        yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": {"team": text}}}
        container = {"name": words.name(), "image": f"{text}:latest", "securityContext": {"privileged": True},
                     "ports": [{"containerPort": 80, "hostPort": 80, "name": text}]}  # fmt: skip
        volumes = [{"name": words.name(), "hostPath": {"path": text}}]
        labels = {"app": text, "data": "<b>=1</b>"}
        spec = {"serviceAccountName": text, "containers": [container], "volumes": volumes}
        template = {"metadata": {"labels": labels}, "spec": spec}
        yield {"apiVersion": "apps/v1", "kind": "Deployment",
               "metadata": {"name": text, "namespace": namespace, "labels": labels, "annotations": {"note": text}},
               "spec": {"replicas": 2, "selector": {"matchLabels": {"app": text}}, "template": template}}  # fmt: skip
        yield {"apiVersion": "v1", "kind": "Service", "metadata": {"name": text, "namespace": namespace},
               "spec": {"type": "LoadBalancer", "selector": {"app": text},
                        "ports": [{"port": 80, "name": text}]}}  # fmt: skip
        if number % 5:
            continue
        yield {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
               "metadata": {"name": text, "namespace": namespace},
               "spec": {"rules": [{"host": text, "http": {"paths": [{"path": text, "pathType": "Prefix", "backend": {
                   "service": {"name": text, "port": {"number": 80}}}}]}}]}}  # fmt: skip
        yield {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": text},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
               "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": text}]}  # fmt: skip


def _write_cloud(folder: Path, words: Words) -> None:
    top = folder / ACCOUNT / REGION
    name = "<script>window.pwned=1</script>"
    arn = f"arn:aws:eks:{REGION}:{ACCOUNT}"
    cluster = {"name": "prod", "arn": f"{arn}:cluster/prod", "version": words.next(), "endpoint": words.next(),
               "tags": {text: text for text in TEXTS}, "status": "ACTIVE", "roleArn": words.next(),
               "resourcesVpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": [words.next()]}}  # fmt: skip
    group = {"nodegroupName": name, "clusterName": "prod", "version": words.next(), "status": words.next(),
             "tags": {text: text for text in TEXTS}, "subnets": [words.next()], "labels": {"a": words.next()},
             "health": {"issues": [{"code": words.next(), "message": words.next()}]},
             "scalingConfig": {"minSize": 1, "maxSize": 1, "desiredSize": 1}}  # fmt: skip
    answers = {
        "get-caller-identity": {"Account": ACCOUNT, "Arn": words.next(), "UserId": words.next()},
        "list-clusters": {"clusters": ["prod", *TEXTS]},
        "describe-cluster/prod": {"cluster": cluster},
        "list-nodegroups/prod": {"nodegroups": [name]},
        f"describe-nodegroup/prod/{''.join(c if c.isalnum() or c in '._-' else '_' for c in name)}":
            {"nodegroup": group},
        "list-access-entries/prod": {"accessEntries": [words.next()]},
    }  # fmt: skip
    for place, answer in answers.items():
        (top / place).parent.mkdir(parents=True, exist_ok=True)
        (top / f"{place}.json").write_text(json.dumps(answer))
