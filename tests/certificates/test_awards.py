"""Papers: who has earned one, each exactly once, frozen at issue, checked by anybody, revoked with a reason."""

import threading
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import event, select

from lms import create_app
from lms.certificates import earning
from lms.certificates.eligibility import state, valid_until
from lms.certificates.models import Award, Certificate
from lms.certificates.numbers import certificate_number, read_number
from lms.core.database import db, new_uid
from lms.people.codes import ALPHABET
from lms.people.models import Group, OrgUnit
from tests.conftest import Browser, settings, uid_in

MODULE = "choix-libre-eclaire"
TODAY = date.today()


@pytest.fixture
def award(who):
    """The form of an award to the first women of Benkadi."""

    def fields(kind="participation", persons=1, **more):
        persons = who["Benkadi members"][:persons] if isinstance(persons, int) else persons
        return {
            "uid": new_uid(),
            "kind": kind,
            "module": MODULE,
            "group": who["Benkadi"],
            "persons": persons,
            "awarded_on": TODAY,
            **more,
        }

    return fields


@pytest.fixture
def taught(awa, a_session):
    """Benkadi has had a session: five women were there."""
    assert awa.post("/sessions/", a_session(present=5)).status_code == 303


@pytest.fixture
def paper(oumou, taught, award):
    """One attestation of participation, Fanta's."""
    answer = oumou.post("/certificates/", award())
    assert answer.status_code == 303, answer.text
    with oumou.app.app_context():
        found = db.session.scalars(select(Certificate)).one()
        db.session.expunge(found)
    return found


def papers(stories):
    return stories.scalars(select(Certificate).order_by(Certificate.place_in_register)).all()


def text_of(answer):
    assert answer.mimetype == "application/pdf", answer.text
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.data)).pages]


# Earning


def test_who_was_there_for_four_fifths_has_taken_part(oumou, awa, taught, a_session, award, who, stories):
    awa.post("/sessions/", a_session(present=2, minutes=16, half="pm"))
    claims = earning.claims("participation", MODULE, group=Group.now_of(who["Benkadi"]), day=TODAY)
    assert [claim.number for claim in claims] == [1, 2]
    assert oumou.post("/certificates/", award(persons=3)).status_code == 422
    assert oumou.post("/certificates/", award(persons=2)).status_code == 303
    assert [paper.place_in_register for paper in papers(stories)] == [1, 2]


def test_who_passed_the_quiz_that_counts_is_competent(oumou, awa, an_attempt, award, who, stories):
    first, second, third = who["Benkadi members"][:3]
    awa.post("/attempts/", an_attempt(first))
    awa.post("/attempts/", an_attempt(second, wrong=6))
    awa.post("/attempts/", an_attempt(third, kind="pre"))
    assert oumou.post("/certificates/", award("competence", [first, second])).status_code == 422
    assert oumou.post("/certificates/", award("competence", [third])).status_code == 422
    assert oumou.post("/certificates/", award("competence", [first])).status_code == 303
    (paper,) = papers(stories)
    assert (paper.valid_until - TODAY).days in range(729, 733)


def test_a_chw_takes_part_and_is_not_certified_competent_yet(oumou, who, a_session, an_attempt, stories):
    training = a_training_of(oumou, who, stories, ["awa", "kadi"])
    form = a_session(training=training, present=[who["awa"], who["kadi"]])
    form["group"] = ""
    oumou.post("/sessions/", form)
    oumou.post("/attempts/", an_attempt(who["awa"], audience="chw"))
    fields = {"module": MODULE, "training": training, "persons": [who["awa"]], "awarded_on": TODAY}
    assert oumou.tell("/certificates/", fields, kind="competence")[0].status_code == 422
    assert oumou.tell("/certificates/", fields, kind="participation")[0].status_code == 303
    (paper,) = papers(stories)
    assert (paper.cadre, paper.valid_until) == ("chw", None)


def a_training_of(oumou, who, stories, trainees):
    district = stories.scalar(select(OrgUnit.uid).where(OrgUnit.path == "ML.KKR.DIO"))
    answer, uid = oumou.tell(
        "/trainings/", title="Formation", unit=district, place="Salle du CSRéf", starts=TODAY - timedelta(days=1),
        ends=TODAY,
        modules=[MODULE], trainees=[who[name] for name in trainees],
    )  # fmt: skip
    assert answer.status_code == 303
    return uid


def test_no_paper_is_older_than_what_earned_it(oumou, awa, taught, an_attempt, award, who, stories):
    awa.post("/attempts/", an_attempt(who["Benkadi members"][0]))
    yesterday = TODAY - timedelta(days=1)
    for kind in ("participation", "competence"):
        answer = oumou.post("/certificates/", award(kind, awarded_on=yesterday))
        assert answer.status_code == 422, kind
        assert f"Pas avant le {TODAY:%d/%m/%Y}" in answer.text
    assert papers(stories) == []
    assert oumou.post("/certificates/", award("competence")).status_code == 303


def test_as_whom_a_whole_register_is_judged_is_asked_at_once(who, stories):
    fanta = who["Benkadi members"][0]
    judged = earning.as_whom([fanta, who["awa"], who["oumou"]])
    assert judged == {fanta: "group", who["awa"]: "chw", who["oumou"]: "trainer"}
    assert earning.as_whom([]) == {}


def test_a_longer_award_asks_no_more_of_the_database(oumou, taught, award, who, stories):
    stories.rollback()
    asked: list = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    lengths = []
    for persons in (who["Benkadi members"][:1], who["Benkadi members"][1:5]):
        asked.clear()
        assert oumou.post("/certificates/", award(persons=persons)).status_code == 303
        lengths.append(sum("FROM role" in statement for statement in asked))
    assert lengths[0] == lengths[1]


def test_an_award_posted_twice_is_one(oumou, taught, award, stories):
    form = award(persons=3)
    assert [oumou.post("/certificates/", form).status_code for _time in range(2)] == [303, 303]
    assert oumou.post("/certificates/", award(persons=3)).status_code == 422
    assert len(papers(stories)) == 3


def test_two_trainers_at_the_same_moment_give_one_paper_each(app, oumou, taught, award, stories):
    codes, forms = [], [award(persons=5) for _n in range(4)]
    threads = [
        threading.Thread(target=lambda f=form: codes.append(oumou.post("/certificates/", f).status_code))
        for form in forms
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [303, 422, 422, 422]
    assert len(papers(stories)) == 5
    assert len(stories.scalars(select(Award)).all()) == 1


def test_an_award_that_cannot_be_is_refused(oumou, taught, award, who, stories):
    for spoilt in ({"kind": "fin"}, {"module": "inconnu"}, {"persons": []}, {"persons": [who["awa"]]}, {"group": ""},
                   {"awarded_on": TODAY + timedelta(days=1)}, {"group": who["Lafia"]}):  # fmt: skip
        assert oumou.post("/certificates/", award(**spoilt)).status_code in (404, 422), spoilt
    assert papers(stories) == []


def test_an_award_is_neither_corrected_nor_withdrawn(oumou, paper, award, stories):
    """Its papers are out: they can be revoked."""
    origin = stories.scalar(select(Award.origin))
    assert oumou.post("/certificates/", award(corrects=origin, withdrawn="y", reason="non")).status_code == 422
    assert oumou.post("/certificates/", award(corrects=origin, persons=2)).status_code == 422
    assert Award.now_of(origin) is not None


# The paper


def test_the_name_is_frozen_at_issue(awa, oumou, paper, who, stories):
    fanta = who["Benkadi members"][0]
    awa.tell("/persons/", corrects=fanta, given="Fantani", family="Konɛ", sex="F")
    assert stories.get(Certificate, paper.uid).holder.name == "Fanta Kɔnɛ Ŋaɲa"
    assert "Fanta Kɔnɛ Ŋaɲa" in text_of(oumou.post(f"/certificates/{paper.uid}/print.pdf"))[0]


def test_after_revoking_a_new_paper_has_the_corrected_name_and_another_number(awa, oumou, paper, award, who, stories):
    fanta = who["Benkadi members"][0]
    awa.tell("/persons/", corrects=fanta, given="Fantani", family="Konɛ", sex="F")
    assert oumou.tell("/revocations/", certificate=paper.uid, why="nom")[0].status_code == 303
    assert oumou.post(f"/certificates/{paper.uid}/print.pdf").status_code == 404
    assert oumou.post("/certificates/", award()).status_code == 303
    new = next(one for one in papers(stories) if one.uid != paper.uid)
    assert new.number != paper.number
    assert new.holder.name == "Fantani Konɛ"
    assert oumou.post("/certificates/", award()).status_code == 422


def test_a_training_is_printed_in_the_order_of_its_register(oumou, who, a_session, stories):
    training = a_training_of(oumou, who, stories, ["kadi", "binta", "awa"])
    form = a_session(training=training, present=[who["awa"], who["binta"], who["kadi"]])
    form["group"] = ""
    oumou.post("/sessions/", form)
    answer, _uid = oumou.tell("/certificates/", kind="participation", module=MODULE, training=training,
    awarded_on=TODAY,
                              persons=[who["awa"], who["kadi"], who["binta"]])  # fmt: skip
    assert answer.status_code == 303
    pages = text_of(oumou.post(f"/trainings/{training}/certificates.pdf"))
    assert len(pages) == 3
    for page, name in zip(pages, ("Kadiatou Touré", "Binta Sangaré", "Awa Kɔnɛ"), strict=True):
        assert name in page


def test_a_paper_names_the_office_of_a_woman_or_of_a_man(oumou, binta, who, a_session, stories):
    binta.tell("/persons/", corrects=who["djeneba"], given="Siaka", family="Koné", sex="M")
    training = a_training_of(oumou, who, stories, ["awa", "binta", "djeneba"])
    there = [who["awa"], who["binta"], who["djeneba"]]
    oumou.post("/sessions/", a_session(training=training, present=there) | {"group": ""})
    fields = {"module": MODULE, "training": training, "persons": there, "awarded_on": TODAY}
    oumou.tell("/certificates/", fields, kind="participation")
    oumou.client.set_cookie("language", "bm")  # her screen is in Bambara, the paper's sentences are French
    pages = text_of(oumou.post(f"/trainings/{training}/certificates.pdf"))
    for page, office in zip(pages, ("Agente de santé communautaire", "Superviseure (DTC)", "Maïeuticien"), strict=True):
        assert office in page
        assert "Formatrice" in page


def test_who_prints_before_awarding_is_told_what_is_missing_and_led_to_it(oumou, who, a_session, stories):
    training = a_training_of(oumou, who, stories, ["awa", "binta"])

    def printed():
        answer = oumou.post(f"/trainings/{training}/certificates.pdf")
        assert answer.status_code == 303
        page = oumou.get(answer.headers["Location"]).text
        assert "Rien à imprimer encore" in page
        return page

    page = printed()
    assert "Pas encore de séance." in page
    assert f"/sessions/new?training={training}" in page
    oumou.post("/sessions/", a_session(training=training, present=[], heads_M_25_49=2) | {"group": ""})
    assert "Personne n’y a encore droit. Une présence de 80 % du temps" in printed()
    there = {"training": training, "present": [who["awa"]], "minutes": 600}
    oumou.post("/sessions/", a_session(**there) | {"group": ""})
    page = printed()
    award = f"/certificates/new?module={MODULE}&amp;kind=participation&amp;training={training}"
    assert f'class="go" href="{award}"' in page
    assert "Personne n’y a encore droit" not in page
    fields = {"module": MODULE, "training": training, "persons": [who["awa"]], "awarded_on": TODAY}
    oumou.tell("/certificates/", fields, kind="participation")
    assert oumou.post(f"/trainings/{training}/certificates.pdf").mimetype == "application/pdf"
    oumou.tell("/revocations/", certificate=papers(stories)[0].uid, why="nom")
    assert award in printed()


def test_a_second_printing_is_a_duplicate(oumou, paper):
    first, second = (text_of(oumou.post(f"/certificates/{paper.uid}/print.pdf"))[0] for _time in range(2))
    assert "DUPLICATA" not in first.upper()
    assert "DUPLICATA" in second.upper()


def test_a_link_from_elsewhere_makes_no_paper_a_duplicate(oumou, paper, stories):
    from lms.certificates.models import Printing

    address = f"/certificates/{paper.uid}/print.pdf"
    assert oumou.get(address).status_code == oumou.client.head(address).status_code == 405
    assert oumou.client.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert stories.scalars(select(Printing)).all() == []


def test_a_paper_is_printed_by_its_button_in_black_too(oumou, paper, stories):
    address = f"/awards/{stories.scalar(select(Award.origin))}"
    page = oumou.get(address).text
    assert f'<form method="post" action="{address}/print.pdf"' in page
    assert 'name="black" value="1"' in page
    colour, black = oumou.post(f"{address}/print.pdf"), oumou.post(f"{address}/print.pdf", black=1)
    assert colour.mimetype == black.mimetype == "application/pdf"
    assert colour.headers["Cache-Control"] == "private, no-store"


def test_a_name_with_a_letter_the_font_lacks_is_said_and_nothing_is_printed(awa, oumou, taught, award, who, stories):
    from lms.certificates.models import Printing

    fanta = who["Benkadi members"][0]
    awa.tell("/persons/", corrects=fanta, given="Fanta 漢", family="Konɛ", sex="F")
    answer = oumou.post("/certificates/", award(persons=2))
    award_uid = uid_in(answer)
    printed = oumou.post(f"/awards/{award_uid}/print.pdf")
    assert (printed.status_code, printed.mimetype) == (422, "text/html")
    assert "Fanta 漢" in printed.text
    assert stories.scalars(select(Printing)).all() == []


# The public page


def test_the_public_page_says_that_it_holds_and_nothing_more_of_her(visitor, paper):
    answer = visitor.get(f"/verify?number={paper.number}")
    assert answer.status_code == 200
    assert "F. K. Ŋ." in answer.text
    assert "Attestation de participation" in answer.text
    for secret in (
        "Fanta",
        "Kɔnɛ",
        "Ŋaɲa",
        "Benkadi",
        "WAC",
        "Wacoro",
        "Oumou",
        "80",
        str(paper.person_uid),
        str(paper.uid),
    ):
        assert secret not in _main(answer.text), secret


def _main(html):
    return html[html.index("<main") : html.index("</main>")] if "<main" in html else html


def test_the_address_behind_the_qr_code_leads_to_the_public_page(visitor, paper):
    answer = visitor.get(f"/verify/{paper.number}")
    assert answer.status_code == 302
    assert visitor.get(answer.headers["Location"]).status_code == 200


def test_a_number_is_read_as_people_type_it(visitor, paper):
    bare = paper.number[3:]
    for typed in (paper.number.lower(), bare, bare.replace("-", " "), paper.number.replace("-", ""),
    f"  {paper.number} ",
                  "ML-" + bare.replace("0", "O").replace("1", "I"), "ml-" + bare.replace("0", "o").replace("1",
                  "l")):  # fmt: skip
        assert visitor.get("/verify", query_string={"number": typed}).status_code == 200, typed


def test_a_number_of_nobody_and_junk_are_not_found(visitor, paper):
    unknown = certificate_number(new_uid())
    for typed in (unknown, "ML-", "bonjour", "\x00", "%", "ML-" + "0" * 400, "'; --", "ɛɔɲŋ"):
        answer = visitor.get("/verify", query_string={"number": typed})
        assert answer.status_code == 404, typed
    assert visitor.get("/verify").status_code == 200


def test_a_revoked_paper_says_so(visitor, oumou, paper):
    before = visitor.get(f"/verify?number={paper.number}").text
    oumou.tell("/revocations/", certificate=paper.uid, why="erreur")
    after = visitor.get(f"/verify?number={paper.number}").text
    assert "Elle ne vaut plus" not in _main(before)
    assert "Elle ne vaut plus" in _main(after)
    assert "erreur" not in _main(after)


def test_an_expired_paper_says_so_on_the_day_after(visitor, awa, oumou, an_attempt, award, who, stories):
    awa.post("/attempts/", an_attempt())
    oumou.post("/certificates/", award("competence"))
    (paper,) = papers(stories)
    last = datetime(paper.valid_until.year, paper.valid_until.month, paper.valid_until.day, 12, tzinfo=UTC)
    with time_machine.travel(last):
        holds = _main(visitor.get(f"/verify?number={paper.number}").text)
    with time_machine.travel(last + timedelta(days=1)):
        gone = _main(visitor.get(f"/verify?number={paper.number}").text)
    assert "Elle est échue" not in holds
    assert "Elle est échue" in gone


def test_a_hundred_guesses_a_minute_are_throttled(world):
    app = create_app(**{**settings(world.url, world.data), "RATELIMIT_ENABLED": True})
    try:
        codes = [Browser(app).get("/verify?number=ML-0000000000-1").status_code for _guess in range(70)]
        assert codes[0] == 404
        assert codes[-1] == 429
        assert "Attendez une minute" in Browser(app).get("/verify?number=x").text
    finally:
        create_app(**settings(world.url, world.data))  # the limiter is one for the process: off again
        with app.app_context():
            db.engine.dispose()


def test_a_paper_is_revoked_with_a_reason_and_by_those_who_may(awa, mariam, oumou, paper):
    assert oumou.tell("/revocations/", certificate=paper.uid, why="parce que")[0].status_code == 422
    assert awa.tell("/revocations/", certificate=paper.uid, why="erreur")[0].status_code == 403
    assert oumou.tell("/revocations/", certificate=new_uid(), why="erreur")[0].status_code == 404


# Decisions


@given(st.uuids())
def test_every_wrong_character_of_a_number_is_noticed(uid):
    number = certificate_number(uid)
    assert read_number(number) == number
    assert read_number(number.lower().replace("-", " ")) == number
    for place in range(3, len(number)):
        if number[place] != "-":
            for wrong in ALPHABET:
                typed = number[:place] + wrong + number[place + 1 :]
                assert read_number(typed) == (number if wrong == number[place] else None)


@given(st.text(max_size=60))
def test_junk_is_no_number_and_never_breaks(text):
    read = read_number(text)
    assert read is None or read_number(read) == read


@given(st.dates(max_value=date(9000, 1, 1)))
def test_a_competence_holds_for_two_years_to_the_day(day):
    until = valid_until("competence", day)
    assert 729 <= (until - day).days <= 731
    assert state(day, until, None, until) == "valid"
    assert state(day, until, None, until + timedelta(days=1)) == "expired"
    assert state(day, until, "revoked", day) == "revoked"
    assert valid_until("participation", day) is None
    assert state(day, None, None, date.max) == "valid"


def test_a_paper_of_the_29th_of_february_ends_on_the_28th():
    assert valid_until("competence", date(2024, 2, 29)) == date(2026, 2, 28)


def test_officials_and_carers_see_the_paper_and_a_stranger_does_not(mariam, modibo, awa, paper):
    assert mariam.get(f"/certificates/{paper.uid}").status_code == 404
    assert awa.get(f"/certificates/{paper.uid}").status_code == 200
    page = modibo.get(f"/certificates/{paper.uid}")
    assert page.status_code == 200
    assert "Fanta" not in page.text
    assert paper.number in page.text
