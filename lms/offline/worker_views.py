"""What makes a phone of a browser: the service worker, the list of what it keeps, the icon, the door without network."""

import gzip
import hashlib
import json
from pathlib import Path

from flask import Blueprint, current_app, jsonify, render_template, request
from flask_babel import gettext as _

from lms.core.language import LANGUAGES
from lms.core.pages import static
from lms.offline.page_views import empty
from lms.people.pictures import ANIMALS

bp = Blueprint("worker", __name__)
INK, PAPER = "#23306b", "#fbf7ef"
FONTS = (
    "vendor/fonts/andika-regular.woff2",
    "vendor/fonts/andika-bold.woff2",
)  # named without a version by the style sheet
ICON = "img/notebook.svg"


@bp.get("/sw.js")
def script():
    """The service worker, with what it carries on top: it is another file as soon as anything of that is another."""
    shell = {"version": version(), "urls": urls()}
    body = f"const SHELL = {json.dumps(shell)};\n{_shortest('js/phone/sw.js')}"
    return current_app.response_class(body, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@bp.get("/phone/shell.json")
def shell():
    """What every phone keeps, and the version of the whole."""
    answer = jsonify(version=version(), urls=urls())
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/manifest.webmanifest")
def manifest():
    """How it stands among the other apps of a phone that others pick up: a notebook."""
    name = _("Carnet")
    icon = {"src": static(ICON), "type": "image/svg+xml", "sizes": "any", "purpose": "any maskable"}
    told = {
        "name": name, "short_name": name, "start_url": "/", "scope": "/", "display": "standalone", "icons": [icon],
        "background_color": PAPER, "theme_color": INK,
    }  # fmt: skip
    return current_app.response_class(json.dumps(told), mimetype="application/manifest+json")


@bp.get("/phone/<lang>/unlock")
@empty
def unlock(lang):
    """Whose phone it is now: the picture and the PIN of one of its workers."""
    return render_template("offline/unlock.html", phone="unlock", animals=ANIMALS)


@bp.after_app_request
def say_where(answer):
    """A form that a script has sent is told where to go on, not led there: she reads there what was flashed for her."""
    asks = request.accept_mimetypes
    if request.method == "POST" and answer.status_code == 303 and asks.best == "application/json":
        told = current_app.json.dumps({"next": answer.headers.pop("Location")})
        answer.status_code, answer.content_type = 200, "application/json"
        answer.set_data(told)
    return answer


def urls():
    """The addresses of the shell: scripts, styles, letters, pictures of the door, the phone's own pages in each language."""
    return [*_pages(), "/manifest.webmanifest", *_files()]


def _pages():
    """Every page of the phone that needs nothing but a language."""
    kinds = [rule for rule in current_app.url_map.iter_rules() if rule.rule.startswith("/phone/<lang>/")]
    own = sorted(rule.rule for rule in kinds if rule.arguments == {"lang"})
    return [rule.replace("<lang>", lang) for lang in LANGUAGES for rule in own]


def _files():
    folder = _static("")
    scripts = [path for path in sorted(folder.glob("js/**/*.js")) if path.name != "sw.js"]
    styles = sorted(folder.glob("css/*.css"))
    found = [str(path.relative_to(folder)) for path in [*styles, *scripts]]
    versioned = [
        static(path) for path in [*found, "vendor/idb/index.js", ICON, *(drawing(animal) for animal in ANIMALS)]
    ]
    return [*versioned, *(f"/static/{path}" for path in FONTS)]


def drawing(animal):
    return f"img/animals/{animal.slug}.svg"


def version():
    """The hash of all the shell holds, pages as they are served: 12 hex digits. Found once, while developing each time."""
    app = current_app._get_current_object()
    if app.debug or "shell" not in app.extensions:
        app.extensions["shell"] = _hash(app)
    return app.extensions["shell"]


def _hash(app):
    found = hashlib.sha256("\n".join(urls()).encode() + _static("js/phone/sw.js").read_bytes())
    with app.app_context():  # apart from the request that asks: its language, its worker are not theirs
        client = app.test_client(use_cookies=False)
        for page in _pages():
            found.update(client.get(page).data)
    return found.hexdigest()[:12]


def _shortest(path):
    """A script as `make assets` shortened it; while developing, as it is written."""
    made = _static(f"{path}.gz")
    return (
        gzip.decompress(made.read_bytes()).decode()
        if made.exists() and not current_app.debug
        else _static(path).read_text()
    )


def _static(path):
    return Path(current_app.static_folder) / path
