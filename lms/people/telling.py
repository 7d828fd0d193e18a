"""One form, one screen: how a fact about a person or a group is asked, and recorded."""

from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _

from lms.core import facts
from lms.people.models import Group, Person
from lms.people.reach import find
from lms.people.signing_in import called


def recorded(form, title, back):
    """Record an accepted fact and go back; else show the form again with what is wrong."""
    if form.accepted():
        facts.record(form)
        flash(outcome(form))
        return redirect(back, 303)
    return tell(form, title, back), form.status


def outcome(form):
    """What is said of a fact that has been recorded."""
    return _("C’est retiré.") if form.withdrawn.data else _("C’est enregistré.")


def tell(form, title, back, options=None):
    """One form, one screen. `options` are (uid, label) lists for fields that choose a row."""
    return render_template(
        "people/tell.html", form=form, title=title, back=back, options=options or {}, about=_about(form)
    )


def _about(form):
    """Whom or which group the fact is about, when that is given and within reach: (icon, name)."""
    told = form.corrects.data or (form.person.data if "person" in form else None)
    if told and (person := find(Person, told, g.reach)):
        return ("man" if person.sex == "M" else "woman", called(person))
    group = find(Group, form.group.data, g.reach) if "group" in form and form.group.data else None
    return ("group", group.name) if group else None


def back_to_group(uid):
    """The address of a group, or of the list."""
    return url_for("people.group", uid=uid) if uid else url_for("people.groups")
