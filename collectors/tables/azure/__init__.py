"""Tables of what Azure says of an AKS cluster."""

NOT_COLLECTED = "nothing was collected from Azure about this cluster"
CLOSED_BY = "the role that `kubesurvey permissions` prints, then: kubesurvey collect --cloud"
