"""Tables of what people answered."""

NOT_COLLECTED = "no questionnaire was read"
CLOSED_BY = "answers in the questionnaire folder of the workspace, then: kubesurvey collect"
