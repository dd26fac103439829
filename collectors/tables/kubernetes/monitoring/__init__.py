"""What is watched in a cluster, and who is told: the Prometheus operator, cert-manager and scanners."""
