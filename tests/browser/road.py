"""The road between a phone and the world, which can be cut, or stand still: a SOCKS proxy of the phone's own.

Chromium's own "offline" is a setting of each renderer and worker; one that starts while it is on may still get a request
through. A road that is cut lets nothing through, and breaks what was on its way.
"""

import select
import socket
import socketserver
import struct
import threading
from contextlib import closing, suppress

GRANTED, REFUSED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00", b"\x05\x03\x00\x01\x00\x00\x00\x00\x00\x00"


class Road:
    """Open until `cut()`, open again after `mend()`; `proxy` is what a browser context is told of it.

    `cut(after=n)`: once n more bytes have come from the other side. `jam()`: what is sent arrives nowhere, and nobody says so.
    """

    def __init__(self):
        self.there, self.moving = threading.Event(), threading.Event()
        self.there.set()
        self.moving.set()
        self.left: int | None = None
        self.travelling: set[socket.socket] = set()
        self.server = _Server(("127.0.0.1", 0), _Traveller)
        self.server.road = self
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def proxy(self):
        return {"server": f"socks5://127.0.0.1:{self.server.server_address[1]}", "bypass": "<-loopback>"}

    def cut(self, after=None):
        self.left = after
        if after is None:
            self.there.clear()
            self.moving.set()
            for end in list(self.travelling):
                _break(end)

    def jam(self):
        self.moving.clear()

    def mend(self):
        self.left = None
        self.moving.set()
        self.there.set()

    def came(self, size):
        """Counts what came from the other side, and is cut when that was enough."""
        if self.left is not None:
            self.left -= size
            if self.left < 0:
                self.cut()

    def close(self):
        self.cut()
        self.server.shutdown()
        self.server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    road: Road


class _Traveller(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self):
        with suppress(OSError):  # cut, or gone
            address = asked_for(self.request)
            if not self.server.road.there.is_set():
                self.request.sendall(REFUSED)
                return
            with closing(socket.create_connection(address)) as far:
                self.request.sendall(GRANTED)
                self.carry(far)

    def carry(self, far):
        road, ends = self.server.road, (self.request, far)
        road.travelling.update(ends)
        try:
            while road.there.is_set():
                for ready in select.select(ends, [], [])[0]:
                    if not (load := ready.recv(65536)):
                        return
                    road.moving.wait()
                    if ready is far:
                        road.came(len(load))
                    (far if ready is self.request else self.request).sendall(load)
        finally:
            road.travelling.difference_update(ends)


def asked_for(near):
    """`(host, port)` of a SOCKS 5 request (RFC 1928), without authentication."""
    _version, methods = _exactly(near, 2)
    _exactly(near, methods)
    near.sendall(b"\x05\x00")
    _version, _connect, _reserved, kind = _exactly(near, 4)
    host = socket.inet_ntoa(_exactly(near, 4)) if kind == 1 else _exactly(near, _exactly(near, 1)[0]).decode()
    return host, struct.unpack("!H", _exactly(near, 2))[0]


def _exactly(near, size):
    read = b""
    while len(read) < size:
        if not (more := near.recv(size - len(read))):
            raise ConnectionError("gone before it had asked")
        read += more
    return read


def _break(end):
    with suppress(OSError):  # it may have broken already
        end.shutdown(socket.SHUT_RDWR)
