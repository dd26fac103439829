"""What backs up a cluster and its volumes: Velero, and snapshots of volumes."""
