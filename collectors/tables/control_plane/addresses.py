"""What an address says of who can reach it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(address: str | None) -> bool | None:
    """Whether only the machine itself reaches it; NULL where it is a name that is resolved elsewhere."""
    if address is None:
        return None
    host = address.strip("[]").lower()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None


def is_any(address: str | None) -> bool | None:
    """Whether it stands for every address of the machine."""
    if address is None:
        return None
    try:
        return ipaddress.ip_address(address.strip("[]")).is_unspecified
    except ValueError:
        return False


def host_and_scheme(url: str) -> tuple[str | None, str]:
    """The host of a URL, or None where it cannot be read, and its scheme."""
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.scheme
    except ValueError:
        return None, ""


def host_of_bind(address: str) -> str:
    """The host of "host:port", "[::]:10249" or a bare address."""
    host, separator, port = address.rpartition(":")
    return host.strip("[]") if separator and port.isdigit() and (":" not in host or host.startswith("[")) else address
