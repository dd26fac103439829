"""What nobody rendered is a gap with its line; what only looks like it is read."""

from __future__ import annotations

from pathlib import Path

from tests.sources.collecting import gather, write
from tests.sources.states import POD, states


def test_templates_are_gaps_with_the_line_of_the_first_braces() -> None:
    unrendered = "apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nmetadata: {name: x}\n"
    text = f"{POD % 'a'}---\n{unrendered}---\n{POD % 'b'}"
    assert states(text) == ["Pod a", "gap 7 is a template that nobody rendered", "Pod b"]
    assert states('apiVersion: v1\nkind: Pod\nmetadata: {name: "{{ x }}"}\n') == [
        "gap 3 is a template that nobody rendered"
    ]
    image = POD % "a" + 'spec:\n  containers:\n  - image: "{{ .Values.image }}"\n'
    assert states(image) == ["gap 6 is a template that nobody rendered"]


def test_braces_that_a_finished_object_carries_are_not_a_template() -> None:
    alert = "metadata: {name: a}\nspec: {x: '{{ $labels.a }}'}\n"
    rule = f"apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n{alert}"
    note = POD % "a" + "spec: {note: '{{ with secret \"x\" }}{{ .Data.y }}{{ end }}'}\n"
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {t: '{{ .Values.x }}'}\n"
    assert states(rule) == ["monitoring.coreos.com/PrometheusRule a"]
    assert states(note) == ["Pod a"] and states(text) == ["ConfigMap a"]


def test_a_values_file_is_not_kubernetes_even_when_it_is_broken() -> None:
    assert states("a: [\n", "chart/values.yaml") == ["foreign"]
    assert states("a: [\n", "chart/other.yaml")[0].startswith("gap ")


def test_what_kustomize_builds_is_a_gap_and_its_resources_are_objects(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "overlay"
    named = b"resources: [../base]\npatches:\n- path: more.yaml\n- patch: '- op: add'\n"
    write(folder / "kustomization.yaml", named + b"patchesStrategicMerge: [env.yaml]\n")
    write(folder / "more.yaml", b"- op: replace\n  path: /spec/replicas\n  value: 3\n")
    write(folder / "env.yaml", (POD % "a" + "---\n" + POD % "b").encode())
    write(folder.parent / "base" / "pod.yaml", (POD % "a").encode())
    write(folder.parent / "base" / "patch.json", [{"op": "remove", "path": "/spec"}])
    gathered = gather(tmp_path / "in", tmp_path, whole=True)
    assert gathered.reasons == [
        "base/patch.json:1 is a JSON patch for an object that kustomize builds",
        "overlay/env.yaml:1 is a patch that overlay/kustomization.yaml applies",
        "overlay/env.yaml:5 is a patch that overlay/kustomization.yaml applies",
        "overlay/kustomization.yaml:1 tells kustomize what to build, and nobody built it",
        "overlay/more.yaml:1 is a JSON patch for an object that kustomize builds",
    ]
    assert gathered.collected.counts.objects == 1
    assert gathered.claims == {("*", "*", False)}
