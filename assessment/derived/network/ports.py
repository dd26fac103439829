"""Ports that both ends of a connection allow."""

from __future__ import annotations

EVERY: tuple[str, ...] = ()


def meeting(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], bool | None]:
    """The ports in both lists (none named means every port), and whether there are any; None where names meet numbers,
    since a name means another number in each pod."""
    if not one or not other:
        return one or other, True
    sure = {port for port in one for each in other if _holds(each, port)}
    sure |= {port for port in other for each in one if _holds(each, port)}
    if sure:
        return tuple(sorted(sure)), True
    maybe = {port for port in (*one, *other) if _is_named(port)}
    return tuple(sorted(maybe)), None if maybe else False


def _holds(wide: str, port: str) -> bool:
    """Whether a port, a range or all of a protocol ("TCP/80", "TCP/80-90", "TCP/*") holds another."""
    (protocol, span), (own, number) = wide.split("/", 1), port.split("/", 1)
    if protocol != own:
        return False
    if span in ("*", number):
        return True
    first, dash, last = span.partition("-")
    if not (dash and first.isdecimal() and last.isdecimal()):
        return False
    low, _, high = number.partition("-")
    high = high or low
    return low.isdecimal() and high.isdecimal() and int(first) <= int(low) and int(high) <= int(last)


def _is_named(port: str) -> bool:
    return not port.partition("/")[2].replace("-", "").replace("*", "0").isdecimal()
