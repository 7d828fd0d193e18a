"""What is asked of a reviewer: her word for one unit, as it stood before her eyes."""

from functools import cached_property
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from sqlalchemy import select
from wtforms import HiddenField
from wtforms.validators import ValidationError
from wtforms.widgets import TextArea

from lms.core.database import db
from lms.core.fields import Choice, Optional, Required, Short, Words
from lms.core.language import DEFAULT
from lms.curriculum.fields import LANGUAGE_CHOICES, ContentFields
from lms.curriculum.leaves import leaves
from lms.curriculum.review import Verdict, digest
from lms.curriculum.signatures import ReviewSignature
from lms.curriculum.spelling import digits
from lms.people.fields import ReachForm
from lms.people.mandates import REVIEWS
from lms.people.reviewers import capacities, roles_in

VERDICTS = [
    (Verdict.GOOD.value, lazy_pgettext("verdict", "Bon")),
    (Verdict.FIX.value, lazy_pgettext("verdict", "À corriger")),
    (Verdict.DANGEROUS.value, lazy_pgettext("verdict", "Dangereux")),
]


class SignatureForm(ContentFields, ReachForm):
    """A reviewer's word. `source` and `text` are digests of the French and of the text that she read."""

    path = "/signatures/"
    model = ReviewSignature
    about: ClassVar = {"module": "module", "unit": "unit", "language": "language", "role": "role"}
    unit = HiddenField(validators=[Required()])
    language = Choice(_l("Langue"), [Required()], choices=LANGUAGE_CHOICES)
    role = Choice(_l("Relecture"), [Required()], choices=list(REVIEWS.items()))
    source = HiddenField(validators=[Required()])
    text = HiddenField(validators=[Required()])
    back = Words(_l("Ce que ce texte veut dire, en français"), [Optional(), Short(2000)], widget=TextArea())
    note = Words(_l("Ce qui est à corriger"), [Optional(), Short(500)], widget=TextArea())
    verdict = Choice(_l("Votre avis"), [Required()], choices=VERDICTS)

    def may_post(self):
        """Only people named reviewers sign anything."""
        return bool(capacities(self.answerable, self.at))

    def validate_role(self, field):
        """She was named for this language, or for the matter."""
        if field.data not in roles_in(self.answerable, self.language.data, self.at):
            raise ValidationError(_("Ce texte n’est pas de ceux que vous relisez."))
        if self.standing and self.standing.origin != self.corrects.data:
            raise ValidationError(_("Vous avez déjà signé ce texte. Votre avis est affiché ici : changez-le."))

    def validate_text(self, field):
        """The texts are those of the content she had before her."""
        if self.leaf is None:
            raise ValidationError(_("Ce texte n’existe pas dans ce module."))
        texts = self.leaf.unit.text
        french, text = texts.get(DEFAULT, ""), texts.get(self.language.data, "")
        if not text or (self.source.data, field.data) != (digest(french), digest(text)):
            raise ValidationError(_("Ce texte n’est pas celui du module. Relisez-le."))

    def validate_verdict(self, field):
        """A dose that differs is never good, whoever signs."""
        passages = self.leaf.passages if self.leaf and field.data == Verdict.GOOD else ()
        if any(digits(one.text.get(DEFAULT, "")) != digits(one.text.get(self.language.data, "")) for one in passages):
            raise ValidationError(
                _(
                    "Les chiffres ne sont pas les mêmes en français et dans ce texte : il ne peut pas être signé « bon »."
                )
            )

    @cached_property
    def leaf(self):
        """The unit in the content she had before her; None when it has no such unit."""
        found = leaves(self.taught) if self.taught else ()
        return next((leaf for leaf in found if leaf.unit.id == self.unit.data), None)

    @cached_property
    def standing(self):
        """Her word for it so far, or None."""
        return word_of(self.answerable, self.module.data, self.unit.data, self.language.data, self.role.data)

    def may_correct(self, row):
        """Nobody changes another's word."""
        return row.reviewer_uid == self.answerable

    def rows(self):
        return [
            ReviewSignature(
                uid=self.uid.data, origin=self.origin, module=self.module.data, unit=self.unit.data,
                language=self.language.data, role=self.role.data, verdict=self.verdict.data, note=self.note.data or "",
                back=self.back.data or "", source=self.source.data, text=self.text.data, content=self.content.data,
                reviewer_uid=self.doer("reviewer_uid"), signed_on=self.told_on,
            )
        ]  # fmt: skip


def word_of(person, module, unit, language, role):
    """What this person has said of a unit, in one role, or None."""
    said = select(ReviewSignature).filter_by(
        reviewer_uid=person, module=module, unit=unit, language=language, role=role, current=True
    )
    return db.session.scalar(said)


FORMS = (SignatureForm,)
