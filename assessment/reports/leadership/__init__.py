"""What leadership reads: the executive roadmap, four 90-day plans, and a roadmap page for each framework."""

from assessment.reports.leadership.writing import write

__all__ = ["write"]
