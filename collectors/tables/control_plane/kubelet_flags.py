"""A kubelet's command line as the configuration file that would say the same.

Source: the reference of kubelet. Without --config the flags have defaults of their own, which are older and weaker
than those of the file; beside --config what no flag says is in a file that is not seen.
"""

from __future__ import annotations

from typing import Any

from collectors.tables.as_written import REDACTED, Section
from collectors.tables.control_plane.command_line import CommandLine

_UNSEEN = f"{REDACTED}unseen"
"""Reads as not known whatever is expected there."""

_SWITCHES: dict[str, tuple[str, bool]] = {
    "rotateCertificates": ("rotate-certificates", False),
    "serverTLSBootstrap": ("rotate-server-certificates", False),
    "protectKernelDefaults": ("protect-kernel-defaults", False),
    "makeIPTablesUtilChains": ("make-iptables-util-chains", True),
    "seccompDefault": ("seccomp-default", False),
}
_NUMBERS: dict[str, tuple[str, int]] = {
    "readOnlyPort": ("read-only-port", 10255),
    "eventRecordQPS": ("event-qps", 50),
    "podPidsLimit": ("pod-max-pids", -1),
    "maxPods": ("max-pods", 110),
    "imageGCHighThresholdPercent": ("image-gc-high-threshold", 85),
    "imageGCLowThresholdPercent": ("image-gc-low-threshold", 80),
}
_TEXTS = {
    "tlsCertFile": ("tls-cert-file", ""),
    "tlsPrivateKeyFile": ("tls-private-key-file", ""),
    "tlsMinVersion": ("tls-min-version", ""),
    "streamingConnectionIdleTimeout": ("streaming-connection-idle-timeout", "4h0m0s"),
}


def configuration(line: CommandLine) -> Section:
    """The fields of KubeletConfiguration that this command line decides; the others read as not known."""
    said = _Said(line)
    config: Section = {field: said.switch(*of) for field, of in _SWITCHES.items()}
    config |= {field: said.number(*of) for field, of in _NUMBERS.items()}
    config |= {field: said.text(*of) for field, of in _TEXTS.items()}
    return config | {
        "authentication": {
            "anonymous": {"enabled": said.switch("anonymous-auth", True)},
            "webhook": {"enabled": said.switch("authentication-token-webhook", False)},
            "x509": {"clientCAFile": said.text("client-ca-file", "")},
        },
        "authorization": {"mode": said.text("authorization-mode", "AlwaysAllow")},
        "tlsCipherSuites": said.texts("tls-cipher-suites"),
        "allowedUnsafeSysctls": said.texts("allowed-unsafe-sysctls"),
        "evictionHard": _UNSEEN,
        "featureGates": said.gates(),
    }


class _Said:
    """What the flags say, field by field."""

    def __init__(self, line: CommandLine) -> None:
        self._line = line
        self._alone = line.names("config") is False

    def switch(self, name: str, default: bool) -> Any:
        return self._known(name, self._line.flag(name, default))

    def number(self, name: str, default: int) -> Any:
        return self._known(name, self._line.number(name, default))

    def text(self, name: str, default: str) -> Any:
        return self._known(name, self._line.text(name, default))

    def texts(self, name: str) -> Any:
        return self._known(name, self._line.texts(name))

    def gates(self) -> Any:
        """All of them, or none is known."""
        read = self._line.texts("feature-gates")
        if read is None or not (self._alone or self._line.is_set("feature-gates")):
            return _UNSEEN
        pairs = (each.partition("=") for each in read)
        return {key: {"true": True, "false": False}.get(value.lower(), value) for key, _, value in pairs}

    def _known(self, name: str, value: Any) -> Any:
        seen = self._alone or self._line.is_set(name)
        return value if seen and value is not None else _UNSEEN
