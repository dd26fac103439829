"""Objects of admission, extensions and secret stores with odd values anywhere still make rows that fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from collectors.tables.families import KUBERNETES, builders_of
from collectors.tables.schema import Builder
from tests.tables.test_malformed_objects import ODD, fits, places, with_value

OBJECTS = yaml.safe_load("""
- apiVersion: admissionregistration.k8s.io/v1
  kind: ValidatingWebhookConfiguration
  webhooks:
  - name: x
    failurePolicy: Fail
    timeoutSeconds: 5
    clientConfig: {url: "https://x.example", service: {namespace: a, name: b, port: 1}, caBundle: x}
    rules: [{apiGroups: [""], resources: [pods], operations: [CREATE], scope: "*"}]
    namespaceSelector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: In, values: [b]}]}
    objectSelector: {matchLabels: {a: b}}
    matchConditions: [{name: a, expression: b}]
- apiVersion: admissionregistration.k8s.io/v1
  kind: ValidatingAdmissionPolicy
  spec:
    failurePolicy: Fail
    paramKind: {kind: x}
    matchConditions: [{name: a}]
    matchConstraints:
      resourceRules: [{apiGroups: [""], resources: [pods]}]
      excludeResourceRules: [{}]
      namespaceSelector: {}
    validations: [{expression: object.spec.hostPID}]
- apiVersion: admissionregistration.k8s.io/v1
  kind: ValidatingAdmissionPolicyBinding
  spec:
    policyName: x
    validationActions: [Deny]
    paramRef: {parameterNotFoundAction: Deny}
    matchResources: {resourceRules: [{}]}
- apiVersion: kyverno.io/v1
  kind: ClusterPolicy
  spec:
    validationFailureAction: Enforce
    rules:
    - name: x
      match:
        any: [{resources: {kinds: [Pod], namespaces: [a], namespaceSelector: {matchLabels: {a: b}}}}]
        all: [{resources: {}}]
      exclude: {any: [{resources: {namespaces: [a]}, subjects: [{kind: User}]}]}
      validate:
        failureAction: Enforce
        pattern: {spec: {hostPID: false}}
        podSecurity: {level: baseline, exclude: [{a: b}]}
      verifyImages: [{failureAction: Enforce}]
  status: {ready: true, conditions: [{type: Ready, status: "True"}], conditionStatus: {ready: true, conditions: []}}
- apiVersion: policies.kyverno.io/v1alpha1
  kind: ValidatingPolicy
  spec:
    validationActions: [Deny]
    matchConstraints: {resourceRules: [{resources: [pods]}]}
    validations: [{expression: x}]
  status: {conditionStatus: {ready: true, conditions: [{type: Ready, status: "True"}]}}
- apiVersion: constraints.gatekeeper.sh/v1beta1
  kind: K8sPSPCapabilities
  spec:
    enforcementAction: scoped
    scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: "*"}]}]
    match: {kinds: [{kinds: [Pod]}], namespaces: [a], excludedNamespaces: [b], namespaceSelector: {}, labelSelector: {}}
  status: {byPod: [{enforced: true}]}
- apiVersion: kyverno.io/v2
  kind: PolicyException
  spec:
    exceptions: [{policyName: a, ruleNames: [b]}]
    match: {any: [{resources: {names: [a]}}], all: [{resources: {}}]}
- apiVersion: config.gatekeeper.sh/v1alpha1
  kind: Config
  spec: {match: [{excludedNamespaces: [a], processes: ["*"]}]}
- apiVersion: templates.gatekeeper.sh/v1
  kind: ConstraintTemplate
  spec: {crd: {spec: {names: {kind: X}}}}
  status: {created: true}
- apiVersion: apiregistration.k8s.io/v1
  kind: APIService
  spec: {group: a, service: {namespace: a, name: b}, insecureSkipTLSVerify: true}
  status: {conditions: [{type: Available, status: "True"}]}
- apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  spec:
    group: a
    scope: Cluster
    names: {kind: X}
    versions: [{name: v1, served: true, storage: true, deprecated: true, schema: {openAPIV3Schema: {a: b}}}]
    conversion: {strategy: Webhook, webhook: {clientConfig: {service: {namespace: a, name: b}}}}
  status: {storedVersions: [v1], conditions: [{type: Established, status: "True"}]}
- apiVersion: external-secrets.io/v1
  kind: ClusterSecretStore
  spec: {conditions: [{namespaces: [a]}], provider: {aws: {auth: {secretRef: {accessKeyIDSecretRef: {name: a}}}}}}
  status: {conditions: [{type: Ready, status: "True"}]}
- apiVersion: external-secrets.io/v1
  kind: ExternalSecret
  spec: {refreshInterval: 1h, refreshPolicy: Periodic}
  status: {refreshTime: "2026-11-21T10:00:00Z", conditions: [{type: Ready, status: "True"}]}
- {apiVersion: security.openshift.io/v1, kind: SecurityContextConstraints, allowPrivilegedContainer: true, priority: 1,
   allowedCapabilities: [a], runAsUser: {type: x}, users: [a], groups: [b]}
- apiVersion: apps/v1
  kind: Deployment
  spec: {template: {metadata: {labels: {a: b}}}}
""")
NAMES = ("admission", "extensions", "secret_sources", "placement")
BUILDERS = [builder for builder in builders_of(KUBERNETES) if builder.__module__.split(".")[-2] in NAMES]


def objects(builder: type[Builder]) -> Iterator[dict[str, Any]]:
    for obj in OBJECTS:
        group = obj["apiVersion"].rpartition("/")[0]
        if {f"{group}/{obj['kind']}", f"{group}/*"} & set(builder.reads):
            marks = {"app.kubernetes.io/instance": "x"}
            metadata = {"name": "x", "namespace": "shop", "labels": marks, "annotations": {"a": "b"},
                        "deletionTimestamp": "2026-11-21T10:00:00Z", "finalizers": ["a"],
                        "ownerReferences": [{"kind": "X", "controller": False}]}  # fmt: skip
            yield obj | {"metadata": metadata}


@pytest.mark.parametrize("builder", BUILDERS, ids=[builder.__name__ for builder in BUILDERS])
def test_any_odd_value_anywhere_makes_a_row_that_fits(builder: type[Builder]) -> None:
    seen = list(objects(builder))
    assert seen, "no object is here for it"
    for obj in seen:
        fits(builder, obj)
        for path in places(obj):
            if path[0] not in ("kind", "apiVersion"):
                for odd in ODD:
                    fits(builder, with_value(obj, path, odd))
