"""Requests by the thousand, from wrk: one thread, eight connections kept alive, as a browser asks."""

import re
import shutil
import subprocess
from urllib.request import Request, urlopen

from bench.serving import PATIENCE, ROOT

ASKING = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "fr", "User-Agent": "wrk"}
CONNECTIONS = 8


def ready():
    """Install wrk where it is missing, or say in one sentence what to install."""
    if not shutil.which("wrk"):
        subprocess.run([ROOT / "bin" / "system-packages", "wrk"], check=True, timeout=10 * PATIENCE)


def per_second(url, seconds):
    """Answers a second; raises when one of them is not a 200."""
    headers = [part for name, value in ASKING.items() for part in ("--header", f"{name}: {value}")]
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", *headers, url]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + PATIENCE).stdout
    if wrong := re.search(r"Non-2xx.*|Socket errors.*[1-9].*", told):
        raise RuntimeError(f"{url}: {wrong[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])


def once(url):
    """(body as it came, Content-Encoding or None) of one such request."""
    with urlopen(Request(url, headers=ASKING), timeout=PATIENCE) as answer:
        return answer.read(), answer.headers["Content-Encoding"]
