"""Scripts of one version, all of them or none: a module that imports its neighbour must never meet an older one.

Our modules import each other by relative address, so the version stands in the folder and not behind a question mark:
`/static/v-<hash of all scripts>/js/phone/start.js` asks for `../../vendor/idb/index.js` under the same version
(docs/decisions/0010). A version that is not the present one is not found.
"""

import hashlib
from pathlib import Path

FOLDERS = ("js", "vendor/idb")
FOR_EVER = "public, max-age=31536000, immutable"


def version(static: Path) -> str:
    """The hash of all scripts under the static folder: 10 hex digits."""
    found = hashlib.sha256()
    for path in sorted(path for folder in FOLDERS for path in (static / folder).rglob("*.js")):
        found.update(f"{path.relative_to(static)}\n".encode() + path.read_bytes())
    return found.hexdigest()[:10]


class Versioned:
    """WSGI: finds a static file under the version of all scripts; everything else goes on.

    It may be kept for ever, but not while developing: then the version is that of the start.
    """

    def __init__(self, inner, prefix: str, keep=True):
        self.inner, self.prefix, self.keep = inner, f"{prefix}/", keep

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if not path.startswith(self.prefix):
            return self.inner(environ, start_response)
        inside = {**environ, "PATH_INFO": f"/static/{path.removeprefix(self.prefix)}"}
        return self.inner(inside, _for_ever(start_response) if self.keep else start_response)


def _for_ever(start_response):
    def start(status, headers, exc_info=None):
        if status.startswith("200"):
            headers = [(name, value) for name, value in headers if name.lower() != "cache-control"]
            headers.append(("Cache-Control", FOR_EVER))
        return start_response(status, headers, *((exc_info,) if exc_info else ()))

    return start
