"""Which TCP ports are free on this machine."""

from __future__ import annotations

import random
import socket

# Below the range from which Linux takes the ports of outgoing connections, so that a remembered port stays free.
LOWEST, HIGHEST = 20000, 32000


def _can_bind(family: int, address: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # A server that has just stopped leaves connections in TIME_WAIT; they do not make a port taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def has_ipv6() -> bool:
    """Whether this machine has ::1 (many containers do not)."""
    return socket.has_ipv6 and _can_bind(socket.AF_INET6, "::1", 0)


def is_free(port: int) -> bool:
    """Whether a server could listen on `localhost:port`, on IPv4 and, where there is one, IPv6."""
    if not _can_bind(socket.AF_INET, "127.0.0.1", port):
        return False
    return not has_ipv6() or _can_bind(socket.AF_INET6, "::1", port)


def find_free(avoid: frozenset[int] = frozenset()) -> int:
    """A free port that is none of `avoid`."""
    for port in random.sample(range(LOWEST, HIGHEST), 500):
        if port not in avoid and is_free(port):
            return port
    raise OSError(f"no free TCP port between {LOWEST} and {HIGHEST}")
