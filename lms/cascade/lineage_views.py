"""The screen of who trained whom."""

from flask import Blueprint, g, render_template
from sqlalchemy import select

from lms.cascade import teaching
from lms.cascade.lineage import tree
from lms.core.database import db
from lms.people.models import Group, Person
from lms.people.reach import reachable
from lms.people.signing_in import signed_in

bp = Blueprint("lineage", __name__)


@bp.get("/lineage/<uuid:uid>")
@signed_in
def lineage(uid):
    """Who taught her, and whom she taught in turn, three steps down."""
    person = reachable(Person, uid)
    edges = teaching.edges_below(uid)
    return render_template(
        "cascade/lineage.html",
        person=person,
        branch=tree(uid, edges),
        names=_names(edges),
        teachers=teaching.teachers_of(uid),
    )


@bp.get("/lineage/")
@signed_in
def own_lineage():
    """The reader's own place in the cascade."""
    return lineage(g.person.origin)


def _names(edges):
    """What to call everybody in the tree who is within reach: {origin: Person or Group}."""
    who = {edge.learner for edge in edges}
    found = {}
    for model in (Person, Group):
        found |= {
            row.origin: row
            for row in db.session.scalars(select(model).where(model.within(g.reach), model.origin.in_(who)))
        }
    return found
