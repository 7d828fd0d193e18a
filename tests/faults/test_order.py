"""Facts of one phone arrive in any order, in any batches: what counts in the end is what counts when they come in order."""

from datetime import date

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.assessment import questions
from lms.core.database import db
from lms.core.models import Held
from lms.curriculum.content import catalogue
from tests.conftest import Browser
from tests.faults.check import nothing_lost_nothing_double
from tests.faults.conftest import more
from tests.faults.field import FieldPhone

BY_ARRIVAL = {"seq", "received_at", "number", "code", "content"}
"""What the server gives in the order in which facts come, or is the same for all."""
FACTS = 9


def a_day(phone, who, a_session, an_attempt, hands):
    """A woman joins; a session with her, mended twice; her name mended; a quiz, mended; hands; she leaves. {uid: name}."""
    woman = phone.tells("/persons/", group=who["Benkadi"], given="Kadia", sex="F")
    roll = [*who["Benkadi members"][:3], woman]
    session = phone.tells("/sessions/", **a_session(present=roll))
    told = {
        woman: "woman", session: "session",
        phone.tells("/attempts/", **an_attempt(person=woman)): "attempt",
        phone.tells("/sessions/", **a_session(present=roll, corrects=session, minutes=45)): "mended",
        phone.tells("/persons/", corrects=woman, given="Kadiatou", sex="F"): "named",
        phone.tells("/sessions/", **a_session(present=[woman], corrects=session, minutes=50)): "mended again",
        phone.tells("/hands/", **hands): "hands",
        phone.tells("/departures/", person=woman, left_on=date.today(), why="depart"): "departure",
        phone.tells("/attempts/", **an_attempt(person=woman, form="B")): "after she left",
    }  # fmt: skip
    assert len(told) == FACTS
    return told


def hands_of(app, who):
    """The form of a quiz by show of hands."""
    with app.app_context():
        module = next(iter(catalogue()))
        items = questions.of(module).form("A", "group")
    raised = {f"hands.{item.id}.{option.id}": 2 for item in items for option in item.options[:1]}
    return {
        "group": who["Benkadi"], "module": module.slug, "content": module.hash, "form": "A", "kind": "post",
        "language": "bm", "taken_on": date.today(), "present": 9, **raised,
    }  # fmt: skip


def rows_made(told):
    """Every row these facts made, with names for their uids: what differs from phone to phone and by arrival left out."""
    found = []
    for table in db.metadata.sorted_tables:
        column = table.c.get("uid", table.c.get("session_uid"))
        if column is None or table.name in ("receipt", "held", "conflict", "device"):
            continue
        for row in db.session.execute(select(table).where(column.in_(told))).mappings():
            found.append((table.name, str({k: told.get(v, v) if k.endswith("uid") or k == "origin" else v
                                           for k, v in row.items() if k not in BY_ARRIVAL})))  # fmt: skip
    db.session.rollback()
    return sorted(found)


def test_any_order_ends_as_the_order_in_which_it_was_told(world, who, a_session, an_attempt, tmp_path):
    browser, hands, phones = Browser(world.app, "awa"), hands_of(world.app, who), []

    def day():
        phones.append(FieldPhone(browser, "awa"))
        return phones[-1], a_day(phones[-1], who, a_session, an_attempt, hands)

    def judged(told):
        with world.app.app_context():
            still_held = db.session.scalars(select(Held.reason).where(Held.uid.in_(told), Held.settled.is_(None))).all()
            assert still_held == []
            return rows_made(told)

    phone, told = day()
    phone.comes_home()
    expected = judged(told)
    assert len(expected) > FACTS

    @settings(
        max_examples=more(12, 400) if world.url.startswith("sqlite") else more(6, 200), deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=True, phases=(Phase.generate,),
    )  # fmt: skip
    @given(st.permutations(range(FACTS)), st.sets(st.integers(1, FACTS - 1)))
    def in_any_order(order, cuts):
        phone, told = day()
        facts = [list(phone.facts.values())[place] for place in order]
        for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), FACTS], strict=True):
            assert phone.believes(phone.posts_packed(phone.packed(facts[start:end])))
        assert judged(told) == expected

    in_any_order()
    nothing_lost_nothing_double(world, tmp_path, *phones)


def test_a_correction_before_what_it_corrects_waits_and_says_so(world, who, a_session, phones, stories, tmp_path):
    phone = phones("awa")
    session = phone.tells("/sessions/", **a_session())
    mended = phone.tells("/sessions/", **a_session(corrects=session, minutes=45))
    assert phone.believes(phone.posts_packed(phone.packed([phone.facts[mended]]))) == {mended: "held"}
    assert Held.of(mended).waits_for == session
    assert Held.of(mended).reason == "Attend une autre fiche, qui n’est pas encore arrivée."
    assert phone.tries() == {session: "stored"}
    stories.rollback()
    assert Held.of(mended).settled == "taken"
    nothing_lost_nothing_double(world, tmp_path, phone)


def test_what_is_no_fact_of_anybody_is_waited_for_in_vain_and_can_be_set_aside(world, who, a_session, phones, stories):
    from lms.core.database import new_uid
    from lms.offline import holding
    from lms.people.models import Person

    phone = phones("awa")
    mended = phone.tells("/sessions/", **a_session(corrects=new_uid()))
    assert phone.tries() == {mended: "held"}
    assert holding.rejudge() == (0, 1)
    holding.set_aside(Held.of(mended), Person.now_of(who["binta"]), "Sans objet")
    assert holding.rejudge() == (0, 0)
