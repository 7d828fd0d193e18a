"""How soon the server is ready and how much memory it takes when idle.

Compared with nothing: absolute figures of this machine, for exactly the command that `lms run` becomes, on a
database that exists. Seconds by the clock grow with whatever else the machine is doing; the processor seconds beside
them, of all processes of the server until it is ready, grow far less. Memory is the sum of the PSS of all its
processes: a page of memory shared by n processes of the machine counts 1/n in each.
"""

import sys
import time

import psutil

from bench.result import Goal, middle
from bench.serving import free_port, home, lms, served, started

GOALS = {
    "process.ready_s": Goal("<=", 3),
    "process.ready_cpu_s": None,
    "process.run_ready_s": Goal("<=", 5),
    "process.idle_mb": Goal("<=", 120),
}
STARTS = 5
SETTLED = 1.0  # seconds after the first answer


def measure():
    ready, work, idle, run = [], [], [], []
    with home() as environ:
        for _turn in range(STARTS):
            with served(environ) as server:
                ready.append(server.ready)
                work.append(processor(server.pid))
                time.sleep(SETTLED)
                idle.append(memory(server.pid))
        lms(
            environ, "admin", "create", "--identifier", "banc", "--given", "Awa", "--family", "Traoré", "--sex", "F"
        )  # not empty: no demo
        for _turn in range(STARTS):
            port = free_port()
            with started([sys.executable, "-m", "lms", "run"], environ, port) as server:
                run.append(server.ready)
    return {
        "process.ready_s": middle(ready, "s", "from the start of the server to its first /healthz"),
        "process.ready_cpu_s": middle(work, "s", "processor time for the same, all processes together"),
        "process.run_ready_s": middle(run, "s", "`lms run`, a second time: migrations looked at, then the same"),
        "process.idle_mb": middle(idle, "MB", "PSS of all processes of the server, 1 s after it is ready"),
    }


def memory(pid):
    """Megabytes (10⁶ bytes) of a process and all its children."""
    return sum(one.memory_full_info().pss for one in family(pid)) / 1e6


def processor(pid):
    """Seconds of processor time of a process and all its children so far."""
    return sum(sum(one.cpu_times()[:2]) for one in family(pid))


def family(pid):
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
