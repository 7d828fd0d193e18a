"""What is shown without knowing anything of training: health of the server, choice of the language, help."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for

from lms.core.database import db
from lms.core.guard import is_own
from lms.core.language import COOKIE, LANGUAGES
from lms.core.models import Epoch

bp = Blueprint("core", __name__)
blueprints = (bp,)
A_YEAR = 365 * 24 * 3600


@bp.get("/healthz")
def healthz():
    """Whether the server serves: asked by machines."""
    return {
        "status": "ok",
        "version": current_app.config["VERSION"],
        "database": db.engine.dialect.name,
        "epoch": Epoch.present(),
    }


@bp.post("/language")
def choose_language():
    """Remember the language on this phone, and go back to the page it was chosen on."""
    if request.form.get("language") not in LANGUAGES:
        abort(400)
    answer = redirect(_own(request.form.get("next", "")), 303)
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(COOKIE, request.form["language"], max_age=A_YEAR, samesite="Lax", secure=secure)
    return answer


def _own(address):
    """The address when it is a path of ours, else the first page."""
    return address if is_own(address) else url_for("reports.home")


@bp.get("/help")
def help():
    """How things are done here, in a few pictures and sentences."""
    return render_template("core/help.html")
