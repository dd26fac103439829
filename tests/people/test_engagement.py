"""engagement.yaml is read strictly, and every mistake in it is told at once."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from collectors.people.engagement import Engagement, KnownRequirements, read, template
from collectors.problems import InvalidFile, Problem

KNOWN: KnownRequirements = {
    "hipaa": {"164.312(b)": ("The audit policy.", "A day of logs."), "164.308(a)(2)": ("The appointment.",)}
}


def written(tmp_path: Path, text: str, known: KnownRequirements | None = KNOWN) -> Engagement:
    path = tmp_path / "engagement.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path, known=known)


def problems(tmp_path: Path, text: str) -> list[Problem]:
    with pytest.raises(InvalidFile) as caught:
        written(tmp_path, text)
    return caught.value.problems


def only_problem(tmp_path: Path, text: str) -> Problem:
    found = problems(tmp_path, text)
    assert len(found) == 1, str(found)
    return found[0]


def test_the_smallest_engagement_is_a_client(tmp_path: Path) -> None:
    assert written(tmp_path, "client: Acme\n") == Engagement(client="Acme")


def test_an_unknown_key_is_refused_with_file_field_line_and_nearest_right_name(tmp_path: Path) -> None:
    found = only_problem(tmp_path, "client: Acme\nclusters:\n  prod:\n    manged: eks\n")
    assert found == Problem(
        str(tmp_path / "engagement.yaml"), "clusters.prod.manged", "is not a known key.", "managed", 4
    )
    assert str(found).endswith("engagement.yaml, line 4: clusters.prod.manged: is not a known key. "
                               "Did you mean 'managed'?")


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        "clusters: {prod: {managed: gke}}\n"
        "as_of: 2026-13-01\n"
        "not_applicable:\n"
        "  - {framework: hipaa, requirement: 164.312(b), approver: Jane}\n"
        "  - {framework: hippa, requirement: 164.312(b), reason: r, approver: a}\n"
    )
    found = [(one.field, one.line) for one in problems(tmp_path, text)]
    assert found == [
        ("client", 1),
        ("clusters.prod.managed", 1),
        ("as_of", 2),
        ("not_applicable[1].reason", 4),
        ("not_applicable[2].framework", 5),
    ]


@pytest.mark.parametrize(
    ("text", "field", "message", "nearest"),
    [
        ("clusters: []", "clusters", "must be a mapping of keys to values.", None),
        ("scopes: {ephi: {namespaces: records}}", "scopes.ephi.namespaces",
         "must be a list; begin each entry with '- '.", None),
        ("signatures: [Jane]", "signatures[1]", "must be a mapping of keys to values.", None),
        ("clusters: {a: {managed: eksx}}", "clusters.a.managed", "must be eks, aks or self, not 'eksx'.", "eks"),
        ("clusters: {a: {kubernetes_version: newest}}", "clusters.a.kubernetes_version",
         "must be a Kubernetes version such as 1.34.", None),
        ("clusters: {prod: {}}\nscopes: {cde: {clusters: [prd]}}", "scopes",
         "names clusters that `clusters` does not: 'prd'.", "prod"),
        ("parameters: {days: [1]}", "parameters.days",
         "must be one value: text, a number, a date, true or false.", None),
        ("as_of: 2026-11-21T10:00:00", "as_of", "must say its time zone, such as 2026-11-21T17:00:00Z.", None),
        ("as_of: 0001-01-01T00:00:00+14:00", "as_of", "is outside the years 1 to 9999.", None),
        ("not_applicable: [{framework: hipaa, requirement: 164.312(b), reason: ' ', approver: a}]",
         "not_applicable[1].reason", "must not be empty.", None),
        ("not_applicable: [{framework: hipaa, requirement: 164.312(c), reason: r, approver: a}]",
         "not_applicable[1].requirement", "'164.312(c)' is not a known requirement of hipaa.", "164.312(b)"),
        ("by_hand: [{framework: hipaa, requirement: 164.312(b), item: 3, title: t, date: 2026-01-01, "
         "signed_by: J, role: r}]", "by_hand[1].item", "is not an item; 164.312(b) asks for 2: 1 to 2.", None),
        ("by_hand: [{framework: hipaa, requirement: 164.312(b), item: A day of log, title: t, "
         "date: 2026-01-01, signed_by: J, role: r}]", "by_hand[1].item",
         "'A day of log' is not a known item that 164.312(b) asks for.", "A day of logs."),
        ("by_hand: [{framework: hipaa, requirement: 164.312(b), item: 1, title: t, date: last week, "
         "signed_by: J, role: r}]", "by_hand[1].date", "must be a date such as 2026-11-21.", None),
        ("provider_reports: [{provider: aws, title: t, period: {from: 2026-02-01, to: 2026-01-01}, "
         "frameworks: [hipaa]}]", "provider_reports[1].period", "ends before it begins.", None),
        ("provider_reports: [{provider: aws, title: t, period: {form: 2026-02-01, to: 2026-03-01}, "
         "frameworks: [soc]}]", "provider_reports[1].period.form", "is not a known key.", "from"),
        ("provider_reports: [{provider: aws, title: t, period: {from: 2026-02-01, to: 2026-03-01}, "
         "frameworks: [hipaa], covers: [164.312(bb)]}]", "provider_reports[1].covers",
         "'164.312(bb)' is not a known requirement of hipaa.", "164.312(b)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words(
    tmp_path: Path, text: str, field: str, message: str, nearest: str | None
) -> None:
    found = {one.field: one for one in problems(tmp_path, f"client: Acme\n{text}\n")}
    assert (found[field].message, found[field].nearest) == (message, nearest)


def test_deciding_twice_about_one_requirement_is_refused(tmp_path: Path) -> None:
    entry = "  - {framework: hipaa, requirement: 164.312(b), reason: r, approver: a}\n"
    found = only_problem(tmp_path, f"client: Acme\nnot_applicable:\n{entry}{entry}")
    assert found.message == "decides twice about 164.312(b)."


def test_a_key_given_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    found = only_problem(tmp_path, "client: Acme\nclusters: {}\nclient: Other\n")
    assert (found.field, found.line) == ("client", 3)
    assert found.message == "is given twice; the first time on line 1."


def test_broken_yaml_names_file_and_line(tmp_path: Path) -> None:
    found = only_problem(tmp_path, "client: Acme\nclusters: {prod: \nscopes: ]\n")
    assert found.line == 3
    assert "is not valid YAML" in found.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("client: &a Acme\nby_hand: *a\n", "the alias *a is not followed here"),
        ("client: !!python/object:os.system x\n", "has no meaning here"),
        ("client: " + "[" * 60 + "]" * 60, "is nested deeper than 40 levels"),
        ("client: Acme\n---\nclient: Other\n", "is not valid YAML"),
        ("? [a]\n: b\n", "a key must be plain text"),
        ("client: \x00\n", "is not valid YAML"),
        ("- client\n", "must be a mapping of keys to values"),
    ],
)
def test_yaml_that_hides_something_from_its_reader_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert told in problems(tmp_path, text)[0].message


def test_an_unreadable_file_and_one_that_is_not_text_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="cannot be read"):
        read(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"client: Acme\nx: \xe9\n")
    with pytest.raises(InvalidFile, match=r"latin\.yaml, line 2: is not UTF-8 text"):
        read(tmp_path / "latin.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * (8 * 1024 * 1024 + 1))
    with pytest.raises(InvalidFile, match="is larger than"):
        read(tmp_path / "large.yaml")


def test_nothing_is_guessed_from_how_a_value_looks(tmp_path: Path) -> None:
    found = written(tmp_path, "client: NO\nclusters:\n  010: {environment: 1.30, kubernetes_version: 1.30}\n  dev:\n")
    assert found.client == "NO"
    assert found.clusters["010"].environment == "1.30"
    assert found.clusters["010"].kubernetes_version == "1.30"
    assert found.clusters["dev"].managed is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21", datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)),
        ("2026-11-21T17:00:00Z", datetime(2026, 11, 21, 17, tzinfo=UTC)),
        ("'2026-11-21 17:00:00+02:00'", datetime(2026, 11, 21, 15, tzinfo=UTC)),
    ],
)
def test_as_of_is_a_day_or_an_instant(tmp_path: Path, text: str, expected: datetime) -> None:
    assert written(tmp_path, f"client: Acme\nas_of: {text}\n").as_of == expected


def test_a_parameter_means_what_it_says_unless_it_is_quoted(tmp_path: Path) -> None:
    text = "client: A\nparameters: {a: 90, b: '90', c: 1.5, d: true, e: yes, f: 2026-11-21, g: 2026-99-21}\n"
    assert written(tmp_path, text).parameters == {
        "a": 90, "b": "90", "c": Decimal("1.5"), "d": True, "e": "yes", "f": date(2026, 11, 21), "g": "2026-99-21",
    }  # fmt: skip


def test_hostile_text_stays_plain_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script> {{ 7*7 }} =cmd|' /C calc'!A0 \u202e\U0001f600"
    assert written(tmp_path, template(name)).client == name


@pytest.mark.parametrize("client", ["Acme", 'A "quoted": #name', "null", "- x", "é\n{braces}", "*a", "123"])
def test_the_template_is_valid_and_gives_its_client_back(tmp_path: Path, client: str) -> None:
    found = written(tmp_path, template(client))
    assert found == Engagement(client=client)
    assert template(found.client) == template(client)


def test_every_example_in_the_template_is_valid(tmp_path: Path) -> None:
    asked = ("164.314(b)(1)", "164.310(a)(1)", "164.310(d)(1)", "164.308(a)(2)", "164.312(a)(1)")
    uncommented = re.sub(r"(?m)^#(?=  )", "", template("Acme")).replace("# as_of", "as_of")
    found = written(tmp_path, uncommented, {"hipaa": dict.fromkeys(asked, ("One document.",))})
    assert set(found.model_fields_set) == set(Engagement.model_fields)
