"""What has happened in the demo country: told fact by fact, through the same forms as in life."""

from datetime import date, timedelta

from lms.assessment import questions
from lms.assessment.forms import AttemptForm, HandsUpForm
from lms.cascade.forms import SessionForm, TrainingForm
from lms.certificates import earning
from lms.certificates.forms import AwardForm
from lms.core.database import db
from lms.curriculum.content import catalogue
from lms.demo import country
from lms.demo.names import FAMILIES, GROUPS, MEN, WOMEN
from lms.demo.voices import Teller
from lms.people import pin, reviewers
from lms.people.forms import MemberForm
from lms.people.group_forms import AgreementForm, GroupForm, OfficeForm
from lms.people.models import Group, Person
from lms.people.workers import FoundingForm, WorkerForm, appoint

DAYS_BEFORE = 150
NAMED = {  # the cast: identifier → (given, family, sex, kind, path, PIN)
    "admin": ("Nana", "Sidibé", "F", "national", "ML", "223606"),
    "modibo": ("Modibo", "Keïta", "M", "district", "ML.KKR.DIO", "173205"),
    "oumou": ("Oumou", "Diarra", "F", "trainer", "ML.KKR.DIO", "314159"),
    "binta": ("Binta", "Sangaré", "F", "supervisor", "ML.KKR.DIO.WAC", "161803"),
    "djeneba": ("Djénéba", "Coulibaly", "F", "midwife", "ML.KKR.DIO.WAC", "141421"),
    "awa": ("Awa", "Kɔnɛ", "F", "chw", "ML.KKR.DIO.WAC", "271828"),
    "mariam": ("Mariam", "Traoré", "F", "chw", "ML.KKR.BNB.BNB1", "244948"),
}  # fmt: skip
REVIEWERS = {"oumou": ["native.bm"], "djeneba": ["clinician"]}
CLASS_SIZE = 24


class Story:
    """The demo country as it is told. `progress(done, of)` hears of every group."""

    def __init__(self, seed=2019, today=None, progress=None):
        self.today = today or date.today()
        self.teller = Teller(seed, self.today - timedelta(days=DAYS_BEFORE))
        self.random, self.progress = self.teller.random, progress or (lambda done, of: None)
        self.workers: dict = {}  # (path, kind) → persons
        self.members: dict = {}  # group → origins of its members

    def tell(self):
        """Everything, in the order it happened. Commits once, at the end: the demo is there whole or not at all."""
        self.units = country.build()
        self._appoint_everybody()
        for district in country.DISTRICTS:
            self._train(f"ML.KKR.{district}", self.today - timedelta(days=110), self._chws(f"ML.KKR.{district}"))
        chws = [chw for (_path, kind), chws in self.workers.items() if kind == "chw" for chw in chws]
        for done, chw in enumerate(chws, start=1):
            self._follow_groups(chw, 3 if done % 2 else 2)
            self.progress(done, len(chws))
        self._close_a_training()
        db.session.commit()
        return self.teller.told

    # people

    def _appoint_everybody(self):
        given, family, sex, kind, path, code = NAMED["admin"]
        uid = self.teller.tell(FoundingForm, None, given=given, family=family, sex=sex)
        self._settle(uid, kind, path, "admin", code)
        self.admin = self.workers[path, kind][0]
        for identifier, (given, family, sex, kind, path, code) in list(NAMED.items())[1:]:
            self._appoint(given, family, sex, kind, path, identifier, code)
        for district in country.DISTRICTS:
            self._fill(f"ML.KKR.{district}", "trainer", 1)
        for path in [path for path, unit in self.units.items() if unit.level == "area"]:
            for kind, number in (("supervisor", 1), ("midwife", 1), ("chw", 2)):
                self._fill(path, kind, number)

    def _fill(self, path, kind, number):
        while len(self.workers.get((path, kind), ())) < number:
            man = self.random.random() < 0.35 and kind != "midwife"
            given, family = self.random.choice(MEN if man else WOMEN), self.random.choice(FAMILIES)
            place = path.rsplit(".", 1)[-1].lower()
            identifier = f"{kind}-{place}-{len(self.workers.get((path, kind), ())) + 1}"
            self._appoint(given, family, "M" if man else "F", kind, path, identifier)

    def _appoint(self, given, family, sex, kind, path, identifier, code=None):
        uid = self.teller.tell(
            WorkerForm, self.admin, given=given, family=family, sex=sex, age="25-49", kind=kind,
            unit=self.units[path].uid, identifier=identifier,
        )  # fmt: skip
        self._settle(uid, kind, path, identifier, code)

    def _settle(self, uid, kind, path, identifier, code):
        kept = pin.keep(code) if code else None
        appoint(uid, kind, self.units[path], identifier, self.teller.now.date(), pin_hash=kept, demo=True)
        db.session.flush()
        self.workers.setdefault((path, kind), []).append(Person.now_of(uid))
        if identifier in REVIEWERS:
            reviewers.name(uid, REVIEWERS[identifier])

    def _chws(self, district):
        return [
            chw
            for (path, kind), chws in self.workers.items()
            if kind == "chw" and path.startswith(f"{district}.")
            for chw in chws
        ]

    # groups

    def _follow_groups(self, chw, number):
        area = next(path for (path, kind), persons in self.workers.items() if kind == "chw" and chw in persons)
        villages = [unit for path, unit in self.units.items() if path.startswith(f"{area}.")]
        is_awa = chw is self.workers["ML.KKR.DIO.WAC", "chw"][0]
        for step in range(number):
            big = is_awa and step == 0
            name = "Benkadi" if big else self.random.choice(GROUPS[1:])
            group = self._register(
                chw, name, villages[step % len(villages)], 112 if big else self.random.randint(21, 37)
            )
            if not (is_awa and step == 2):
                self._teach(chw, group, thorough=is_awa or self.random.random() < 0.5)

    def _register(self, chw, name, village, size):
        self.teller.now += timedelta(minutes=7)
        founded = self.random.randint(1988, 2020)
        begun = self.random.choice(["tontine", "epargne", "alphabetisation", "maraichage", "entraide"])
        uid = self.teller.tell(GroupForm, chw, name=name, village=village.uid, founded=founded, begun_as=begun)
        self.members[uid] = [
            self.teller.tell(
                MemberForm, chw, given=self.random.choice(WOMEN), family=self.random.choice(FAMILIES), sex="F", group=uid,
                age=self.random.choice(["", "15-19", "20-24", "25-49", "25-49", "25-49", "50-99"]),
            )
            for _one in range(size)
        ]  # fmt: skip
        self._found_bureau(chw, uid)
        return uid

    def _found_bureau(self, chw, group):
        day = self.teller.now.date()
        if self.random.random() < 0.85:
            self.teller.tell(AgreementForm, chw, group=group, leader="chef", manner="oral", agreed_on=day)
        for post, member in zip(("presidente", "secretaire", "tresoriere"), self.members[group], strict=False):
            self.teller.tell(OfficeForm, chw, group=group, person=member, post=post, since=day)

    # teaching

    def _train(self, district, first_day, trainees, title="Formation initiale des ASC"):
        trainer = self.workers[district, "trainer"][0]
        modules = list(catalogue())
        uid = self.teller.tell(
            TrainingForm, trainer, title=title, unit=self.units[district].uid, place="Salle du CSRéf",
            starts=first_day, ends=first_day + timedelta(days=2), modules=[module.slug for module in modules],
            trainees=[person.origin for person in trainees],
        )  # fmt: skip
        for half_day, module in enumerate([module for module in modules for _half in range(3)]):
            there = [person.origin for person in trainees if self.random.random() < 0.94] or [trainees[0].origin]
            self._session(
                trainer, module, there, training=uid, held_on=first_day + timedelta(days=half_day // 2),
                half="ap"[half_day % 2] + "m", minutes=module.minutes_chw // 3, place="Salle du CSRéf", language="fr",
            )  # fmt: skip
        for module in modules:
            for person in trainees:
                self._quiz(trainer, person.origin, module, "post", first_day + timedelta(days=2), 0.93)
        return uid

    def _teach(self, chw, group, thorough):
        day = self.teller.now.date() + timedelta(days=self.random.randint(45, 60))
        for module in list(catalogue())[: 2 if thorough else 1]:
            there = [member for member in self.members[group] if self.random.random() < 0.86]
            heads = {"heads_M_25_49": self.random.randint(1, 6)} if self.random.random() < 0.4 else {}
            for sitting, minutes in enumerate(module.minutes_group):
                self._session(
                    chw, module, there, group=group, held_on=day + timedelta(days=7 * sitting), half="pm", minutes=minutes,
                    place="Sous le grand arbre", language="bm", **heads,
                )  # fmt: skip
            self._check(chw, group, module, there, day + timedelta(days=7), thorough)
            day += timedelta(days=21)

    def _session(self, leader, module, there, **fields):
        self.teller.tell(
            SessionForm, leader, module=module.slug, content=module.hash, lessons=[lesson.id for lesson in module.lessons],
            present=there, **fields,
        )  # fmt: skip

    def _check(self, chw, group, module, there, day, thorough):
        self._hands(chw, group, module, "pre", day - timedelta(days=7), len(there), 0.55)
        self._hands(chw, group, module, "post", day, len(there), 0.85)
        for member in there[: 10 if thorough else 3]:
            self._quiz(chw, member, module, "post", day, 0.92)

    def _quiz(self, asker, person, module, kind, day, knowing):
        audience = "chw" if asker in self.workers.get((self._district_of(asker), "trainer"), ()) else "group"
        answers = {
            f"answer.{item.id}": self._choose(item, knowing) for item in questions.of(module).form("A", audience)
        }
        self.teller.tell(
            AttemptForm, asker, person=person, module=module.slug, content=module.hash, form="A", kind=kind,
            mode="picture_tap", language="fr" if audience == "chw" else "bm", taken_on=min(day, self.today), **answers,
        )  # fmt: skip

    def _district_of(self, person):
        return next((path for (path, _kind), persons in self.workers.items() if person in persons), None)

    def _choose(self, item, knowing):
        if self.random.random() < knowing:
            return item.answer
        return self.random.choice([option.id for option in item.options if option.id != item.answer])

    def _hands(self, chw, group, module, kind, day, present, knowing):
        hands = {}
        for item in questions.of(module).form("A" if kind == "pre" else "B", "group"):
            for _woman in range(present):
                name = f"hands.{item.id}.{self._choose(item, knowing)}"
                hands[name] = hands.get(name, 0) + 1
        self.teller.tell(
            HandsUpForm, chw, group=group, module=module.slug, content=module.hash, form="A" if kind == "pre" else "B",
            kind=kind, language="bm", taken_on=min(day, self.today), present=present, **hands,
        )  # fmt: skip

    # papers

    def _close_a_training(self):
        """Oumou awards the papers of one group, and ends a training of 24 whose papers wait for her."""
        self._award(Group.now_of(list(self.members)[1]), "choix-libre-eclaire")
        self.teller.now += timedelta(days=1)
        workers = [
            person
            for (path, _kind), persons in self.workers.items()
            if path.startswith("ML.KKR.DIO.")
            for person in persons
        ]
        day = self.today - timedelta(days=3)
        self._train("ML.KKR.DIO", day, workers[:CLASS_SIZE], title="Recyclage des agents, trois jours")

    def _award(self, group, module):
        oumou = self.workers["ML.KKR.DIO", "trainer"][0]
        for kind in ("participation", "competence"):
            claims = earning.claims(kind, module, group=group, day=self.today)
            self.teller.tell(
                AwardForm, oumou, kind=kind, module=module, group=group.origin, awarded_on=self.today,
                persons=[claim.person.origin for claim in claims],
            )  # fmt: skip
