"""Servers to measure: a data folder of their own, a free port of 127.0.0.1, always stopped."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from lms.__main__ import server_command

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds, for anything to start or stop
SETTINGS = ("DATABASE_URL", "SECRET_KEY", "PORT", "FLASK_DEBUG")  # of whoever runs this; not ours


@dataclass(frozen=True)
class Server:
    """A server that answers; `ready` is how many seconds it took from its start to its first answer."""

    port: int
    pid: int
    ready: float

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def home():
    """A new data folder with an up-to-date and empty database; yields the environment that names it."""
    with tempfile.TemporaryDirectory(prefix="kalanso-bench-") as folder:
        environ = environment() | {"LMS_DATA": folder}
        lms(environ, "upgrade")
        yield environ


def environment():
    """That of whoever runs this, without what would change a server."""
    return {name: it for name, it in os.environ.items() if not name.startswith("LMS_") and name not in SETTINGS}


def lms(environ, *arguments):
    """One run of our command line, without its talk."""
    command = [sys.executable, "-m", "lms", *arguments]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, timeout=PATIENCE, capture_output=True)


@contextmanager
def served(environ, app="wsgi:app", path="/healthz"):
    """The application behind the server of `lms run`, once `path` answers."""
    port = free_port()
    with started(server_command("127.0.0.1", port, "sqlite://", app), environ, port, path) as server:
        yield server


@contextmanager
def started(command, environ, port, path="/healthz"):
    """Any server command, once `path` answers on the port; its whole process group ends with the block."""
    begun = time.monotonic()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ | {"PORT": str(port)}, start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        ready = wait_for(f"http://127.0.0.1:{port}{path}", process, begun)
        yield Server(port, process.pid, ready)
    finally:
        stop(process)


def wait_for(url, process, begun):
    """Seconds from `begun` to the first answer."""
    while time.monotonic() - begun < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode} before it answered {url}")
        try:
            with urlopen(url, timeout=5) as answer:
                answer.read()
            return time.monotonic() - begun
        except (URLError, ConnectionError):
            time.sleep(0.01)
    raise RuntimeError(f"no answer from {url} in {PATIENCE} s")


def stop(process):
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)
    except (ProcessLookupError, subprocess.TimeoutExpired):
        pass
    try:
        os.killpg(process.pid, signal.SIGKILL)  # whatever is left of its group
        process.wait(10)
    except ProcessLookupError:
        pass


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]
