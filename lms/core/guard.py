"""What is refused at the gate, and the headers every answer carries."""

import re
from urllib.parse import urlsplit

from flask import abort, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.middleware.proxy_fix import ProxyFix

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
}
TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")

OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")

limiter = Limiter(get_remote_address)


def init_app(app):
    if app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)
    limiter.init_app(app)
    app.before_request(refuse_foreign_posts)
    app.after_request(protect)


def refuse_foreign_posts():
    """A form may be posted from our own pages only. No token: a page kept on a phone for weeks would hold a stale one."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site and site not in ("same-origin", "none"):
        abort(403)
    if not site and origin and urlsplit(origin).netloc != request.host:
        abort(403)


def is_own(address):
    """Whether an address from a form is a path of ours. Browsers drop tabs: slash, tab, slash leads elsewhere."""
    return bool(OWN_PATH.fullmatch(address))


def protect(response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault(*TRANSPORT)
    return response
