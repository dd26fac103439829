"""Kubernetes audit logs as a source: files that an API server wrote, or that CloudWatch and Azure exported.

A log is read as a stream and counted: what is stored are counts, and the hash of every file that was read. Bodies of
requests and responses, annotations, addresses and user agents are never looked at, so nothing of them is stored.
"""

from collectors.audit_logs.collect import ChangedLog, Collected, collect, source_key
from collectors.audit_logs.files import InvalidPath

__all__ = ["ChangedLog", "Collected", "InvalidPath", "collect", "source_key"]
