"""What differs from country to country: languages, levels of places, names of offices, what is taught, on what marks.

Read once at start from `countries/<LMS_COUNTRY>/country.toml` (docs/decisions/0012). A faulty pack stops the start, with
every fault named: nothing is served in the words of another country.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated

from babel import Locale, UnknownLocaleError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lms.core.settings import country_folder

Words = Mapping[str, str]  # language code → text
Key = Annotated[str, Field(pattern=r"^[a-z]{2,10}$")]
Letters = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,4}$")]
CODE = re.compile(r"[a-z]{2,3}")
FRENCH = "fr"  # what the code is written in: always there


class CountryError(ValueError):
    """The country pack has faults; the message names each."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Language(Shape):
    """A language of the country: its own name, whether its texts are drafts, other codes browsers know it by."""

    name: str
    draft: bool = False
    aliases: tuple[str, ...] = ()


class Level(BaseModel):
    """One level of the tree of places, named in each language."""

    model_config = ConfigDict(extra="allow", frozen=True)
    key: Key

    @property
    def name(self) -> Words:
        return {code: str(text) for code, text in (self.model_extra or {}).items()}


class Cadre(Shape):
    """An office: `kind` is what the code gives rights to; where its holders work, and what they are called."""

    kind: Key
    level: Key
    name: Words
    woman: Words = {}
    man: Words = {}


class Country(Shape):
    """`country.toml`."""

    name: str
    top: Letters
    certificates: Letters
    numbers: str = "fr"
    groups_speak: str = FRENCH
    state: str = ""
    motto: str = ""
    giver: Key
    demo: bool = False
    curriculum: tuple[str, ...] = ()
    languages: Mapping[str, Language]
    levels: Annotated[tuple[Level, ...], Field(min_length=3)]
    cadres: tuple[Cadre, ...]

    @cached_property
    def level_keys(self):
        """The keys of the levels, from the country down to where the groups are."""
        return tuple(level.key for level in self.levels)

    def level_name(self, key: str) -> Words:
        """What a level is called in each language; its key where it is none of ours."""
        return next((level.name for level in self.levels if level.key == key), {FRENCH: key})


def said(words: Words, language: str) -> str:
    """The words in this language, else in French."""
    return words.get(language) or words.get(FRENCH, "")


def load(folder: Path) -> Country:
    """The country of this folder. CountryError names every fault."""
    file = folder / "country.toml"
    try:
        country = Country.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise CountryError(f"Le pays n’a pas de fichier {file} : vérifier LMS_COUNTRY.") from error
    except ValidationError as error:
        lines = [f"{file} : « {'.'.join(map(str, one['loc']))} » : {one['msg']}" for one in error.errors()]
        raise CountryError("\n".join(lines)) from error
    except ValueError as error:
        raise CountryError(f"{file} est illisible : {error}") from error
    if wrong := faults(country):
        raise CountryError("\n".join(f"{file} : {fault}" for fault in wrong))
    return country


def faults(country: Country) -> list[str]:
    """What does not fit together in a country."""
    keys, codes = country.level_keys, set(country.languages)
    kinds = [cadre.kind for cadre in country.cadres]
    wrong = {
        "le français manque dans [languages] : le code est écrit dans cette langue.": FRENCH not in codes,
        f"groups_speak = « {country.groups_speak} » : cette langue n’est pas du pays.": country.groups_speak
        not in codes,
        f"giver = « {country.giver} » : ce niveau n’existe pas.": country.giver not in keys,
        f"numbers = « {country.numbers} » : Babel ne connaît pas cette écriture.": not is_known(country.numbers),
        "deux niveaux ont la même clé.": len(set(keys)) < len(keys),
        "deux métiers ont le même kind.": len(set(kinds)) < len(kinds),
    }
    found = [fault for fault, holds in wrong.items() if holds]
    found += [f"« {code} » n’est pas un code de langue." for code in codes if not CODE.fullmatch(code)]
    strayed = [(cadre.kind, cadre.level) for cadre in country.cadres if cadre.level not in keys]
    found += [f"le métier « {kind} » est d’un niveau qui n’existe pas : « {level} »." for kind, level in strayed]
    named = [(level.key, level.name) for level in country.levels]
    named += [(c.kind, words) for c in country.cadres for words in (c.name, c.woman, c.man)]
    found += [
        f"« {key} » a un nom dans une langue qui n’est pas du pays." for key, words in named if set(words) - codes
    ]
    return found + [f"« {key} » n’a pas de nom en français." for key, words in named if words and not words.get(FRENCH)]


def is_known(locale: str) -> bool:
    """Whether Babel can write numbers as this locale does."""
    try:
        return bool(Locale.parse(locale))
    except (UnknownLocaleError, ValueError):
        return False


def _present() -> Country:
    try:
        return load(country_folder(os.environ))
    except CountryError as error:
        raise SystemExit(f"Le pays ne peut pas être chargé ; rien n’est servi :\n{error}") from None


COUNTRY = _present()
