"""Fields as written: absent takes the default, a wrong type or a redacted value is not known."""

from __future__ import annotations

from datetime import datetime

from collectors.tables import as_written as read


def test_an_absent_or_null_field_takes_its_default() -> None:
    for parent in ({}, {"x": None}):
        assert read.text(parent, "x", "d") == "d"
        assert read.flag(parent, "x", True) is True
        assert read.whole_number(parent, "x", 1) == 1
        assert read.texts(parent, "x") == []
        assert read.section(parent, "x") == {}
        assert read.pairs(parent, "x") == []
        assert read.is_set(parent, "x") is False


def test_a_value_of_the_wrong_type_is_not_known() -> None:
    assert read.text({"x": 1}, "x", "d") is None
    assert read.flag({"x": "true"}, "x", True) is None
    assert read.whole_number({"x": True}, "x", 1) is None
    assert read.whole_number({"x": 2**63}, "x") is None
    assert read.texts({"x": ["a", 1]}, "x") is None
    assert read.section({"x": []}, "x") is None
    assert read.pairs({"x": {"a": 1}}, "x") is None
    assert read.sections({"x": [{}, 1]}, "x") == [{}, None]


def test_nothing_is_known_inside_what_is_not_known() -> None:
    assert read.text(None, "x", "d") is None
    assert read.section(None, "x") is None
    assert read.items(None, "x") is None
    assert read.is_set(None, "x") is True


def test_a_redacted_value_is_not_known() -> None:
    marker = "~redacted:literal:none:length=3:mac=00000000"
    assert read.text({"x": marker}, "x", "d") is None
    assert read.texts({"x": [marker]}, "x") is None
    assert read.pairs({"x": {"a": marker}}, "x") is None


def test_instants_are_read_in_utc_or_not_at_all() -> None:
    assert read.instant({"x": "2026-01-02T03:04:05Z"}, "x") == datetime(2026, 1, 2, 3, 4, 5)
    assert read.instant({"x": "2026-01-02T03:04:05+02:00"}, "x") == datetime(2026, 1, 2, 1, 4, 5)
    for odd in ("yesterday", "2026-13-02T03:04:05Z", 5, None):
        assert read.instant({"x": odd}, "x") is None


def test_three_valued_logic_keeps_what_is_certain() -> None:
    assert read.either(None, True) is True
    assert read.either(None, False) is None
    assert read.either() is False
    assert read.both(None, False) is False
    assert read.both(None, True) is None
    assert read.both() is True
    assert [read.opposite(value) for value in (True, False, None)] == [False, True, None]
