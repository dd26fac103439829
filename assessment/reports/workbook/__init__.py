"""The workbook (XLSX): register, findings, packages, plan, matrix, requirements, evidence, gaps."""

from assessment.reports.workbook.book import write

__all__ = ["write"]
