"""A proxy of the network that knows nothing of Kubernetes: it forwards what follows CONNECT."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer


class Forwarding:
    """What it was asked to connect to; `seen` is all that it could read. With `instead` it goes to that port."""

    def __init__(self, instead: int | None) -> None:
        self.targets: list[str] = []
        self.seen = ""
        self.refuses = False
        self.instead = instead
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def forwarding(instead: int | None = None) -> Iterator[Forwarding]:
    """A running proxy."""
    state = Forwarding(instead)

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            head = b"".join(iter(self.rfile.readline, b"\r\n"))
            state.seen += head.decode()
            target = head.split()[1].decode()
            state.targets.append(target)
            if state.refuses:
                self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            host, _, port = target.rpartition(":")
            place = ("127.0.0.1", state.instead) if state.instead else (host, int(port))
            with socket.create_connection(place) as there, suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pass, args=(there, self.connection), daemon=True)
                back.start()
                _pass(self.connection, there)
                back.join()

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
