"""What only people know: engagement.yaml, exceptions.yaml, the questionnaire and its attachments."""

ANSWERS = "answers"
"""The cluster under which people's answers stand, for they speak for the whole estate."""
