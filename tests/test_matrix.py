"""Every route × every role × every place, against a table written by hand. A new route without its row fails.

Columns: visitor, awa (CHW, Wacoro), djeneba (midwife, Wacoro), binta (supervisor, Wacoro), oumou (trainer, Dioïla),
modibo (Dioïla's officer), admin (national), mariam (CHW of another district). A route that takes an id has three answers
for each: for something of Wacoro, of Massigui (the next health area of the same district), of Banamba (elsewhere).

s: sent to the door (303; a post: 401) · o: opens (2xx, 3xx, or 422 for an empty form) · 4: not found · 3: wrong role.
A post without anything in it names no group and nobody: where a page cannot be shown without, that is not found.
"""

import uuid
from datetime import date

import pytest
from sqlalchemy import select, update

from lms import create_app
from lms.certificates.models import Certificate
from lms.core.database import db
from lms.curriculum.sheets import Sheet
from lms.people.access import SignIn
from lms.people.models import Account
from tests.conftest import Browser, built, settings
from tests.offline.phone import Phone

ROLES = ("visitor", "awa", "djeneba", "binta", "oumou", "modibo", "admin", "mariam")
PLACES = ("wacoro", "massigui", "banamba")
PUBLIC = "o   o   o   o   o   o   o   o"
WORKERS_ONLY = "s   o   o   o   o   o   o   o"
IN_REACH = "sss o44 o44 o44 oo4 oo4 ooo 44o"

PLAIN = {
    "core.healthz": PUBLIC, "core.help": PUBLIC, "core.choose_language": PUBLIC, "static": PUBLIC,
    "reports.home": PUBLIC, "door.sign_in": PUBLIC, "door.enter": PUBLIC, "door.activate": PUBLIC, "door.redeem": PUBLIC,
    "curriculum.modules": PUBLIC, "curriculum.module": PUBLIC, "curriculum.lesson": PUBLIC, "curriculum.media": PUBLIC,
    "curriculum.bilingual": PUBLIC, "curriculum.sources": PUBLIC, "curriculum.review_page": PUBLIC,
    "printing.papers": PUBLIC, "printing.flipchart": PUBLIC, "printing.handout": PUBLIC, "guides.guide": PUBLIC,
    "certificates.verify": PUBLIC, "certificates.verify_number": PUBLIC,
    "phone.home": PUBLIC, "phone.groups": PUBLIC, "phone.group": PUBLIC, "phone.person": PUBLIC, "phone.new_person": PUBLIC,
    "phone.leave": PUBLIC, "phone.teach": PUBLIC, "phone.sitting": PUBLIC, "phone.withdraw": PUBLIC, "phone.told": PUBLIC,
    "phone.session_form": PUBLIC, "phone.hands": PUBLIC, "packs.module": PUBLIC,
    "worker.script": PUBLIC, "worker.shell": PUBLIC, "worker.manifest": PUBLIC, "worker.unlock": PUBLIC,
    "phone.quizzes": WORKERS_ONLY, "phone.attempt": WORKERS_ONLY, "packs.offered": WORKERS_ONLY,
    "reports.tour": WORKERS_ONLY, "reports.search": WORKERS_ONLY, "door.change_pin": WORKERS_ONLY,
    "door.record_pin": WORKERS_ONLY, "people.groups": WORKERS_ONLY, "places.places": WORKERS_ONLY,
    "cascade.sessions": WORKERS_ONLY, "trainings.trainings": WORKERS_ONLY, "lineage.own_lineage": WORKERS_ONLY,
    "certificates.certificates": WORKERS_ONLY, "intake.outbox": WORKERS_ONLY, "intake.bring": WORKERS_ONLY,
    "intake.bring_parcel": WORKERS_ONLY, "devices.enrol": WORKERS_ONLY, "devices.devices": WORKERS_ONLY,
    "devices.check_receipt": WORKERS_ONLY, "held.inbox_page": WORKERS_ONLY,
    #                         vis awa dje bin oum mod adm mar
    "devices.holds":         "s   4   4   4   4   4   4   4",
    "people.new_group":      "s   o   3   o   3   o   o   o",
    "people.record_group":   "s   o   3   o   3   o   o   o",
    "members.record_person":  "s   o   3   o   3   3   3   o",
    "members.record_move":    "s   3   3   o   3   o   o   3",
    "members.record_departure": "s o   3   o   3   3   3   o",
    "people.record_care":    "s   3   3   o   3   o   o   3",
    "people.record_office":  "s   o   3   o   3   3   3   o",
    "people.record_agreement": "s o   3   o   3   3   3   o",
    "places.record_place":   "s   3   3   4   3   4   4   3",
    "workers.workers":       "s   3   3   o   o   o   o   3",
    "workers.new_worker":    "s   3   3   o   3   o   o   3",
    "workers.record_worker": "s   3   3   o   3   o   o   3",
    "trainings.new_training": "s  3   o   o   o   3   o   3",
    "trainings.record":      "s   3   o   o   o   3   o   3",
    "cascade.record":        "s   4   4   4   4   3   4   4",
    "doubles.doubles":       "s   3   3   o   o   o   3   3",
    "doubles.settle":        "s   3   3   4   4   4   3   3",
    "assessment.record_attempt": "s 4 4   4   4   4   4   4",
    "hands.record_hands":    "s   4   4   4   4   3   3   4",
    "review.read":           "s   3   3   3   3   3   3   3",
    "review.record":         "s   3   3   3   3   3   3   3",
    "review.drafts_po":      "s   3   3   3   3   3   3   3",
    "review.drafts_xlsx":    "s   3   3   3   3   3   3   3",
    "guides.answers":        "s   3   3   3   o   3   o   3",
    "sheets.sheets":         "s   o   o   o   o   3   o   o",
    "certificates.award":    "s   3   3   3   o   3   3   3",
    "certificates.record_revocation": "s 3 3 3 o   3   o   3",
}  # fmt: skip
WITH_ID = {
    "people.group": IN_REACH, "members.person": IN_REACH, "cascade.session": IN_REACH, "assessment.attempt": IN_REACH,
    "doubles.compare": IN_REACH,
    "hands.hands": IN_REACH, "certificates.awarded": IN_REACH, "certificates.certificate": IN_REACH,
    "reports.learnt": IN_REACH, "lineage.lineage": IN_REACH, "assessment.quiz": IN_REACH, "assessment.new_attempt": IN_REACH,
    #                            vis awa dje bin oum mod adm mar
    "packs.group":              "sss o44 o44 o44 oo4 333 333 44o",
    "people.cards":             "sss o44 333 o44 oo4 333 333 44o",
    "people.correct_group":     "sss o44 333 o44 333 oo4 ooo 44o",
    "members.new_person":        "sss o44 333 o44 333 333 333 44o",
    "members.correct_person":    "sss o44 333 o44 333 333 333 44o",
    "members.move_person":       "sss 333 333 o44 333 oo4 ooo 333",
    "members.leave_group":       "sss o44 333 o44 333 333 333 44o",
    "people.hand_over":         "sss 333 333 o44 333 oo4 ooo 333",
    "people.new_officer":       "sss o44 333 o44 333 333 333 44o",
    "people.new_agreement":     "sss o44 333 o44 333 333 333 44o",
    "places.new_place":         "sss 333 333 o44 333 oo4 ooo 333",
    "devices.device":           "sss o44 444 o44 oo4 oo4 ooo 44o",
    "devices.revoke":           "sss o44 444 o44 334 oo4 ooo 44o",
    "devices.trust":            "sss 333 333 o44 333 oo4 ooo 333",
    "held.fact":                "sss o44 444 o44 oo4 oo4 ooo 44o",
    "held.answer":              "sss o44 444 o44 oo4 oo4 ooo 44o",
    "workers.worker":           "sss 333 333 o44 oo4 oo4 ooo 333",
    "workers.give_code":        "sss 333 333 o44 333 oo4 ooo 333",
    "workers.disable":          "sss 333 333 o44 333 oo4 ooo 333",
    "workers.enable":           "sss 333 333 o44 333 oo4 ooo 333",
    "workers.move":             "sss 333 333 o44 333 oo4 ooo 333",
    "workers.name_reviewer":    "sss 333 333 333 333 333 ooo 333",
    "cascade.new_session":      "sss o44 o44 o44 oo4 333 ooo 44o",
    "cascade.correct":          "sss o44 o44 o44 oo4 333 ooo 44o",
    "cascade.withdraw":         "sss o44 o44 o44 oo4 333 ooo 44o",
    "trainings.training":       "sss 444 o44 o44 oo4 oo4 ooo 444",
    "trainings.correct":        "sss 333 o44 o44 oo4 333 ooo 333",
    "hands.new_hands":          "sss o44 o44 o44 oo4 333 333 44o",
    "sheets.roll":              "sss o44 o44 o44 oo4 333 ooo 44o",
    "sheets.hands":             "sss o44 o44 o44 oo4 333 333 44o",
    "sheets.typed":             "sss o44 o44 o44 oo4 333 ooo 44o",
    "certificates.new_award":   "sss 333 333 333 oo4 333 333 333",
    "certificates.print_award": "sss 333 333 333 oo4 333 333 333",
    "certificates.print_training": "sss 333 333 333 oo4 333 333 333",
    "certificates.print_one":   "sss 333 333 333 oo4 333 333 333",
    "certificates.revoke":      "sss 333 333 333 oo4 333 ooo 333",
}  # fmt: skip
# review.*: nobody of this table was named reviewer; her own pages are told in tests/curriculum/test_signing.py
APART = {"door.sign_out"}  # ends the session it is asked with: told in the stories of the door
ASKS_FOR_MORE = ("/language", "/sign-in", "/devices", "/outbox", "/outbox/parcels")
"""Addresses that answer 400 to whoever may post there, and posts nothing."""
MODULE = "choix-libre-eclaire"
LEADERS = {"wacoro": ("awa", "oumou"), "massigui": ("kadi", "oumou"), "banamba": ("mariam", "tata")}
GROUPS = {"wacoro": "Benkadi", "massigui": "Sabugnuma", "banamba": "Lafia"}
AREAS = {"wacoro": "ML.KKR.DIO.WAC", "massigui": "ML.KKR.DIO.MAS", "banamba": "ML.KKR.BNB.BNB1"}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """The cast on SQLite, with one of everything in each of the three places: (app, {place: {what: uid}})."""
    folder = tmp_path_factory.mktemp("matrix")
    url = f"sqlite:///{folder / 'kalanso.sqlite'}"
    with built(url, folder) as (app, who):
        return app, {place: _one_of_everything(app, who, place) for place in PLACES}


def _one_of_everything(app, who, place):
    from lms.assessment import questions
    from lms.curriculum.content import catalogue
    from lms.people.models import OrgUnit

    chw, trainer = (Browser(app, name) for name in LEADERS[place])
    group, members = who[GROUPS[place]], who[f"{GROUPS[place]} members"]
    with app.app_context():
        module = catalogue().modules[MODULE]
        group_items, items = questions.of(module).form("A", "group"), [lesson.id for lesson in module.lessons]
        area = db.session.scalar(select(OrgUnit.uid).where(OrgUnit.path == AREAS[place]))
    content = {"module": MODULE, "content": module.hash, "language": "bm"}
    today = date.today()
    _answer, session = chw.tell(
        "/sessions/",
        content,
        group=group,
        lessons=items,
        held_on=today,
        half="am",
        minutes=60,
        place="Ici",
        present=members,
    )
    _answer, attempt = chw.tell(
        "/attempts/", content, person=members[0], form="A", kind="post", mode="oral", taken_on=today,
        **{f"answer.{item.id}": item.answer for item in group_items},
    )  # fmt: skip
    _answer, hands = chw.tell(
        "/hands/", content, group=group, form="A", kind="post", taken_on=today, present=2,
        **{f"hands.{item.id}.{item.answer}": 2 for item in group_items},
    )  # fmt: skip
    _answer, training = trainer.tell(
        "/trainings/", title="Formation", unit=area, place="CSCOM", starts=today, ends=today, modules=[MODULE],
        trainees=[who[LEADERS[place][0]]],
    )  # fmt: skip
    trainer.tell(
        "/sessions/", content, training=training, lessons=items, held_on=today, half="am", minutes=60, place="CSCOM",
        present=[who[LEADERS[place][0]]],
    )  # fmt: skip
    awarded = {"module": MODULE, "awarded_on": today, "kind": "participation"}
    trainer.tell("/certificates/", awarded, training=training, persons=[who[LEADERS[place][0]]])
    answer, award = trainer.tell("/certificates/", awarded, group=group, persons=members)
    assert answer.status_code == 303, answer.text
    phone = Phone(chw, LEADERS[place][0])
    held = phone.tells("/persons/", group=group, given="", sex="F")
    assert phone.sends() == {held: "held"}
    with app.app_context():
        certificate = db.session.scalar(select(Certificate.uid).where(Certificate.award_uid == award).limit(1))
    return {
        "group": group, "person": members[0], "worker": who[LEADERS[place][0]], "session": session, "attempt": attempt,
        "hands": hands, "training": training, "award": award, "certificate": certificate, "lesson": items[0], "area": area,
        "device": phone.device, "held": held,
    }  # fmt: skip


def address_of(rule, things):
    """The address of a route for the things of one place."""
    by_query = {
        "places.new_place": "?in={area}",
        "members.new_person": "?group={group}",
        "cascade.new_session": f"?group={{group}}&module={MODULE}",
        "assessment.quiz": "?group={group}",
        "hands.new_hands": f"?group={{group}}&module={MODULE}",
        "assessment.new_attempt": f"?person={{person}}&module={MODULE}",
        "sheets.roll": f"?group={{group}}&module={MODULE}",
        "sheets.hands": f"?group={{group}}&module={MODULE}",
        "certificates.new_award": f"?group={{group}}&module={MODULE}",
    }
    what = {"people": "person", "workers": "worker", "cascade": "session", "doubles": "session", "trainings": "training",
            "hands": "hands", "packs": "group", "held": "held"}  # fmt: skip
    by_path = {"/groups": "group", "/awards": "award", "/trainings": "training", "/attempts": "attempt",
               "/certificates": "certificate"}  # fmt: skip
    kind = next((w for start, w in by_path.items() if rule.rule.startswith(start)), None)
    kind = kind or what.get(rule.endpoint.split(".")[0], "person")
    address = rule.rule.replace("<uuid:uid>", str(things[kind])).replace("<slug>", MODULE)
    address = address.replace("<lang>", "fr").replace("<letter>", "A")
    address = address.replace("<code>", Sheet.new("roll", things["group"], "0" * 64).code)
    address = address.replace("<device>", str(things["device"]))
    address = address.replace("<lesson>", things["lesson"]).replace("<number>", "ML-0000000000-0")
    return address + by_query.get(rule.endpoint, "").format(**things)


def letter(answer, address):
    """How an answer reads in the table."""
    status = answer.status_code
    if status == 401 and address != "/sign-in":
        return "s"
    if status == 303 and answer.headers["Location"].startswith("/sign-in"):
        return "s"
    if status in (403, 404):
        return {403: "3", 404: "4"}[status]
    assert status < 400 or status == 422 or (status in (400, 401) and address in ASKS_FOR_MORE), (
        address,
        status,
    )
    return "o"


def rules(app):
    return {rule.endpoint: rule for rule in app.url_map.iter_rules()}


def test_every_route_has_its_row(places):
    app, _things = places
    assert set(rules(app)) == set(PLAIN) | set(WITH_ID) | APART


@pytest.mark.parametrize("column", range(len(ROLES)), ids=ROLES)
def test_who_may_open_what(places, column):
    app, things = places
    browser = Browser(app, None if ROLES[column] == "visitor" else ROLES[column])
    wrong = []
    for endpoint, rule in rules(app).items():
        if endpoint in APART or "<name>" in rule.rule or "filename" in rule.rule:
            continue
        row = (PLAIN | WITH_ID)[endpoint].split()[column]
        for place, expected in zip(PLACES, row, strict=False):
            address = address_of(rule, things[place])
            answer = browser.post(address) if "POST" in rule.methods else browser.get(address)
            if endpoint in ("certificates.verify_number",):
                assert answer.status_code == 302
                continue
            found = letter(answer, address)
            if found != expected:
                wrong.append(f"{endpoint} · {place}: {found}, expected {expected} ({address})")
            _let_everybody_in_again(app)
    assert not wrong, "\n".join(wrong)


def _let_everybody_in_again(app):
    """A row may have disabled a worker: the next one starts as the first did."""
    with app.app_context():
        db.session.execute(update(Account).values(disabled_at=None))
        db.session.execute(update(SignIn).values(ended_at=None))
        db.session.commit()


def test_an_id_that_is_nothing_is_not_found(places):
    app, things = places
    admin = Browser(app, "admin")
    nothing = {what: uuid.uuid4() for what in things["wacoro"]} | {"lesson": "none"}
    for endpoint, row in WITH_ID.items():
        if row.split()[ROLES.index("admin")] == "ooo":
            rule = rules(app)[endpoint]
            address = address_of(rule, nothing)
            answer = admin.post(address) if "POST" in rule.methods else admin.get(address)
            assert answer.status_code == 404, (endpoint, answer.status_code)


def test_a_restarted_app_knows_the_same_routes(places):
    app, _things = places
    again = create_app(**settings(app.config["SQLALCHEMY_DATABASE_URI"], app.config["LMS_DATA"]))
    assert set(rules(again)) == set(rules(app))
