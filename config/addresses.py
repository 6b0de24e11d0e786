"""Addresses of this machine: who can reach what it listens on."""

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Whether nothing but this machine can reach a host name or address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable(host: str) -> str:
    """The address under which others reach a server that listens on `host`: the LAN's when it listens everywhere."""
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return "localhost" if is_loopback(host) else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a datagram socket sends nothing when it connects
            return str(probe.getsockname()[0])
        except OSError:
            return socket.gethostname()
