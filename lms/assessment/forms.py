"""What is asked when something was checked: an attempt of one person, a quiz by show of hands."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from lms.assessment import questions
from lms.assessment.models import Attempt, HandsUp
from lms.assessment.scoring import score
from lms.assessment.standing import FORMS as LETTERS
from lms.assessment.standing import next_form
from lms.core.fields import Choice, Day, Pick, Required, WholeNumber
from lms.core.language import LANGUAGES, SPOKEN
from lms.curriculum.fields import LANGUAGE_CHOICES, ContentFields
from lms.people.fields import Reachable, ReachForm
from lms.people.forms import not_to_come
from lms.people.mandates import KINDS, audience
from lms.people.models import Group, Person, Role
from lms.people.rosters import belonged

WHEN = [("pre", _l("Avant la formation")), ("post", _l("Après la formation"))]
MODES = [("picture_tap", _l("Elle touche les images")), ("oral", _l("De vive voix")), ("paper", _l("Sur papier"))]
ANSWER, HANDS = "answer.", "hands."


class QuizFields(ContentFields):
    """What a quiz of either kind names: the form of the questions, when, in which language.

    Its answers come under names of their own, each beginning with `answers_under`.
    """

    answers_under: str

    form = HiddenField(validators=[Required()])
    kind = Pick(_l("Quand"), [Required()], choices=WHEN)
    language = Choice(_l("Langue"), [Required()], choices=LANGUAGE_CHOICES)
    taken_on = Day(_l("Jour"), [Required(), not_to_come])

    @classmethod
    def understands(cls, names):
        """Its fields, and its answers."""
        return super().understands(name for name in names if not name.startswith(cls.answers_under))

    def validate_form(self, field):
        if field.data not in LETTERS:
            raise ValidationError(_("Cette série de questions n’existe pas."))


class AttemptForm(QuizFields, ReachForm):
    """One person's answers. What is not answered counts as not known, never as an error of the form."""

    path = "/attempts/"
    model = Attempt
    together = True
    about = {"person": "person_uid", "module": "module"}  # noqa: RUF012
    by = frozenset(KINDS)
    answers_under = ANSWER
    person = Reachable(Person)
    mode = Pick(_l("Comment"), [Required()], choices=MODES)

    def __init__(self, formdata=None, **known):
        self.answers = _named(formdata, ANSWER)
        super().__init__(formdata, **known)

    def validate(self, extra_validators=None):
        return super().validate(extra_validators) and (self.withdrawn.data or self._answers_fit())

    def _answers_fit(self):
        """Every answer is one of the answers of a question that was presented."""
        offered = {item.id: {option.id for option in item.options} for item in self.items}
        if all(option in offered.get(item, ()) for item, option in self.answers.items()):
            return True
        self.form.errors = [_("Une réponse ne va pas avec les questions posées. Rouvrez le quiz.")]
        return False

    def may_correct(self, row):
        """Nobody mends or takes back what another found of her own knowledge."""
        return super().may_correct(row) and (row.asked_by == self.author_uid or row.person_uid != self.author_uid)

    @property
    def audience(self):
        """As whom she is assessed: by the offices she holds."""
        return audience({role.kind for role in Role.of(self.person.data, self.taken_on.data)})

    @property
    def assessment(self):
        """The questions of the content that was shown."""
        return questions.of(self.taught)

    @property
    def items(self):
        """The questions presented."""
        return self.assessment.form(self.form.data, self.audience)

    def rows(self):
        audience = self.audience
        result = score(self.items, self.answers, self.assessment.percent(audience))
        belongs = belonged(self.person.data, self.taken_on.data)
        return [
            Attempt(
                uid=self.uid.data, origin=self.origin, person_uid=self.person.data,
                group_uid=belongs.group_uid if belongs else None, module=self.module.data, version=self.taught.version,
                content=self.content.data, form=self.form.data, audience=audience, kind=self.kind.data, mode=self.mode.data,
                language=self.language.data, taken_on=self.taken_on.data, asked_by=self.doer("asked_by"), answers=self.answers,
                right=result.right, asked=result.asked, needed=result.needed, vital_missed=result.vital_missed,
            )
        ]  # fmt: skip


class HandsUpForm(QuizFields, ReachForm):
    """Hands counted for each answer of each question: never more than there are women present."""

    path = "/hands/"
    model = HandsUp
    together = True
    about = {"group": "group_uid", "module": "module"}  # noqa: RUF012
    by = frozenset({"chw", "midwife", "supervisor", "trainer"})
    answers_under = HANDS
    group = Reachable(Group)
    present = WholeNumber(_l("Femmes présentes"), [Required()], least=1, most=999)

    def __init__(self, formdata=None, **known):
        self.hands, self.unread = _counts(_named(formdata, HANDS))
        super().__init__(formdata, **known)

    def validate(self, extra_validators=None):
        return super().validate(extra_validators) and (self.withdrawn.data or self._hands_fit())

    def _hands_fit(self):
        offered = {item.id: {option.id for option in item.options} for item in self.items}
        faults = [_("Écrivez un nombre de mains, sans lettres.")] if self.unread else []
        if any(set(counts) - offered.get(item, set()) for item, counts in self.hands.items()):
            faults.append(_("Une réponse ne va pas avec les questions posées. Rouvrez le quiz."))
        for place, item in enumerate(self.items, start=1):
            raised = sum(self.hands.get(item.id, {}).values())
            if self.present.data and raised > self.present.data:
                faults.append(
                    _("Question %(q)s : %(n)s mains pour %(p)s présentes.", q=place, n=raised, p=self.present.data)
                )
        if not self.unread and not any(any(counts.values()) for counts in self.hands.values()):
            faults.append(_("Aucune main n’est comptée."))
        self.present.errors = [*self.present.errors, *faults]
        return not faults

    @property
    def items(self):
        """The questions presented."""
        return questions.of(self.taught).form(self.form.data, "group")

    def rows(self):
        return [
            HandsUp(
                uid=self.uid.data, origin=self.origin, group_uid=self.group.data, module=self.module.data,
                version=self.taught.version, content=self.content.data, form=self.form.data, kind=self.kind.data,
                language=self.language.data, taken_on=self.taken_on.data, present=self.present.data, hands=self.hands,
                asked_by=self.doer("asked_by"),
            )
        ]  # fmt: skip


def _named(formdata, prefix):
    """What was sent under names that begin so: `answer.<item>` or `hands.<item>.<option>`."""
    return {
        name[len(prefix) :]: value
        for name, value in (formdata or {}).items()
        if name.startswith(prefix) and value.strip()
    }


def _counts(sent):
    """({item: {option: hands}}, what could not be read)."""
    counts: dict = {}
    unread = []
    for name, value in sent.items():
        item, _dot, option = name.rpartition(".")
        if value.strip().isdecimal() and len(value) <= 3:
            counts.setdefault(item, {})[option] = int(value)
        else:
            unread.append(name)
    return counts, unread


def held_in(asked_for, otherwise=SPOKEN):
    """The language a quiz starts from: that of the session it follows, or else the one groups are taught in."""
    return asked_for if asked_for in LANGUAGES else otherwise


def suggested(person, module, history, day=None):
    """What a new attempt starts from: the next form, today, and whether anything was taken before."""
    return {
        "form": next_form(history), "kind": "post" if history else "pre", "taken_on": day or date.today(),
        "module": module.slug, "content": module.hash, "person": person,
    }  # fmt: skip


FORMS = (AttemptForm, HandsUpForm)
