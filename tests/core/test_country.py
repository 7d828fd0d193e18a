"""A second, tiny country is served without a line of code: its places, offices, languages, marks, its own numbers."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pypdf import PdfReader

from lms.core.country import COUNTRY, Country, CountryError, faults, load
from lms.curriculum.content import taught, unteachable
from lms.curriculum.reading import read
from lms.people.mandates import cadre_faults
from tests.curriculum.folder import Folder

ROOT = Path(__file__).resolve().parents[2]
FASO = """
name = "Faso d’essai"
top = "BF"
certificates = "BFA"
numbers = "fr_BF"
groups_speak = "mos"
state = "Faso d’essai"
motto = "La patrie ou l’étude"
giver = "province"
curriculum = ["attendre"]

[languages.fr]
name = "Français"
[languages.mos]
name = "Mooré"
draft = true
aliases = ["mo"]

[[levels]]
key = "pays"
fr = "Pays"
[[levels]]
key = "province"
fr = "Province"
mos = "Soolem"
[[levels]]
key = "quartier"
fr = "Quartier"
mos = "Saka"

[[cadres]]
kind = "national"
level = "pays"
name.fr = "Direction de la santé"
[[cadres]]
kind = "chw"
level = "province"
name.fr = "Agent·e de santé à base communautaire (ASBC)"
name.mos = "Laafi tʋm-tʋmda"
woman.fr = "Agente ASBC"
man.fr = "Agent ASBC"
"""
CATALOGUE = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: mos\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Lieux"
msgstr "Zĩisi"
"""
LIFE = """
import sys
from lms import create_app
from lms.core.cli import bring_up_to_date
from lms.core.database import db
from lms.people.models import OrgUnit
app = create_app(TESTING=True, RATELIMIT_ENABLED=False)
with app.app_context():
    bring_up_to_date()
her = ["--identifier", "chef", "--given", "Aminata", "--family", "Zongo", "--sex", "F"]
done = app.test_cli_runner().invoke(args=["admin", "create", *her])
assert done.exit_code == 0, done.output
code = done.output.split(" : ")[1].split()[0]
me = app.test_client()
def post(address, **fields):
    return me.post(address, data=fields)
answer = post("/activate", identifier="chef", code=code, new_pin="284617", again="284617")
assert answer.status_code == 303, answer.text
with app.app_context():
    top = db.session.scalar(db.select(OrgUnit))
    print("TOP", top.path, top.level, top.name)
    uid = top.uid
assert post("/places/", above=str(uid), name="Oubritenga", code="OUB").status_code == 303
with app.app_context():
    below = db.session.scalar(db.select(OrgUnit).where(OrgUnit.path == "BF.OUB"))
    print("BELOW", below.level)
    below = below.uid
assert post("/places/", above=str(below), name="Ziniaré", code="ZIN").status_code == 303
print("PLACES", me.get(f"/places/?in={uid}").text)
print("LAST", me.get(f"/places/?in={below}").text)
print("WORKERS", me.get("/workers/new").text)
print("MODULES", me.get("/modules/").text)
assert me.post("/language", data={"language": "bm"}).status_code == 400
assert me.post("/language", data={"language": "mos", "next": "/modules/"}).status_code == 303
print("MOS", me.get("/modules/").text)
print("MOSPLACES", me.get(f"/places/").text)
print("ACCEPTED", app.test_client().get("/", headers={"Accept-Language": "mo-BF"}).text)
print("VERIFY", me.get("/verify").text)
from lms.assessment.questions import assessment
from lms.certificates.numbers import certificate_number, read_number
from lms.certificates.paper import print_sheets
from lms.certificates.printing import specimen
from lms.core.language import number
import uuid
with app.app_context():
    print("MARK", assessment("attendre").percent("group"), assessment("attendre").units[0].text.keys())
given = certificate_number(uuid.UUID(int=2**127 + 5))
assert read_number(given) == given and read_number(given.lower()) == given
print("NUMBER", given, number(1234.5))
if len(sys.argv) > 1:
    open(sys.argv[1], "wb").write(print_sheets([specimen("Aminata Zongo")]))
"""


def in_moore(text):
    return text.replace("bm = ", "mos = ").replace(".bm = ", ".mos = ").replace("rationale.bm", "rationale.mos")


@pytest.fixture
def faso(tmp_path):
    """The country's folder: its file, a module in Mooré, its marks, a catalogue of one sentence."""
    folder = Folder(tmp_path / "faso")
    folder.write("country.toml", FASO)
    for path in (folder.root / "modules/attendre/module.toml", folder.root / "assessments/attendre.toml"):
        path.write_text(in_moore(path.read_text()))
    (folder.root / "modules/attendre/bm.md").rename(folder.root / "modules/attendre/mos.md")
    folder.write("thresholds.toml", (folder.root / "assessments/thresholds.toml").read_text().replace("80", "60"))
    (folder.root / "modules").joinpath("autre").mkdir()
    for file in (folder.root / "modules/attendre").rglob("*.*"):
        if file.is_file():
            target = folder.root / "modules/autre" / file.relative_to(folder.root / "modules/attendre")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes().replace(b"order = 1", b"order = 2"))
    folder.write("assessments/autre.toml", (folder.root / "assessments/attendre.toml").read_text())
    catalogue = folder.write("translations/mos/LC_MESSAGES/messages.po", CATALOGUE)
    with open(catalogue, "rb") as source, open(catalogue.with_suffix(".mo"), "wb") as target:
        write_mo(target, read_po(source))
    return folder.root


def live(country, data, *words, script=LIFE):
    """Runs a life in another country, in a process of its own: a server is of one country."""
    here = {"LMS_COUNTRY": str(country), "LMS_DATA": str(data), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, words)],
        env=here,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_second_country_is_served(faso, tmp_path):
    done = live(faso, tmp_path / "data", tmp_path / "paper.pdf")
    assert done.returncode == 0, done.stderr
    parts = dict(part.split(" ", 1) for part in _parts(done.stdout))
    assert parts["TOP"].strip() == "BF pays Faso d’essai"
    assert parts["BELOW"].strip() == "province"
    shown = {
        "PLACES": ["Province", "Oubritenga"], "LAST": ["Quartier"], "WORKERS": ["ASBC", "Direction de la santé"],
        "MODULES": ["Mooré", 'href="/modules/attendre"'], "MOS": ['<html lang="mos"'], "MOSPLACES": ["Zĩisi"],
        "ACCEPTED": ['<html lang="mos"'], "VERIFY": ['placeholder="BFA-…"'], "MARK": ["60 ", "'mos'"], "NUMBER": ["BFA-"],
    }  # fmt: skip
    assert not [(name, word) for name, words in shown.items() for word in words if word not in parts[name]]
    assert "Sage-femme" not in parts["WORKERS"]
    assert not [word for word in ("Bamanankan", "/modules/autre") if word in parts["MODULES"]]
    paper = PdfReader(tmp_path / "paper.pdf").pages[0].extract_text()
    assert [word in paper for word in ("Province", "BFA-", "seereyasɛbɛn", "Mali")] == [True, True, False, False]


def _parts(text):
    """`NAME rest` of each part that LIFE printed."""
    part = ""
    for line in text.splitlines(keepends=True):
        if part and line[:1].isalpha() and line.split(" ", 1)[0].strip().isupper():
            yield part
            part = line
        else:
            part += line
    yield part


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('top = "BF"', 'top = "bf"', "top"), ('giver = "province"', 'giver = "region"', "giver"),
        ('groups_speak = "mos"', 'groups_speak = "bm"', "groups_speak"), ("[languages.fr]", "[languages.en]", "français"),
        ('level = "pays"', 'level = "lune"', "lune"),
        ('name = "Mooré"', "", "name"),
        ('key = "quartier"', 'key = "pays"', "même clé"), ('numbers = "fr_BF"', 'numbers = "zz_ZZ"', "numbers"),
        ('name = "Faso d’essai"', "name =", "illisible"),
        ('mos = "Saka"', 'dyu = "Saka"', "langue"), ('top = "BF"', 'top = "BF"\npoids = 1', "poids"),
    ],
)  # fmt: skip
def test_a_fault_of_a_country_is_named(tmp_path, old, new, what):
    assert old in FASO
    (tmp_path / "country.toml").write_text(FASO.replace(old, new, 1))
    with pytest.raises(CountryError, match=what):
        load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('giver = "province"', 'giver = "region"', "giver"), ('kind = "national"', 'kind = "roi"', "roi"),
        ('curriculum = ["attendre"]', 'curriculum = ["lune"]', "lune"),
    ],
)  # fmt: skip
def test_a_faulty_country_is_not_served(faso, tmp_path, old, new, what):
    (faso / "country.toml").write_text(FASO.replace(old, new, 1))
    done = live(faso, tmp_path / "data", script="from lms import create_app; create_app()")
    assert done.returncode != 0
    assert [word in done.stderr for word in (what, "rien n’est servi")] == [True, True]


def test_a_country_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CountryError, match="LMS_COUNTRY"):
        load(tmp_path)


def test_mali_is_as_it_was():
    assert load(ROOT / "countries" / "ml") == COUNTRY
    assert COUNTRY.level_keys == ("country", "region", "district", "area", "village")
    assert [cadre.kind for cadre in COUNTRY.cadres] == [
        "national",
        "district",
        "trainer",
        "supervisor",
        "midwife",
        "chw",
    ]
    assert (COUNTRY.certificates, COUNTRY.groups_speak, set(COUNTRY.languages)) == ("ML", "bm", {"fr", "bm"})
    assert not [fault for each in (faults, cadre_faults) for fault in each(COUNTRY)]


def test_a_choice_of_modules_keeps_its_order_and_what_comes_before():
    everything = read(ROOT)[0]
    first, second = list(everything.modules)[:2]
    assert list(taught(everything, [second, first]).modules) == [second, first]
    assert taught(everything, ()) is everything
    assert unteachable(everything, [first]) == []
    assert "n’existe pas" in unteachable(everything, ["lune"])[0].what
    assert "avant lui" in unteachable(everything, ["cycle-espacement"])[0].what


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(list(tomllib.loads(FASO))), inner, max_size=5), max_leaves=12))  # fmt: skip
def test_any_country_is_taken_or_refused(value):
    known = tomllib.loads(FASO)
    try:
        country = Country.model_validate(known | value if isinstance(value, dict) else value)
    except ValidationError:
        return
    assert isinstance(faults(country), list)
