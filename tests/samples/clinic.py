"""The cluster of Lakeside Clinic, a client that does not exist: good and bad practice side by side.

`python -m tests.samples.record_clinic` has a real API server store it, and saves what that server answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Object = dict[str, Any]

REGISTRY = "registry.lakeside-clinic.example"
HARDENED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}
MODEST = {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}}
SMALL = {"requests": {"cpu": "50m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}}
LARGE = {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}}


def workloads() -> Iterator[Object]:
    """What the clinic's people and its platform team applied."""
    yield from _patient_portal()
    yield from _records()
    yield from _imaging()
    yield from _monitoring()
    yield from _kube_system()


def thing(api_version: str, kind: str, namespace: str | None, name: str, **parts: Any) -> Object:
    """An object as a person would apply it."""
    metadata: Object = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    if labels := parts.pop("labels", None):
        metadata["labels"] = labels
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def workload(kind: str, namespace: str, name: str, containers: list[Object], **pod: Any) -> Object:
    """A Deployment, StatefulSet or DaemonSet; `replicas` and pod fields by keyword."""
    replicas = pod.pop("replicas", 1)
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": namespace}
    spec: Object = {"selector": {"matchLabels": {"app.kubernetes.io/name": name}}, "revisionHistoryLimit": 10}
    if kind != "DaemonSet":
        spec["replicas"] = replicas
    if kind == "StatefulSet":
        spec |= {"serviceName": name, "podManagementPolicy": "OrderedReady",
                 "volumeClaimTemplates": pod.pop("claims", [])}
    if kind == "Deployment":
        rolling = {"maxSurge": "25%", "maxUnavailable": "25%"}
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}
    spec["template"] = {"metadata": {"labels": labels}, "spec": {"containers": containers, **pod}}
    return thing("apps/v1", kind, namespace, name, labels=labels, spec=spec)


def container(name: str, image: str, port: int | None = None, probes: bool = True, **fields: Any) -> Object:
    """A container; with `probes` it answers on /healthz and /ready."""
    made: Object = {"name": name, "image": image}
    if port:
        made["ports"] = [{"containerPort": port, "name": "http"}]
    if port and probes:
        made["livenessProbe"] = {"httpGet": {"path": "/healthz", "port": "http", "scheme": "HTTP"}}
        made["readinessProbe"] = {"httpGet": {"path": "/ready", "port": "http", "scheme": "HTTP"}}
    return made | fields


def spread(name: str) -> list[Object]:
    """One pod a node, where nodes allow."""
    return [{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
             "labelSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}]


def from_secret(variable: str, secret: str, key: str) -> Object:
    """An environment variable that refers to a Secret."""
    return {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


def _patient_portal() -> Iterator[Object]:
    web = container("web", f"{REGISTRY}/portal/web:4.12.1@sha256:{'3e' * 32}", 8080, resources=MODEST,
                    securityContext=HARDENED, volumeMounts=[{"name": "tmp", "mountPath": "/tmp"}])
    yield workload("Deployment", "patient-portal", "web", [web], replicas=3, serviceAccountName="web",
                   automountServiceAccountToken=False, volumes=[{"name": "tmp", "emptyDir": {}}],
                   topologySpreadConstraints=spread("web"))
    api = container("api", f"{REGISTRY}/portal/api:4.12.1", 8081, resources={"requests": MODEST["requests"]},
                    env=[from_secret("DATABASE_PASSWORD", "portal-database", "password"),
                         {"name": "SMTP_PASSWORD", "value": "not-a-real-password-2019"}],
                    securityContext={"allowPrivilegeEscalation": False, "runAsNonRoot": True,
                                     "runAsUser": 10002})
    yield workload("Deployment", "patient-portal", "api", [api], replicas=2, serviceAccountName="api")
    reminder = container("remind", f"{REGISTRY}/portal/reminders:latest", command=["/app/remind", "--all"])
    yield thing("batch/v1", "CronJob", "patient-portal", "appointment-reminders", spec={
        "schedule": "15 6 * * *", "concurrencyPolicy": "Allow", "suspend": False,
        "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 1,
        "jobTemplate": {"spec": {"template": {
            "metadata": {"labels": {"app.kubernetes.io/name": "appointment-reminders"}},
            "spec": {"containers": [reminder], "restartPolicy": "OnFailure"}}}}})


def _records() -> Iterator[Object]:
    api = container("records-api", f"{REGISTRY}/records/api:2.7.0@sha256:{'91' * 32}", 8443, resources=MODEST,
                    securityContext=HARDENED, env=[from_secret("PGPASSWORD", "records-db", "password")])
    yield workload("Deployment", "records", "records-api", [api], replicas=3,
                   serviceAccountName="records-api", automountServiceAccountToken=False,
                   topologySpreadConstraints=spread("records-api"))
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"},
             "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "200Gi"}},
                      "storageClassName": "encrypted-ssd", "volumeMode": "Filesystem"}}
    database = container("postgres", "docker.io/library/postgres:17.6", resources=LARGE,
                         ports=[{"containerPort": 5432, "name": "postgres"}],
                         env=[from_secret("POSTGRES_PASSWORD", "records-db", "password"),
                              {"name": "PGDATA", "value": "/var/lib/postgresql/data/pgdata"}],
                         readinessProbe={"exec": {"command": ["pg_isready", "-q"]}},
                         volumeMounts=[{"name": "data", "mountPath": "/var/lib/postgresql/data"}],
                         securityContext={"allowPrivilegeEscalation": False, "runAsNonRoot": True,
                                          "runAsUser": 999, "capabilities": {"drop": ["ALL"]}})
    yield workload("StatefulSet", "records", "records-db", [database], replicas=2, claims=[claim],
                   serviceAccountName="records-db", automountServiceAccountToken=False,
                   securityContext={"fsGroup": 999, "seccompProfile": HARDENED["seccompProfile"]})
    fax = container("fax-gateway", "docker.io/lakesideclinic/fax-gateway", probes=False,
                    ports=[{"containerPort": 8088, "hostPort": 8088, "name": "http"}],
                    args=["--token=not-a-real-token-0000", "--spool", "/spool"],
                    volumeMounts=[{"name": "modem", "mountPath": "/dev/modem"}],
                    securityContext={"privileged": True})
    yield workload("Deployment", "records", "fax-gateway", [fax],
                   volumes=[{"name": "modem", "hostPath": {"path": "/dev/ttyS0", "type": "CharDevice"}}])


def _imaging() -> Iterator[Object]:
    router = container("dicom-router", "docker.io/lakesideclinic/dicom-router:1.3", probes=False,
                       ports=[{"containerPort": 11112, "name": "dicom"}],
                       resources={"requests": {"cpu": "250m", "memory": "512Mi"}},
                       volumeMounts=[{"name": "archive", "mountPath": "/archive"}])
    yield workload("Deployment", "imaging", "dicom-router", [router], serviceAccountName="dicom-router",
                   volumes=[{"name": "archive", "persistentVolumeClaim": {"claimName": "imaging-archive"}}])
    viewer = container("viewer", f"{REGISTRY}/imaging/viewer:0.9.4", 3000, resources=MODEST,
                       securityContext={"runAsNonRoot": True, "runAsUser": 1000})
    yield workload("Deployment", "imaging", "viewer", [viewer], replicas=2)


def _monitoring() -> Iterator[Object]:
    exporter = container("node-exporter", "quay.io/prometheus/node-exporter:v1.10.2",
                         resources=SMALL,
                         args=["--path.rootfs=/host/root"], ports=[{"containerPort": 9100, "hostPort": 9100}],
                         volumeMounts=[{"name": "root", "mountPath": "/host/root", "readOnly": True,
                                        "mountPropagation": "HostToContainer"}],
                         securityContext=HARDENED)
    yield workload("DaemonSet", "monitoring", "node-exporter", [exporter], hostNetwork=True, hostPID=True,
                   automountServiceAccountToken=False, tolerations=[{"operator": "Exists"}],
                   volumes=[{"name": "root", "hostPath": {"path": "/", "type": ""}}])
    prometheus = container("prometheus", "quay.io/prometheus/prometheus:v3.7.1", resources=LARGE,
                           ports=[{"containerPort": 9090, "name": "web"}],
                           readinessProbe={"httpGet": {"path": "/-/ready", "port": "web", "scheme": "HTTP"}},
                           livenessProbe={"httpGet": {"path": "/-/healthy", "port": "web", "scheme": "HTTP"}},
                           volumeMounts=[{"name": "data", "mountPath": "/prometheus"}],
                           securityContext=HARDENED)
    yield workload("StatefulSet", "monitoring", "prometheus", [prometheus], serviceAccountName="prometheus",
                   securityContext={"fsGroup": 10001}, volumes=[{"name": "data", "emptyDir": {}}])


def _kube_system() -> Iterator[Object]:
    dns = container("coredns", "registry.k8s.io/coredns/coredns:v1.13.1",
                    args=["-conf", "/etc/coredns/Corefile"],
                    resources={"requests": {"cpu": "100m", "memory": "70Mi"}, "limits": {"memory": "170Mi"}},
                    ports=[{"containerPort": 53, "name": "dns", "protocol": "UDP"}],
                    livenessProbe={"httpGet": {"path": "/health", "port": 8080, "scheme": "HTTP"}},
                    readinessProbe={"httpGet": {"path": "/ready", "port": 8181, "scheme": "HTTP"}},
                    securityContext={"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                     "capabilities": {"add": ["NET_BIND_SERVICE"],
                                                      "drop": ["ALL"]}})
    yield workload("Deployment", "kube-system", "coredns", [dns], replicas=2, serviceAccountName="coredns",
                   priorityClassName="system-cluster-critical")
    proxy = container("kube-proxy", "registry.k8s.io/kube-proxy:v1.35.0",
                      command=["/usr/local/bin/kube-proxy", "--config=/var/lib/kube-proxy/config.conf"],
                      volumeMounts=[{"name": "modules", "mountPath": "/lib/modules", "readOnly": True}],
                      securityContext={"privileged": True})
    yield workload("DaemonSet", "kube-system", "kube-proxy", [proxy], hostNetwork=True,
                   serviceAccountName="kube-proxy", tolerations=[{"operator": "Exists"}],
                   priorityClassName="system-node-critical",
                   volumes=[{"name": "modules", "hostPath": {"path": "/lib/modules", "type": ""}}])
