"""What every page needs: static files with their version, pages for errors, icons and fields in templates."""

import hashlib
import re
from functools import cache
from pathlib import Path

import sqlalchemy.exc
from flask import Flask, current_app, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_compress import Compress
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from whitenoise import WhiteNoise

from lms.core import scripts
from lms.core.country import COUNTRY
from lms.core.database import db
from lms.core.guard import HEADERS

A_DAY = 24 * 3600
ONE_YEAR = 365 * A_DAY
DRAWING_POLICY = "default-src 'none'; frame-ancestors 'none'"


def init_app(app: Flask):
    app.jinja_env.globals.update(static=static, picture=picture, drawn=drawn, drawings=drawings, country=COUNTRY)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config.setdefault("SPEAKS_JSON", frozenset())
    app.register_error_handler(HTTPException, explain)
    app.register_error_handler(sqlalchemy.exc.OperationalError, explain_full_disk)
    app.config.update(COMPRESS_ALGORITHM=["br", "gzip"], COMPRESS_BR_LEVEL=5)  # a roll of 112 over 2G: 40 KB, or 7
    Compress(app)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=app.static_folder, prefix="static/", max_age=A_DAY, autorefresh=app.debug,
        add_headers_function=guarded,
    )  # fmt: skip
    app.config["SCRIPTS"] = f"v-{scripts.version(Path(str(app.static_folder)))}"
    app.wsgi_app = scripts.Versioned(  # type: ignore[method-assign]
        app.wsgi_app, f"/static/{app.config['SCRIPTS']}", keep=not app.debug
    )


def guarded(headers, path, _address):
    """Static files do not pass through Flask. Each gets what guards it, and no more: a phone pays for every byte.

    A drawing is a document when it is opened by itself; style, script and font never are.
    """
    for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
        headers[name] = HEADERS[name]
    if path.endswith((".svg", ".html")):
        headers["Content-Security-Policy"] = DRAWING_POLICY


def static(path):
    """The address of one of our static files; it changes when the file does, so that a change is seen at once."""
    if path.endswith(".js"):
        return url_for("static", filename=f"{current_app.config['SCRIPTS']}/{path}")
    return url_for("static", filename=path, v=_version(Path(current_app.static_folder) / path))


@cache
def _version(path: Path):
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.exists() else "0"


def picture(name):
    """The address of a picture named in the content: `healthicons:people/woman`, `own:vrai`."""
    kind, _colon, rest = name.partition(":")
    return static({"healthicons": f"vendor/healthicons/{rest}.svg", "own": f"img/choices/{rest}.svg"}[kind])


def drawn(name):
    """Where an icon refers to; `drawings` puts it into the page, once however often it is drawn."""
    g.setdefault("drawn", set()).add(name)
    return f"#icon-{name}"


def drawings():
    """The icons of this page. A page needs a few hundred bytes of them; the file of all costs 6 KB and a request."""
    symbols = _symbols(Path(current_app.static_folder) / "vendor" / "icons.svg")
    return Markup("".join(symbols.get(name, "") for name in sorted(g.get("drawn", ()))))  # noqa: S704  our own file


@cache
def _symbols(path: Path):
    text = path.read_text() if path.exists() else ""
    return {name: f'<symbol id="icon-{name}"{rest}' for name, rest in re.findall(r'<symbol id="([^"]+)"(.*)', text)}


def explain(error):
    """An error page that says what happened and where to go on, in her language."""
    code = error.code or 500
    if code < 400:
        return error
    return _told(code)


def _told(code):
    """What went wrong, on a page; in JSON to a phone's script, for which a page is a captive portal."""
    if request.path in current_app.config["SPEAKS_JSON"] or request.mimetype == "application/octet-stream":
        return {"error": sentence(code)}, code
    return render_template("core/error.html", code=code, sentence=sentence(code)), code


def sentence(code):
    """What an HTTP status means to the person who reads it."""
    return {
        400: _("Ce qui est arrivé est incomplet. Revenez en arrière et recommencez."),
        401: _("Connectez-vous pour continuer."),
        403: _("Cette page n’est pas ouverte à votre rôle."),
        404: _("Cette page n’existe pas, ou n’est pas dans vos lieux."),
        405: _("Cette adresse ne s’ouvre pas ainsi. Revenez en arrière."),
        409: _("Cette fiche est déjà arrivée avec un autre contenu. Les deux sont gardées."),
        413: _("C’est trop gros pour être reçu. Envoyez moins à la fois."),
        429: _("Trop d’essais en peu de temps. Attendez une minute et recommencez."),
        507: _(
            "Le serveur n’a plus de place. Rien n’a été enregistré : gardez votre fiche et prévenez le responsable."
        ),
    }.get(code, _("Une erreur est survenue chez nous. Rien n’est perdu : recommencez dans un moment."))


def explain_full_disk(error):
    """A full disk is said as such: nothing was stored, and she must know it."""
    if not any("is full" in said or "No space" in said for said in _all_said(error)):
        raise error
    db.session.rollback()  # the page asks who is signed in
    return _told(507)


def _all_said(error):
    """What an error says, and what went before it: SQLite drops the savepoints of a transaction that found no room."""
    while error:
        yield str(getattr(error, "orig", error))
        error = error.__context__
