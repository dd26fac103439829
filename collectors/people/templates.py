"""The files that a new workspace gives people to fill in, each valid as it stands."""

from __future__ import annotations

from collectors.people import exceptions, questionnaire
from collectors.people.engagement_template import template
from collectors.people.questions import DIMENSIONS


def templates(client: str) -> dict[str, str]:
    """Path inside the workspace -> text: engagement.yaml, exceptions.yaml and a sheet for each dimension."""
    sheets = {f"questionnaire/{dimension}.yaml": questionnaire.template(dimension) for dimension in DIMENSIONS}
    return {"engagement.yaml": template(client), "exceptions.yaml": exceptions.template()} | sheets
