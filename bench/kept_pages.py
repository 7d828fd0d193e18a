"""A module page from its kept copy, against rendering it for each request and against the least Flask can do.

Four applications behind the server command of `lms run`, all up at once, taking turns under the same load: ours;
ours without kept copies; a Flask view that says hello; a WSGI callable that says hello. The last is what the server
and the load generator can do together: a figure near it says no more than that. A ratio is that of one round.
"""

from contextlib import ExitStack

import brotli

from bench import load
from bench.result import Goal, middle
from bench.serving import home, served

GOALS = {
    "page.cached_vs_rendered": Goal(">=", 8),
    "page.cached_vs_hello": Goal(">=", 0.8),
    "page.cached_vs_server": None,
    "page.cached_per_s": None,
    "page.rendered_per_s": None,
}
PAGE = "/modules/cycle-espacement"
ROUNDS, SECONDS = 5, 2
SERVED = {  # name → application, and the path to ask
    "cached": ("wsgi:app", PAGE),
    "rendered": ("bench.apps.rendered:app", PAGE),
    "hello": ("bench.apps.hello:app", "/"),
    "server": ("bench.apps.wsgi:app", "/"),
}


def measure():
    load.ready()
    with home() as environ, ExitStack() as servers:
        urls = {
            name: servers.enter_context(served(environ, app, path)).url(path) for name, (app, path) in SERVED.items()
        }
        same_page(urls["cached"], urls["rendered"])
        for url in urls.values():
            load.per_second(url, 1)  # warm
        rounds = [{name: load.per_second(url, SECONDS) for name, url in urls.items()} for _turn in range(ROUNDS)]
    return results(rounds)


def same_page(cached, rendered):
    """The copy must be compressed and say what is rendered, or there is nothing to compare."""
    copy, encoding = load.once(cached)
    assert encoding == "br", f"the kept copy came as {encoding}"
    page, encoding = load.once(rendered)
    assert encoding is None, f"the rendered page came as {encoding}"
    assert brotli.decompress(copy) == page, "the kept copy is not the page"


def results(rounds):
    """Figures of `[{"cached": requests a second, "rendered": …, "hello": …, "server": …}, …]`."""

    def times(other):
        return [one["cached"] / one[other] for one in rounds]

    def rate(name):
        return [one[name] for one in rounds]

    return {
        "page.cached_vs_rendered": middle(times("rendered"), "×", f"{PAGE} rendered for each request, uncompressed"),
        "page.cached_vs_hello": middle(times("hello"), "×", "a Flask view that says hello, same server"),
        "page.cached_vs_server": middle(times("server"), "×", "a WSGI callable that says hello, same server"),
        "page.cached_per_s": middle(
            rate("cached"), "requests/s", f"{PAGE} from its kept copy, wrk on the same machine"
        ),
        "page.rendered_per_s": middle(rate("rendered"), "requests/s", f"{PAGE} rendered for each request, the same"),
    }
