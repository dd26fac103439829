"""threat-coverage.html and .pdf: good practice and threats as heat maps, and a trust page for each component."""

from assessment.reports.coverage.page import write

__all__ = ["write"]
