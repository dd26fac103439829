"""Cases where a peer's label and the Kubernetes documentation disagree: what decides, and the cases it decides."""

from __future__ import annotations

BY_THE_DOCUMENTATION: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Prometheus operator, API reference, NamespaceSelector: without one a ServiceMonitor looks in its own "
        "namespace; this one states none, and the Service that it would select is in another that is stated",
        (
            "kube-linter-tests:checks/dangling-servicemonitor.yml:dangling-servicemonitor:ServiceMonitor/dont-fire",
        ),
    ),
    (
        "Using RBAC Authorization: rights are purely additive, so a binding to a role that does not exist "
        "grants nothing (access.bindings_refer_to_existing_roles fails it)",
        (
            "polaris-check-tests:clusterrolebindingPodExecAttach/failure.binding_points_to_missing_ref.yaml:rbac-"
            "podsExec:ClusterRoleBinding/test",
            "polaris-check-tests:rolebindingClusterRolePodExecAttach/failure.binding_points_to_missing_ref.yaml:r"
            "bac-podsExec:RoleBinding/test/test",
            "polaris-check-tests:rolebindingRolePodExecAttach/failure.binding_points_to_missing_ref.yaml:rbac-pod"
            "sExec:RoleBinding/test/test",
        ),
    ),
    (
        "Using RBAC Authorization, RoleBinding: a RoleBinding may refer to a ClusterRole and grants its "
        "rights in the namespace; this one allows exec",
        (
            "polaris-check-tests:rolebindingRolePodExecAttach/success.role_binding_cluster_role_binding.yaml:rbac"
            "-podsExec",
        ),
    ),
    (
        "Network Policies, default policies: a direction in policyTypes without rules denies all of it, so "
        "the pod is isolated",
        (
            "polaris-check-tests:missingNetworkPolicy/failure.netpol_missing_egress_rules.yaml:netpolPodCovered",
            "polaris-check-tests:missingNetworkPolicy/failure.netpol_missing_ingress_rules.yaml:netpolPodCovered",
        ),
    ),
    (
        "Network Policies, allow all: an empty rule lets everything through, and no other policy can deny it",
        ("kube-score-tests:testdata/networkpolicy-targets-all-pods.yaml:netpolPodCovered",),
    ),
    (
        "Specifying a Disruption Budget, `Think about how your application reacts`: for a single instance do "
        "not use a budget; unset replicas mean one (API reference of DeploymentSpec, StatefulSetSpec)",
        (
            "polaris-check-tests:missingPodDisruptionBudget/failure-bad-ns.yaml:pdbExists",
            "polaris-check-tests:missingPodDisruptionBudget/failure.bad-name.yaml:pdbExists",
            "polaris-check-tests:missingPodDisruptionBudget/failure.empty-labels.yaml:pdbExists",
            "polaris-check-tests:missingPodDisruptionBudget/failure.no-labels.yaml:pdbExists",
            "polaris-check-tests:missingPodDisruptionBudget/failure.no-metadata.yaml:pdbExists",
            "polaris-check-tests:missingPodDisruptionBudget/failure.wrong-place.yaml:pdbExists",
            "polaris-check-tests:missingPodDisruptionBudget/failure.yaml:pdbExists:Deployment/zookeeper",
            "kube-score-tests:testdata/deployment-poddisruptionbudget-v1-different-namespace.yaml:pdbExists",
            "kube-score-tests:testdata/deployment-poddisruptionbudget-v1-no-match.yaml:pdbExists",
            "kube-score-tests:testdata/deployment-poddisruptionbudget-v1beta1-expression-no-match.yaml:pdbExists",
            "kube-score-tests:testdata/deployment-poddisruptionbudget-v1beta1-no-match.yaml:pdbExists",
            "kube-score-tests:testdata/statefulset-poddisruptionbudget-v1beta1-expression-no-match.yaml:pdbExists",
            "kube-score-tests:testdata/statefulset-poddisruptionbudget-v1beta1-no-match.yaml:pdbExists",
        ),
    ),
    (
        "Restrict a container's syscalls with seccomp: only fields set a profile since 1.27, and "
        "defaultProfileName was an annotation of PodSecurityPolicy, never of pods",
        (
            "kube-score-tests:testdata/pod-seccomp-annotated.yaml:seccomp-required",
            "kube-score-tests:testdata/pod-seccomp-annotated-annotation-optional.yaml:seccomp-required",
        ),
    ),
    (
        "Configure Liveness, Readiness and Startup Probes: the kubelet acts on liveness whether or not a "
        "Service selects the pod",
        (
            "kube-score-tests:testdata/pod-probes-not-targeted-by-service-multi-labels.yaml:livenessAndReadiness",
            "kube-score-tests:testdata/pod-probes-not-targeted-by-service.yaml:livenessAndReadiness",
            "kube-score-tests:testdata/pod-probes-targeted-by-service-different-namespace.yaml:livenessAndReadiness",
        ),
    ),
    (
        "Resource Management for Pods and Containers, requests and limits: a container with a limit and no request "
        "gets a request equal to the limit, so each of these containers has both",
        (
            "kube-score-tests:testdata/pod-ephemeral-storage-missing-request.yaml:Container Ephemeral Storage Request "
            "and Limit",
            "kube-score-tests:testdata/deployment-test-resources.yaml:resourcesRequestsLimitsAll",
            "kube-score-tests:testdata/pod-test-resources-only-limits.yaml:resourcesRequestsLimitsAll",
            "kube-score-tests:testdata/statefulset-test-resources.yaml:resourcesRequestsLimitsAll",
        ),
    ),
    (
        "Resource Management for Pods and Containers, resource units in Kubernetes: any amount from a thousandth of a "
        "core and from one byte may be asked for; the range of these cases is the peer's own",
        (
            "polaris-check-tests:resourceRange/failure.cpu-number.yaml:resourceRange:Pod/nginx",
            "polaris-check-tests:resourceRange/failure.mem-number.yaml:resourceRange:Pod/nginx",
        ),
    ),
    (
        "API reference, HorizontalPodAutoscalerSpec, minReplicas: it defaults to 1 pod",
        (
            "polaris-check-tests:hpaMinAvailability/success.minReplicaAbsent.yaml:hpaMinReplicas:HorizontalPodAutos"
            "caler/php-apache",
            "polaris-check-tests:pdbMinAvailableGreaterThanHPAMinReplicas/success.no-min-replicas.yaml:pdbVsHpa",
        ),
    ),
    (
        "Pods, working with Pods: individual Pods are rarely created directly, and one that no controller made is not "
        "replaced; its labels do not change that",
        ("polaris-check-tests:nakedPod/success.yaml:nakedPod:Pod/nginx",),
    ),
    (
        "API reference, DeploymentSpec and StatefulSetSpec, replicas: unset means 1, and one pod cannot be kept away "
        "from itself",
        (
            "polaris-check-tests:topologySpreadConstraint/failure.empty.yaml:topologySpread:Deployment/demo-basic-demo",
            "polaris-check-tests:topologySpreadConstraint/failure.nospreadconstraint.yaml:topologySpread:Deployment/"
            "demo-basic-demo",
            "kube-score-tests:testdata/statefulset-host-antiaffinity-undefined-replicas.yaml:antiAffinity",
        ),
    ),
    (
        "Pod Topology Spread Constraints, labelSelector: pods that match it are counted; this one matches other labels "
        "than those of the pods, so nothing is spread",
        (
            "polaris-check-tests:topologySpreadConstraint/success.yaml:topologySpread:Deployment/demo-basic-demo",
        ),
    ),
    (
        "Jobs, Pod template: only Never and OnFailure are allowed in a Job, whose controller makes a new pod for each "
        "one that fails",
        (
            "kube-linter-tests:checks/restart-policy.yaml:restart-policy:Job/fire-job-never",
            "kube-linter-tests:checks/restart-policy.yaml:restart-policy:CronJob/fire-cronjob-never",
        ),
    ),
    (
        "API reference, DeploymentSpec: the template is required; a Deployment without one shows no labels of its "
        "pods, so whether the budget selects them is not known",
        ("kube-linter-tests:checks/pdb-min-available.yaml:pdbBlocksEviction:PodDisruptionBudget/bar/baz",),
    ),
    (
        "Images, Image pull policy: without a policy and with the tag latest, or none, the API server sets Always",
        (
            "polaris-check-tests:pullPolicyNotAlways/failure.cron-job.yaml:imagePullPolicyAlways:CronJob/hello",
            "polaris-check-tests:pullPolicyNotAlways/failure.yaml:imagePullPolicyAlways:Pod/nginx",
        ),
    ),
    (
        "Configure a Security Context for a Pod or Container, capabilities: a container that drops nothing keeps the "
        "default set of its runtime, and NET_RAW is in it",
        (
            "kube-linter-tests:checks/drop-net-raw-capability.yml:capabilities-drop-netraw:Deployment/dont-fire",
            "kube-linter-tests:checks/drop-net-raw-capability.yml:capabilities-drop-netraw:DeploymentConfig/dont-fire",
        ),
    ),
)
DECIDED = {case: why for why, cases in BY_THE_DOCUMENTATION for case in cases}
