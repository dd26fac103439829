"""Absence is evidence: a verdict that rests on something not being there cites the list that did not hold it."""

from __future__ import annotations

from pathlib import Path

from assessment import pipeline
from collectors.resources import data


def test_an_isolation_verdict_cites_the_list_of_network_policies(tmp_path: Path) -> None:
    workspace = pipeline.init(tmp_path / "acme", "Acme")
    sample = data("samples", "clinic", "clusters", "lakeside")
    pipeline.collect(workspace, source=sample, cluster="c", whole=True)
    pipeline.assess(workspace)
    items = workspace.result("evidence_items").set_index("request")["evidence_id"]
    policies = next(evidence_id for request, evidence_id in items.items() if "networkpolicies" in str(request))
    findings = workspace.result("findings")
    judged = findings[(findings["check_id"] == "network.ingress_isolated") & (findings["subject_kind"] == "Deployment")]
    assert len(judged)
    assert all(policies in refs for refs in judged["evidence_refs"])
    own = findings[(findings["check_id"] == "pod_security.privileged") & (findings["subject_kind"] == "Deployment")]
    assert not any(policies in refs for refs in own["evidence_refs"])
