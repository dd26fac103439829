"""What becomes of the documents of a file, whatever state it is in."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from collectors.kubernetes.documents import read_documents
from collectors.kubernetes.parts import Found
from tests.sources.collecting import api_list, gather, pod, write
from tests.sources.states import POD, states


def test_documents_between_dashes_are_read_one_by_one() -> None:
    text = f"# note\n---\n{POD % 'a'}---\n# only a comment\n---\n--- # named\n{POD % 'b'}...\n---\nnull\n"
    assert states(text) == ["Pod a", "Pod b"]


def test_windows_line_ends_and_byte_order_marks_change_nothing() -> None:
    text = f"{POD % 'a'}---\n{POD % 'b'}".replace("\n", "\r\n")
    assert states(text) == states(b"\xef\xbb\xbf" + text.encode()) == states(text.encode("utf-16"))
    assert states(text) == ["Pod a", "Pod b"]


def test_one_broken_document_is_a_gap_with_its_line_and_the_others_go_on() -> None:
    text = f"{POD % 'a'}---\nkind: Pod\nmetadata:\n\tname: x\n---\n{POD % 'b'}"
    assert states(text) == ["Pod a", "gap 7 is not YAML (found character that cannot start any token)", "Pod b"]


def test_dashes_inside_a_block_of_text_do_not_cut_it() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: |\n    ---\n    kind: Pod\n"
    assert states(text) == ["ConfigMap a"]


def test_a_gap_never_quotes_what_stands_in_the_file() -> None:
    for broken in ("a: !hunter2 x", "a: *hunter2", "? [hunter2]\n: b", "a: 'hunter2", "hunter2: {a", "{{ hunter2 }}"):
        (said,) = states(f"---\n{broken}\n")
        assert said.startswith("gap ") and "hunter2" not in said


def test_scalars_are_read_as_kubernetes_reads_them() -> None:
    text = POD % "a" + "spec: {a: 22:22, b: 2020-01-01, c: =, d: 0o644, e: 0644, f: yes, g: 1e3, h: 0x1F, 1: x}\n"
    (found,) = list(read_documents(text.encode(), "a.yaml"))
    assert isinstance(found, Found)
    assert found.object["spec"] == {
        "a": "22:22", "b": "2020-01-01", "c": "=", "d": 420, "e": 420, "f": True, "g": 1000.0, "h": 31, "1": "x",
    }  # fmt: skip


def test_aliases_are_followed_and_share_nothing() -> None:
    text = POD % "a" + "x: &m {k: [1]}\ny: *m\nz:\n  <<: *m\n"
    (found,) = list(read_documents(text.encode(), "a.yaml"))
    assert isinstance(found, Found)
    assert found.object["y"] == found.object["z"] == {"k": [1]}
    assert found.object["x"] is not found.object["y"]


@pytest.mark.parametrize("merge", [False, True])
def test_an_alias_bomb_is_a_gap(merge: bool) -> None:
    lines = ["a0: &a0 {x: y}"]
    for level in range(1, 12):
        again = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} " + (f"{{<<: [{again}]}}" if merge else f"[{again}]"))
    said = states("\n".join(lines) + f"\n---\n{POD % 'a'}")
    assert said == ["gap 1 repeats aliases until it would grow out of proportion", "Pod a"]


@pytest.mark.parametrize("deep", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000])
def test_nesting_without_end_is_a_gap(deep: str) -> None:
    said = states(f"{deep}\n---\n{POD % 'a'}")
    assert said[0].startswith("gap 1 ") and said[1] == "Pod a"


def test_json_nested_without_end_is_a_gap() -> None:
    assert states("[" * 100_000, "a.json")[0].startswith("gap 1 ")
    inside = b'{"apiVersion":"v1","kind":"List","items":[' + b"[" * 100_000
    assert states(inside, "a.json")[0].startswith("gap ")


def test_a_list_is_unwrapped_whatever_its_type() -> None:
    listed = api_list(pod("a"), None, {"metadata": {"name": "b"}}, kind="PodList")
    assert states(orjson.dumps(listed), "a.json") == ["Pod a", "Pod b"]
    assert states("apiVersion: v1\nkind: List\nitems:\n- " + (POD % "c").replace("\n", "\n  ")) == ["Pod c"]


def test_an_item_without_a_kind_in_a_list_without_a_type_is_a_gap() -> None:
    listed = api_list(pod("a"), {"metadata": {"name": "b"}}, 7)
    assert states(orjson.dumps(listed), "a.json") == [
        "Pod a", "gap 1 is an item without a kind", "gap 1 is an item that is not a mapping",
    ]  # fmt: skip


@pytest.mark.parametrize("items", [b"null", b"[]"])
def test_an_empty_list_has_no_documents(items: bytes) -> None:
    assert states(b'{"apiVersion":"v1","kind":"PodList","items":%b}' % items, "a.json") == []


def test_lists_in_lists_and_arrays_of_objects_are_unwrapped() -> None:
    assert states(orjson.dumps(api_list(api_list(pod("a")), pod("b"))), "a.json") == ["Pod a", "Pod b"]
    assert states(orjson.dumps([pod("a"), pod("b")]), "a.json") == ["Pod a", "Pod b"]


def test_objects_one_after_the_other_are_read_one_by_one() -> None:
    lines = orjson.dumps(pod("a")) + b"\n\n" + orjson.dumps(pod("b")) + b"\n"
    assert states(lines, "a.json") == ["Pod a", "Pod b"]
    pretty = orjson.dumps(pod("a"), option=orjson.OPT_INDENT_2) + b"\n" + orjson.dumps(pod("b"))
    assert states(pretty, "a.json") == ["Pod a", "Pod b"]


def test_a_torn_list_keeps_the_items_before_the_tear() -> None:
    whole = orjson.dumps(api_list(pod("a"), pod("b"), pod("c")), option=orjson.OPT_INDENT_2)
    torn = whole[: whole.rindex(b'"name": "c"')]
    last = torn.count(b"\n", 0, torn.rindex(b'{\n      "apiVersion"')) + 1
    assert states(torn, "a.json") == ["Pod a", "Pod b", f"gap {last} is not JSON that can be read to its end"]


def test_a_torn_object_is_one_gap() -> None:
    assert states(orjson.dumps(pod("a"))[:-9], "a.json") == ["gap 1 is not JSON that can be read to its end"]


def test_an_item_with_bytes_that_are_not_text_is_a_gap() -> None:
    text = orjson.dumps(api_list(pod("a"), pod("bad"), pod("c"))).replace(b"bad", b"b\xffd")
    assert states(text, "a.json") == ["Pod a", "gap 1 is not JSON that can be read", "Pod c"]


def test_bytes_that_are_not_text_are_never_replaced_in_silence() -> None:
    text = orjson.dumps(pod("bad")).replace(b"bad", b"b\xffd")
    assert states(text, "a.json") == ["gap 1 is not JSON that can be read to its end"]
    assert states(b'{"apiVersion":"v1","k\xffnd":"List","items":[]}', "a.json")[0].startswith("gap 1 ")
    assert states(POD.encode() % b"b\xffd") == ["gap 1 holds a character that YAML does not allow"]


def test_a_tag_with_a_value_that_it_cannot_have_is_a_gap() -> None:
    for tagged in ("!!bool maybe", "!!int many", "!!float x", "!!python/object:os.x {}", "!!timestamp x", "!mine x"):
        said = states(f"{POD % 'a'}spec: {tagged}\n")
        assert said == ["Pod a"] or said[0].startswith("gap "), tagged


def test_long_yaml_lists_are_read_item_by_item_with_the_line_of_a_broken_one() -> None:
    item = "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: p%d\n    note: %s\n"
    items = [item % (number, "x" * 600) for number in range(200)]
    items[150] = "- apiVersion: v1\n  kind: Pod\n  metadata: {name: [\n"
    text = "apiVersion: v1\nitems:\n" + "".join(items) + 'kind: List\nmetadata:\n  resourceVersion: ""\n'
    said = states(text)
    assert len(said) == 200 and said[199] == "Pod p199"
    assert said[150].startswith("gap 75") and "is not YAML" in said[150]


def test_what_no_api_server_stores_is_not_kubernetes() -> None:
    for text in (
        "replicas: 3\nimage: {tag: x}\n",
        "apiVersion: v2\nname: chart\n",
        "apiVersion: v1\nkind: Config\nclusters: []\n",
        "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: []\n",
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n",
        "kind: DaemonSet\nresources: {}\n",
        "just a sentence\n",
        "- a\n- b\n",
    ):
        assert states(text) == ["foreign"], text


def test_the_file_that_a_kubelet_starts_with_is_read_though_no_api_server_stores_it() -> None:
    text = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
    assert states(text) == ["kubelet.config.k8s.io/KubeletConfiguration None"]


def test_objects_without_a_name_are_kept_as_they_are() -> None:
    assert states("apiVersion: apps/v1\nkind: Deployment\nspec: {}\n") == ["apps/Deployment None"]
    assert states("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n") == ["batch/Job None"]
    assert states("apiVersion: v1\nkind: Pod\nmetadata: null\nspec: null\nstatus:\n") == ["Pod None"]


def test_an_identity_that_is_not_text_is_a_gap() -> None:
    assert states("apiVersion: v1\nkind: Pod\nmetadata: {name: 12}\n") == ["gap 1 has a metadata.name that is not text"]
    assert states("apiVersion: v1\nkind: Pod\nmetadata: [a]\n") == ["gap 1 has metadata that is not a mapping"]
    assert states("kind: Pod\nmetadata: {name: a}\n") == ["gap 1 has metadata but no apiVersion or no kind"]


def test_an_object_without_a_namespace_stays_without(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.json", pod("a", None))
    (line,) = gather(tmp_path / "in", tmp_path).stored("a.json")
    assert line == {"place": "document 1 (line 1)", "object": pod("a", None)}


def test_places_name_the_document_its_line_and_the_item(tmp_path: Path) -> None:
    listed = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: b}}\n"
    write(tmp_path / "in" / "a.yaml", f"# x\n{POD % 'a'}---\n{listed}".encode())
    write(tmp_path / "in" / "b.json", api_list(pod("c"), pod("d")))
    gathered = gather(tmp_path / "in", tmp_path)
    assert [line["place"] for line in gathered.stored("a.yaml")] == [
        "document 1 (line 2)", "document 2 (line 6)/items/0",
    ]  # fmt: skip
    assert [line["place"] for line in gathered.stored("b.json")] == ["/items/0", "/items/1"]


def test_the_same_object_in_three_files_is_one_object_and_two_repeats(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml", "c.json"):
        write(tmp_path / "in" / name, pod("same") if name == "c.json" else (POD % "same").encode())
    write(tmp_path / "in" / "c.json", orjson.dumps({"kind": "Pod", "metadata": {"name": "same"}, "apiVersion": "v1"}))
    counts = gather(tmp_path / "in", tmp_path).collected.counts
    assert (counts.objects, counts.repeats) == (1, 2)


def test_two_objects_of_one_name_that_differ_are_two_objects(tmp_path: Path) -> None:
    write(tmp_path / "in" / "a.yaml", (POD % "same" + "spec: {a: 1}\n").encode())
    write(tmp_path / "in" / "b.yaml", (POD % "same" + "spec: {a: 2}\n").encode())
    assert gather(tmp_path / "in", tmp_path).collected.counts.objects == 2
