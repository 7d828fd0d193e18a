"""What the environment decides, and what is decided for it on the first run."""

import contextlib
import os
import secrets
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]


def keep_malian_time():
    """The day of this process is Mali's, which is UTC's, wherever the server stands."""
    os.environ["TZ"] = "UTC"
    time.tzset()


def read(environ=os.environ):
    """Flask configuration from the environment (names and defaults: README, « Réglages »)."""
    data = data_folder(environ)
    public_url = environ.get("LMS_PUBLIC_URL", "").rstrip("/")
    behind_https = public_url.startswith("https://")
    return {
        "LMS_DATA": data,
        "CONTENT_ROOT": content_root(environ),
        "PORT": int(environ.get("PORT") or 8000),
        "HOST": environ.get("LMS_HOST") or "127.0.0.1",
        "PUBLIC_URL": public_url,
        "SHOW_DRAFTS": environ.get("LMS_DRAFTS", "show") != "hide",
        "SECRET_KEY": environ.get("SECRET_KEY") or secret_key(data),
        "SQLALCHEMY_DATABASE_URI": database_url(environ.get("DATABASE_URL"), data),
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
        "MAX_FORM_PARTS": 5_000,
        "SESSION_COOKIE_NAME": "__Host-session" if behind_https else "session",
        "SESSION_COOKIE_SECURE": behind_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 180 * 24 * 3600,
        "PROXIES": 1 if behind_https else 0,
        "RATELIMIT_STORAGE_URI": "memory://",
    }


def data_folder(environ=os.environ):
    """Where this installation keeps what is its own."""
    return Path(environ.get("LMS_DATA") or ROOT / "instance").resolve()


def country_folder(environ=os.environ):
    """The pack of the country served: a code (`countries/<code>`), or a folder anywhere."""
    named = environ.get("LMS_COUNTRY") or "ml"
    return Path(named).resolve() if "/" in named else ROOT / "countries" / named


def content_root(environ=os.environ):
    """The folder of `modules/` and `assessments/`: the one asked for, that of the country's pack, or the repository."""
    own = country_folder(environ)
    return Path(environ.get("CONTENT_ROOT") or (own if (own / "modules").is_dir() else ROOT)).resolve()


def database_url(asked, data):
    """The database asked for, PostgreSQL always through psycopg 3; SQLite in the data folder by default."""
    if not asked:
        return f"sqlite:///{data / 'kalanso.sqlite'}"
    scheme, rest = asked.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else asked


def secret_key(data):
    """The key that signs cookies: made once, readable by its owner alone."""
    return kept_secret(data / "secret.key", lambda: secrets.token_hex(32))


def kept_secret(path, make):
    """The text kept in this file; the first time `make` makes it, mode 0600."""
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    handle, made = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(make())
    with contextlib.suppress(FileExistsError):  # another process was first: its key is the key
        os.link(made, path)
    os.unlink(made)
    return path.read_text()


def is_public(app):
    """Whether the server can be reached from other machines: then no demo account may sign in."""
    hosts = (app.config["HOST"], urlsplit(app.config["PUBLIC_URL"]).hostname or "localhost")
    return any(host not in ("127.0.0.1", "localhost", "::1") for host in hosts)
