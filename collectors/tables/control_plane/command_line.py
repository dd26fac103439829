"""The command line of a Kubernetes component, read as the component itself reads it.

Sources: spf13/pflag, which the components use (a later value of a plain flag replaces the earlier one, lists add up,
`_` counts as `-`, a switch takes its value only after `=`), and Go's flag package, which etcd uses (one dash or two).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from collectors.evidence.detect import TEMPLATE
from collectors.tables.as_written import REDACTED
from collectors.tables.durations import whole_seconds

_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))
_FLAG = re.compile(r"--?([A-Za-z][A-Za-z0-9._-]*)(?:=(.*))?", re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d{1,18}")
_REFERENCE = re.compile(r"\$\([A-Za-z_.-][\w.-]*\)|\$\{?[A-Za-z_]")

# The switches that are read here: the next word is not their value.
_SWITCHES = """
    anonymous-auth profiling service-account-lookup service-account-extend-token-expiration kubelet-https
    allow-privileged enable-bootstrap-token-auth enable-aggregator-routing contention-profiling
    use-service-account-credentials leader-elect allocate-node-cidrs
    client-cert-auth auto-tls peer-client-cert-auth peer-auto-tls authentication-token-webhook
    protect-kernel-defaults make-iptables-util-chains rotate-certificates rotate-server-certificates
    seccomp-default
"""
SWITCHES = frozenset(_SWITCHES.split())


class CommandLine:
    """The flags of one process.

    `readable` is False where a word could not be read that may be any flag: then nothing is known of any of them.
    A value that was redacted is not known, but that it is there.
    """

    def __init__(self, values: dict[str, list[str | None]], readable: bool = True) -> None:
        self._values = values
        self.readable = readable

    def is_set(self, name: str) -> bool | None:
        """Whether the flag stands on the command line at all."""
        return name in self._values if self.readable else None

    def written(self, name: str) -> str | None:
        """The last value as it was written, a redacted one too; None where there is none or it is not known."""
        return self._last(name, None)

    def names(self, name: str) -> bool | None:
        """Whether the flag has a value that is not empty, such as the path of a file."""
        if not self.readable:
            return None
        value = self._last(name, "")
        if value is None or (value.startswith(REDACTED) and f":{TEMPLATE}:" in value):
            return None
        return bool(value)

    def text(self, name: str, default: str | None = None) -> str | None:
        """The value of a plain flag."""
        value = self._last(name, default) if self.readable else None
        return None if value is None or value.startswith(REDACTED) else value

    def flag(self, name: str, default: bool) -> bool | None:
        """The value of a switch."""
        value = self.text(name, "true" if default else "false")
        return True if value in _TRUE else False if value in _FALSE else None

    def number(self, name: str, default: int | None = None) -> int | None:
        """A whole number."""
        value = self.text(name, None if default is None else str(default))
        return int(value) if value is not None and _NUMBER.fullmatch(value) else None

    def seconds(self, name: str, default: str) -> int | None:
        """A duration, in seconds."""
        return whole_seconds(self.text(name, default))

    def texts(self, name: str, default: Iterable[str] = ()) -> list[str] | None:
        """A list: its parts by comma, those of a repeated flag added up."""
        if not self.readable:
            return None
        if name not in self._values:
            return sorted(default)
        found: set[str] = set()
        for value in self._values[name]:
            if value is None or value.startswith(REDACTED):
                return None
            found.update(part.strip() for part in value.split(",") if part.strip())
        return sorted(found)

    def gate(self, name: str, default: bool) -> bool | None:
        """A feature gate."""
        gates = self.texts("feature-gates")
        if gates is None:
            return None
        values = [value for key, _, value in (each.partition("=") for each in gates) if key == name]
        if not values:
            return default
        known = {value in _TRUE if value in _TRUE or value in _FALSE else None for value in values}
        return known.pop() if len(known) == 1 else None

    def _last(self, name: str, default: str | None) -> str | None:
        return self._values[name][-1] if name in self._values else default


UNREADABLE = CommandLine({}, readable=False)


def command_line(words: Iterable[str | None]) -> CommandLine:
    """The flags among these words, which follow the name of the program; None is a word that is no text."""
    values: dict[str, list[str | None]] = {}
    readable = True
    waiting: str | None = None
    for word in words:
        found = _FLAG.fullmatch(word) if word is not None else None
        if waiting is not None:
            # Another flag here says that the one before is a switch, though none that is read here.
            values.setdefault(waiting, []).append("true" if found else _value(word))
            waiting = None
            if not found:
                continue
        if found:
            name = found[1].replace("_", "-")
            if found[2] is not None:
                values.setdefault(name, []).append(_value(found[2]))
            elif name in SWITCHES:
                values.setdefault(name, []).append("true")
            else:
                waiting = name
        elif word is None or word.startswith(REDACTED) or _REFERENCE.search(word):
            readable = False
    if waiting is not None:
        values.setdefault(waiting, []).append(None)
    return CommandLine(values, readable)


def _value(written: str | None) -> str | None:
    """What was written; None where it names a variable that the kubelet fills in."""
    return None if written is None or _REFERENCE.search(written) else written
