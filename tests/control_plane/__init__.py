"""A real Kubernetes control plane for tests, without containers: built once from published modules, started in seconds.

etcd, kube-apiserver, controller manager, scheduler, and kwok playing the kubelets. `tests/README.md` says how.
"""
