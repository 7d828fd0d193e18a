"""What a phone may take along, and what it then takes: asked by carry.js, answered in JSON."""

from uuid import UUID

from flask import Blueprint, abort, g, request

from lms.core.language import DEFAULT, LANGUAGES
from lms.curriculum.content import catalogue
from lms.offline.packs import group_pack, module_pack
from lms.people.models import Group
from lms.people.reach import CALLED_BY_NAME, find, reachable
from lms.people.rosters import groups_of, sizes
from lms.people.signing_in import signed_in

bp = Blueprint("packs", __name__)

EMPTY, A_WOMAN = 3_000, 110
"""Bytes on the way of the pack of a group: of one without members, and what each woman with her story adds (measured)."""


@bp.get("/phone/packs.json")
@signed_in
def offered():
    """What is there to be taken: every module, the groups she follows herself, and with `?group=` one more in her reach."""
    language = _language()
    return {
        "modules": [_offer(module_pack(module, language)) for module in catalogue()],
        "groups": _groups_offered() if g.reach.holds(CALLED_BY_NAME) else [],
    }


def _offer(pack):
    return {"slug": pack.slug, "title": pack.title, "hash": pack.hash, "version": pack.version, "bytes": pack.bytes}


def _groups_offered():
    groups = {group.origin: group for group in groups_of(g.person.origin)}
    asked_for = request.args.get("group", type=UUID)
    if asked_for and (group := find(Group, asked_for, g.reach)):
        groups[asked_for] = group
    members = sizes(list(groups))
    return [
        {
            "uid": str(origin), "name": group.name, "village": group.village.name, "members": members.get(origin, 0),
            "bytes": EMPTY + A_WOMAN * members.get(origin, 0),
        }
        for origin, group in groups.items()
    ]  # fmt: skip


@bp.get("/phone/groups/<uuid:uid>.json")
@signed_in(kinds=CALLED_BY_NAME)
def group(uid):
    """A group with its members, sessions and quizzes, for those who work with the women themselves."""
    return group_pack(reachable(Group, uid))


@bp.get("/phone/modules/<slug>.json")
def module(slug):
    """The files of a module in one language, for the phone to fetch one by one."""
    pack = module_pack(catalogue().modules.get(slug) or abort(404), _language())
    return {**_offer(pack), "files": [{"url": url, "bytes": size} for url, size in pack.files]}


def _language():
    asked_for = request.args.get("lang", DEFAULT)
    return asked_for if asked_for in LANGUAGES else abort(404)
