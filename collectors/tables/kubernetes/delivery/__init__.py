"""How software reaches a cluster: Argo CD, Flux and Helm, and which workloads came that way."""
