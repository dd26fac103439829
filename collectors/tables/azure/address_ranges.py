"""How many addresses a list of ranges lets in."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

_IPV6_SITE_BITS = 80
"""A /48 of IPv6, the usual share of one site, counts as one."""


def addresses_in(ranges: Iterable[str]) -> int | None:
    """IPv4 addresses plus IPv6 sites that these ranges hold together; None when one is no range.

    0.0.0.0/32 is Azure's way to say "only the cluster's own way out", and counts as the one address it is.
    """
    four: list[IPv4Network] = []
    six: list[IPv6Network] = []
    for each in ranges:
        try:
            found = ip_network(each.strip(), strict=False)
        except ValueError:
            return None
        if isinstance(found, IPv4Network):
            four.append(found)
        else:
            six.append(found)
    sites = sum(max(1, network.num_addresses >> _IPV6_SITE_BITS) for network in collapse_addresses(six))
    return sum(network.num_addresses for network in collapse_addresses(four)) + sites
