"""Tables of what AWS says of an EKS cluster."""

NOT_COLLECTED = "nothing was collected from AWS about this cluster"
CLOSED_BY = "the IAM policy that `kubesurvey permissions` prints, then: kubesurvey collect --cloud"
