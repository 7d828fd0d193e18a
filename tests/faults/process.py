"""The server as it is run, to be killed and started again on the same data; and a phone's way to it over real sockets."""

import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.request
from types import SimpleNamespace

from bench.process import processor
from bench.serving import ROOT, free_port
from lms.__main__ import server_command
from tests import cast

PATIENCE = 60


class KillableServer:
    """One server on a database and a data folder; always the same port."""

    def __init__(self, world, app="wsgi:app"):
        self.port, self.process = free_port(), None
        self.environ = os.environ | {
            "DATABASE_URL": world.url, "LMS_DATA": str(world.data), "SECRET_KEY": "of the tests", "PORT": str(self.port),
        }  # fmt: skip
        self.command = server_command("127.0.0.1", self.port, world.url, app)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.kill()

    def start(self):
        """Starts it; returns the processor seconds it took until it answered: those of an idle machine, however busy this is."""
        begun = time.monotonic()
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.environ, start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while time.monotonic() - begun < PATIENCE:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).read()
                return processor(self.process.pid)
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the server did not start")

    def kill(self):
        """Ends all of its processes at once, as `kill -9` does."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Wire:
    """A worker's phone on the network: posts over a socket, keeps her cookie. Speaks like a test client."""

    def __init__(self, port, identifier):
        self.port, self.client, self.cookie = port, self, ""
        fields = f"identifier={identifier}&pin={cast.PINS[identifier]}"
        answer = self.post("/sign-in", data=fields.encode(), content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 303, answer.text
        self.cookie = "; ".join(cookie.split(";")[0] for cookie in answer.cookies)

    def post(self, address, *, data, content_type, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Content-Type": content_type, "Cookie": self.cookie, **(headers or {})}
        try:
            connection.request("POST", address, data, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            return SimpleNamespace(
                status_code=answer.status, text=text, cookies=answer.headers.get_all("Set-Cookie", [])
            )
        finally:
            connection.close()

    def posts_in_part(self, address, data, upto, headers):
        """Sends the head and the first `upto` bytes of a body, then the line goes dead."""
        head = f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Length: {len(data)}\r\n"
        lines = {"Content-Type": "application/json", "Cookie": self.cookie, **headers}
        head += "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as line:
            line.sendall(head.encode() + b"\r\n" + data[:upto])
