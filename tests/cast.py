"""The cast of every story: a small country, its workers, three groups. Told through the forms, once for a test run.

awa (CHW) follows Benkadi in Wacoro; kadi follows Sabugnuma in the next area; mariam, the outsider, follows Lafia in
another district, where tata trains. binta supervises Wacoro, djeneba is its midwife, oumou trains in Dioïla, modibo is its
district officer, admin the nation's.
"""

from datetime import date, timedelta

from lms.core.database import db
from lms.demo import country
from lms.demo.story import NAMED
from lms.demo.voices import Teller
from lms.people import pin
from lms.people.forms import MemberForm
from lms.people.group_forms import GroupForm
from lms.people.models import Person
from lms.people.workers import FoundingForm, WorkerForm, appoint

OTHERS = {
    "kadi": ("Kadiatou", "Touré", "F", "chw", "ML.KKR.DIO.MAS", "246135"),
    "tata": ("Tata", "Konaré", "F", "trainer", "ML.KKR.BNB", "864209"),
}
WORKERS = NAMED | OTHERS
PINS = {identifier: member[5] for identifier, member in WORKERS.items()}
MEMBERS = {
    "Benkadi": ("awa", "ML.KKR.DIO.WAC.V01", [
        ("Fanta", "Kɔnɛ Ŋaɲa"), ("Djénéba", "Coulibaly"), ("Fatoumata", "Traoré"), ("Fatoumata", "Traoré"),
        ("Sitan", "Diarra"), ("Rokia", "Sidibé"), ("Ɲɛnɛba", "Dɛmbɛlɛ"), ("Oumou", "Keïta"), ("Assitan", "Konaté"),
        ("Nana", "Cissé"),
    ]),
    "Sabugnuma": ("kadi", "ML.KKR.DIO.MAS.V01", [("Hawa", "Sangaré"), ("Mariam", "Kulubali"), ("Bintou", "Diallo")]),
    "Lafia": ("mariam", "ML.KKR.BNB.BNB1.V01", [("Sɛtu", "Tarawele"), ("Awa", "Doumbia")]),
}  # fmt: skip
BEGAN = date.today() - timedelta(days=60)


def tell(teller=None):
    """Writes the cast and commits. Returns {name: origin} of workers (by identifier), groups and members."""
    teller = teller or Teller(7, BEGAN)
    units, known = country.build(), {}
    for identifier, (given, family, sex, kind, path, code) in WORKERS.items():
        form = FoundingForm if identifier == "admin" else WorkerForm
        place = {} if identifier == "admin" else {"kind": kind, "unit": units[path].uid, "identifier": identifier}
        boss = Person.now_of(known["admin"]) if "admin" in known else None
        uid = known[identifier] = teller.tell(form, boss, given=given, family=family, sex=sex, **place)
        appoint(uid, kind, units[path], identifier, BEGAN, pin_hash=pin.keep(code), demo=True, toured=True)
        db.session.flush()
    for name, (chw, village, members) in MEMBERS.items():
        worker = Person.now_of(known[chw])
        group = known[name] = teller.tell(GroupForm, worker, name=name, village=units[village].uid)
        known[f"{name} members"] = [
            teller.tell(MemberForm, worker, given=given, family=family, sex="F", age="25-49", group=group)
            for given, family in members
        ]
    db.session.commit()
    return known
