"""What a pod spec says, read with Kubernetes' own defaults and inheritance. Pure functions, no tables."""
