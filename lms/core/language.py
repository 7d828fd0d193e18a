"""French and the languages of the country: which one is wanted, and how dates and numbers are written in each."""

from datetime import date
from functools import reduce

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import g, has_request_context, request
from flask_babel import Babel, Domain, get_locale

from lms.core.country import COUNTRY, FRENCH
from lms.core.settings import country_folder

LANGUAGES = {code: language.name for code, language in COUNTRY.languages.items()}  # added in the country's pack alone
DEFAULT = FRENCH
DRAFT = {code for code, language in COUNTRY.languages.items() if language.draft}  # by non-speakers, until reviewed
SPOKEN = COUNTRY.groups_speak  # what groups are taught in
COOKIE = "language"
ALIASES = {alias: code for code, language in COUNTRY.languages.items() for alias in language.aliases}
NUMBERS = Locale.parse(
    COUNTRY.numbers
)  # CLDR's Bambara numbers are English ones; Mali writes 1 234,5 in both languages
CATALOGUES = f"../translations;{country_folder() / 'translations'}"

DAYS = ("ntɛnɛ", "tarata", "araba", "alamisa", "juma", "sibiri", "kari")
MONTHS = (
    "zanwuye", "feburuye", "marisi", "awirili", "mɛ", "zuwɛn",
    "zuluye", "uti", "sɛtanburu", "ɔkutɔburu", "nowanburu", "desanburu",
)  # fmt: skip


class Catalogues(Domain):
    """The sentences of the application and of the country, as one catalogue.

    Flask-Babel's own merging takes the rule of plurals from the last folder, though it holds nothing of the language.
    """

    def get_translations(self):
        locale = get_locale()
        if str(locale) not in self.cache:
            loaded = [Translations.load(folder, [locale]) for folder in self.translation_directories]
            found = [one for one in loaded if isinstance(one, Translations)] or [NullTranslations()]
            self.cache[str(locale)] = reduce(lambda first, more: first.merge(more), found)
        return self.cache[str(locale)]


babel = Babel()
babel.domain_instance = Catalogues()


def init_app(app):
    babel.init_app(app, locale_selector=locale, default_locale=DEFAULT, default_translation_directories=CATALOGUES)
    app.jinja_env.globals.update(
        language=language, languages=LANGUAGES, is_draft=lambda: language() in DRAFT, number=number, long_date=long_date
    )
    app.jinja_env.filters.update(day=short_date, number=number, long_date=long_date, month=month_name)


def language():
    """The language of this request: the one chosen (cookie), else the browser's, else French."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        g.language = choose(request.cookies.get(COOKIE), request.accept_languages.values())
    return g.language


class Unlisted(Locale):
    """A language that CLDR does not list: its sentences from its own catalogue, all else as in French."""

    def __init__(self, code):
        super().__init__(DEFAULT)
        self.language = code


def locale():
    """The language of this request, as Babel wants it."""
    try:
        return Locale.parse(language())
    except UnknownLocaleError:
        return Unlisted(language())


def choose(chosen, accepted):
    """`chosen` if we speak it, else the first language of `accepted` that we speak, by its primary subtag."""
    if chosen in LANGUAGES:
        return chosen
    for tag in accepted:
        primary = tag.replace("_", "-").split("-")[0].lower()
        primary = ALIASES.get(primary, primary)
        if primary in LANGUAGES:
            return primary
    return DEFAULT


def number(value):
    """A number as Mali writes it: 1 234,5."""
    return "" if value is None else format_decimal(value, locale=NUMBERS)


def french_date(day: date):
    """`26 novembre 2019`; the first of a month is « 1er »."""
    text = format_date(day, "d MMMM y", locale="fr")
    return text.replace("1 ", "1er ", 1) if day.day == 1 else text


def bambara_date(day: date):
    """`taratadon nowanburukalo tile 26 san 2019`, as the Malian press writes it."""
    return f"{DAYS[day.weekday()]}don {MONTHS[day.month - 1]}kalo tile {day.day} san {day.year}"


def long_date(day: date):
    """The date in words, in the language of the request."""
    return bambara_date(day) if str(get_locale()) == "bm" else french_date(day)


def short_date(day):
    """`26/11/2019`, the same in both languages."""
    return day.strftime("%d/%m/%Y") if day else ""


def month_name(day: date):
    """`novembre 2019`, or `nowanburukalo san 2019`."""
    if str(get_locale()) == "bm":
        return f"{MONTHS[day.month - 1]}kalo san {day.year}"
    return format_date(day, "MMMM y", locale="fr")
