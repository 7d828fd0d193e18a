"""Form fields that say, in the reader's language, what they want."""

import unicodedata
import uuid
from datetime import date, datetime
from functools import lru_cache

from flask_babel import gettext as _
from wtforms import Field, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import DateInput, HiddenInput


def is_blank(field):
    """Whether nothing was written or chosen; signs that cannot be read count as nothing."""
    return not any(str(value).strip() for value in field.raw_data or ()) or field.data == ""


class Required:
    """Something has been written or chosen; 0 counts as written."""

    field_flags = {"required": True}  # noqa: RUF012  WTForms reads it from the class

    def __call__(self, form, field):
        if is_blank(field):
            field.errors[:] = []
            raise StopValidation(_("À remplir."))


class Optional:
    """Nothing written is fine, and then no other rule is asked."""

    field_flags = {"optional": True}  # noqa: RUF012

    def __call__(self, form, field):
        if is_blank(field):
            field.errors[:] = []
            raise StopValidation


class Short:
    """At most `most` characters."""

    def __init__(self, most):
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, form, field):
        if field.data and len(field.data) > self.most:
            raise ValidationError(_("Trop long : %(most)s signes au plus.", most=self.most))


class UidField(Field):
    """One uid, hidden. `data` is a `uuid.UUID` or None."""

    widget = HiddenInput()

    def _value(self):
        return str(self.data) if self.data else ""

    def process_formdata(self, values):
        self.data = _uid(values[0]) if values and values[0].strip() else None


class UidsField(Field):
    """Many uids under one name, as a roll is. `data` is a list without doubles, in the order sent."""

    widget = HiddenInput()

    def process_formdata(self, values):
        self.data = list(dict.fromkeys(_uid(value) for value in values if value.strip()))

    def process_data(self, value):
        self.data = list(value or [])


@lru_cache(4096)  # the same women stand on one roll after another
def _uid(text):
    try:
        return uuid.UUID(text.strip())
    except ValueError:
        raise ValueError(_("Identifiant illisible.")) from None


class Words(StringField):
    """A line of text without spaces around it, in composed Unicode."""

    def process_formdata(self, values):
        self.data = tidy(values[0]) if values else ""


def tidy(text):
    """NFC, no control characters, single spaces."""
    text = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class WholeNumber(IntegerField):
    """A whole number between two bounds, both included."""

    def __init__(self, label=None, validators=(), least=0, most=99_999, **kwargs):
        super().__init__(label, [*validators, self._within], **kwargs)
        self.least, self.most = least, most
        self.render_kw = {"inputmode": "numeric", "min": least, "max": most, **(self.render_kw or {})}

    def process_formdata(self, values):
        self.data = None
        if values and values[0].strip():
            try:
                self.data = int(values[0].strip().replace("\u202f", "").replace(" ", ""))
            except ValueError:
                raise ValueError(_("Écrivez un nombre entier.")) from None

    def _within(self, form, field):
        if self.data is not None and not self.least <= self.data <= self.most:
            raise ValidationError(_("Un nombre de %(least)s à %(most)s.", least=self.least, most=self.most))


class Day(Field):
    """A date; `2026-11-26` as browsers send it, or `26/11/2026` as people write it."""

    widget = DateInput()

    def _value(self):
        if self.raw_data:
            return self.raw_data[0]
        return self.data.isoformat() if isinstance(self.data, date) else ""

    def process_formdata(self, values):
        self.data = None
        if values and values[0].strip():
            self.data = _day(values[0].strip())


def _day(text):
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, shape).date()
        except ValueError:
            continue
    raise ValueError(_("Écrivez une date : jour/mois/année."))


def options(pairs):
    """What a field offers, from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


class _FromList:
    def __init__(self, label=None, validators=None, choices=(), **kwargs):
        super().__init__(label, validators, choices=options(choices), **kwargs)

    def pre_validate(self, form):
        known = {str(value) for value, *_rest in self.iter_choices()}
        asked = self.data if isinstance(self.data, list) else [self.data]
        if any(str(value) not in known for value in asked if value is not None):
            raise ValidationError(_("Choisissez dans la liste."))


class Choice(_FromList, SelectField):
    """One of a list, as a drop-down."""


class Pick(_FromList, RadioField):
    """One of a list, as large buttons."""


class Picks(_FromList, SelectMultipleField):
    """Some of a list, as tick boxes."""
