"""Form fields that name content: which module, in which version, as it was shown."""

from flask_babel import gettext as _
from wtforms import HiddenField
from wtforms.validators import ValidationError

from lms.core.fields import Required, Words
from lms.core.language import LANGUAGES
from lms.curriculum.content import catalogue, kept
from lms.curriculum.provenance import keep

LANGUAGE_CHOICES = list(LANGUAGES.items())


class ContentFields:
    """The module a fact speaks of, and the hash of the content that was in front of people.

    `content` may be an older one, from a page kept on a phone: it is judged by what it was then.
    """

    module = Words(validators=[Required()], widget=HiddenField.widget)
    content = Words(validators=[Required()], widget=HiddenField.widget)

    taught = None

    def validate_module(self, field):
        """A module that is taught, or one that was when this page was kept."""
        if field.data not in catalogue().modules and not self._content(self.content.data):
            raise ValidationError(_("Ce module n’existe pas."))

    def validate_content(self, field):
        """The content must be the one in force or one we kept; it is kept from now on."""
        self.taught = self._content(field.data)
        if self.taught is None or self.taught.slug != self.module.data:
            raise ValidationError(_("Ce contenu du module n’est pas connu ici. Rouvrez le module."))

    def _content(self, hash):
        present = catalogue().modules.get(self.module.data)
        if present and present.hash == hash:
            keep(present)
            return present
        try:
            return kept(hash)
        except LookupError:
            return None
