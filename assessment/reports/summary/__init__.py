"""summary.html: one file that opens anywhere, asks nothing of any network, and lets a reader click through."""

from assessment.reports.summary.page import write

__all__ = ["write"]
