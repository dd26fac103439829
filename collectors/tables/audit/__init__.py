"""Tables of what an API server wrote down about the requests it served: its audit log, counted."""

NOT_COLLECTED = "no audit log of this cluster was given"
CLOSED_BY = "the audit log of its API server, then: kubesurvey collect --audit-log PATH --cluster NAME"
