"""`make test`: every test, and a refusal to be green when a part that must run ran nothing."""

import re
import subprocess
import sys

MUST_RUN = ("all", "postgresql", "browser")


def main():
    """Runs pytest on two processes, shows its output as it comes, and checks what ran."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *sys.argv[1:]]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tests:
        for line in tests.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    return tests.returncode or held_against("".join(lines))


def held_against(output):
    """0 when every part ran, else 1 with the part named."""
    ran = dict(re.findall(r"(\w+)=(\d+)", next(iter(re.findall(r"^ran .*$", output, re.M)), "")))
    idle = [part for part in MUST_RUN if not int(ran.get(part, 0))]
    if idle:
        print(f"no test ran for: {', '.join(idle)}")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())
