"""Whether the web process may listen where it should. Knows sockets; nothing of what is served."""

from __future__ import annotations

import errno
import socket

from app.errors import AppError


class PortTaken(AppError):
    """Another program listens on this port; end it, or set PORT to another."""

    status_code = 409


class NotOurAddress(AppError):
    """This machine cannot listen on this address; set CUSP_HOST to one that it has."""

    status_code = 422


def require_free(host: str, port: int) -> None:
    """Raise unless a server could listen on an address now."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As servers do: a port that was just left may be taken again at once.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        raise _problem(error, host, port) from error


def _problem(error: OSError, host: str, port: int) -> AppError:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(f"Another program listens on port {port}; end it, or set PORT to another.")
    if error.errno == errno.EACCES:
        return PortTaken(f"This user may not listen on port {port}; set PORT to one above 1023.")
    return NotOurAddress(
        f"This machine cannot listen on {host} ({error.strerror}); set CUSP_HOST to an address"
        " that it has, such as 127.0.0.1."
    )
