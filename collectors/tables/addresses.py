"""Blocks of addresses: whether together they hold every address, or one that matters.

Every address of one family (IPv4 or IPv6) counts as everything, since a peer of that family is then kept out no more.
Two halves (0.0.0.0/1 and 128.0.0.0/1) are as wide as 0.0.0.0/0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network

Network = IPv4Network | IPv6Network

# Where the machines of clouds answer with credentials and settings, and Azure's wire server. Sources: AWS, Azure and
# Google documentation of their instance metadata services.
METADATA_ADDRESSES = ("169.254.169.254", "fd00:ec2::254", "168.63.129.16")


def network(cidr: str) -> Network | None:
    """The block that a text names; host bits are dropped, as the API server does. None when it names none."""
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None


def remaining(cidr: str, exceptions: Iterable[str]) -> list[Network] | None:
    """The block without its exceptions; None when something cannot be read."""
    whole = network(cidr)
    cut = [network(each) for each in exceptions]
    if whole is None or None in cut:
        return None
    left = [whole]
    for hole in cut:
        assert hole is not None
        left = [part for each in left for part in _without(each, hole)]
    return left


def cover_everything(blocks: Sequence[Network]) -> bool:
    """Whether the blocks together hold every IPv4 address or every IPv6 address."""
    fours = collapse_addresses([each for each in blocks if isinstance(each, IPv4Network)])
    sixes = collapse_addresses([each for each in blocks if isinstance(each, IPv6Network)])
    return any(each.prefixlen == 0 for each in fours) or any(each.prefixlen == 0 for each in sixes)


def hold_any(blocks: Iterable[Network], addresses: Iterable[str]) -> bool:
    """Whether one of the blocks holds one of the addresses."""
    known = [ip_address(each) for each in addresses]
    return any(address in block for block in blocks for address in known if address.version == block.version)


def _without(block: Network, hole: Network) -> list[Network]:
    if isinstance(block, IPv4Network) and isinstance(hole, IPv4Network):
        return _cut(block, hole)
    if isinstance(block, IPv6Network) and isinstance(hole, IPv6Network):
        return _cut(block, hole)
    return [block]


def _cut(block: Network, hole: Network) -> list[Network]:
    if not block.overlaps(hole):
        return [block]
    return list(block.address_exclude(hole)) if hole.subnet_of(block) and hole != block else []  # type: ignore[arg-type]
