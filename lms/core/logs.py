"""One line of JSON for each request and each fault. No name, no address with a name in it, no body."""

import time

import structlog
from flask import g, request

log = structlog.get_logger()


def init_app(app):
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(),
    )
    if not app.testing:
        app.before_request(start_clock)
        app.after_request(tell_request)


def start_clock():
    g.began = time.perf_counter()


def tell_request(response):
    """The route, not the address: a search would put a woman's name into the log."""
    milliseconds = round(1000 * (time.perf_counter() - g.get("began", time.perf_counter())), 1)
    log.info("request", method=request.method, route=request.endpoint, status=response.status_code, ms=milliseconds)
    return response
