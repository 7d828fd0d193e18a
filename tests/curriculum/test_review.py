"""The state of a text is computed from who signed what."""

import tomllib
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from lms.curriculum import review
from lms.curriculum.reading import read
from lms.curriculum.review import ROLES, ReviewFile, Signature, State, Verdict, digest, objections, stands, state
from lms.curriculum.review_file import written
from lms.curriculum.syllabus import Unit

TEXTS = st.text("abɛɔ 12", min_size=1, max_size=6)
SIGNATURES = st.lists(
    st.builds(
        Signature, unit=st.just("u"), language=st.just("bm"), role=st.sampled_from([*ROLES, "other"]),
        reviewer=st.sampled_from(["Awa", "Oumou", "Binta"]), signed=st.just(date(2026, 1, 1)),
        source=TEXTS.map(digest), text=TEXTS.map(digest), verdict=st.sampled_from(Verdict),
    ),
    max_size=6,
)  # fmt: skip


def sign(source, text, role, reviewer):
    return Signature("u", "bm", role, reviewer, date(2026, 1, 1), digest(source), digest(text))


def both(source, text):
    return [sign(source, text, "native", "Awa"), sign(source, text, "clinician", "Djeneba")]


def signed(folder, *units, language="bm"):
    """A review.toml in which two people sign these units as they are now."""
    module = next(iter(read(folder.root)[0]))
    lines = []
    for id in units:
        texts = module.unit(id).text
        for role, reviewer in (("native", "Awa"), ("clinician", "Djeneba")):
            lines.append(
                f'[[signatures]]\nunit = "{id}"\nlanguage = "{language}"\nrole = "{role}"\n'
                f'reviewer = "{reviewer}"\nsigned = 2026-01-01\n'
                f'source = "{digest(texts["fr"])}"\ntext = "{digest(texts[language])}"\n'
            )
    return "\n".join(lines)


@given(TEXTS, SIGNATURES)
def test_nothing_written_is_missing_whoever_signed(source, signatures):
    assert state(source, "", signatures) is State.MISSING


@given(TEXTS, TEXTS)
def test_nobody_signed_is_a_draft(source, text):
    assert state(source, text, []) is State.DRAFT


@given(TEXTS, TEXTS, SIGNATURES)
def test_two_people_signing_this_very_text_validate_it_unless_somebody_objects(source, text, older):
    objected = any(one.role in ROLES and one.verdict != "good" and stands(one, source, text) for one in older)
    found = state(source, text, [*older, *both(source, text)])
    assert found is (State.DRAFT if objected else State.VALIDATED)


@given(TEXTS, TEXTS, SIGNATURES)
def test_nothing_that_somebody_objects_to_is_validated(source, text, signatures):
    unit = Unit("u", {"fr": source, "bm": text}, {})
    if objections([unit], signatures):
        assert state(source, text, signatures) is not State.VALIDATED


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(ROLES))
def test_what_is_dangerous_is_so_until_its_own_words_change(source, text, french_now, role):
    said = Signature("u", "bm", role, "Awa", date(2026, 1, 1), digest(source), digest(text), Verdict.DANGEROUS)
    assert objections([Unit("u", {"fr": french_now, "bm": text}, {})], [said]) == {("u", "bm"): Verdict.DANGEROUS}
    assert objections([Unit("u", {"fr": source, "bm": text + "!"}, {})], [said]) == {}


@given(SIGNATURES, st.text(max_size=40), st.text(max_size=40))
def test_a_file_says_again_what_was_written_into_it(signatures, note, back):
    signatures = [replace(one, note=note, back=back) for one in signatures]
    again = TypeAdapter(ReviewFile).validate_python(tomllib.loads(written(signatures))).signatures
    assert set(again) == set(signatures)
    assert written(again) == written(reversed(signatures))


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_a_changed_text_or_french_is_stale(source, text, source_now, text_now):
    expected = State.VALIDATED if (source, text) == (source_now, text_now) else State.STALE
    assert state(source_now, text_now, both(source, text)) is expected


@given(TEXTS, TEXTS, st.sampled_from(ROLES))
def test_one_signature_is_not_enough(source, text, role):
    assert state(source, text, [sign(source, text, role, "Awa")]) is State.DRAFT


@given(TEXTS, TEXTS)
def test_one_person_cannot_sign_for_two(source, text):
    alone = [sign(source, text, role, "Awa") for role in ROLES]
    assert state(source, text, alone) is State.DRAFT


@given(TEXTS, TEXTS, SIGNATURES)
def test_the_order_of_signatures_does_not_matter(source, text, signatures):
    assert state(source, text, signatures) is state(source, text, signatures[::-1])


@given(TEXTS, TEXTS, SIGNATURES)
def test_validated_means_both_roles_signed_this(source, text, signatures):
    read = [one for one in signatures if (one.source, one.text) == (digest(source), digest(text))]
    standing = {one.role for one in read if one.verdict == "good"}
    if state(source, text, signatures) is State.VALIDATED:
        assert set(ROLES) <= standing


@given(TEXTS, TEXTS, SIGNATURES)
def test_counting_loses_nothing(source, text, signatures):
    found = {("u", "fr"): State.DRAFT, ("u", "bm"): state(source, text, signatures)}
    assert sum(n for counts in review.counts(found).values() for n in counts.values()) == 2


def test_signatures_of_the_file_count(folder):
    folder.write("modules/attendre/review.toml", signed(folder, "card:un", "title"))
    module = next(iter(read(folder.root)[0]))
    found = review.states(module.units, review.signatures(module))
    assert review.counts(found)["bm"] == {"missing": 0, "draft": 8, "validated": 2, "stale": 0}
    assert review.counts(found)["fr"]["draft"] == 10


def test_a_correction_of_the_french_makes_the_bambara_stale(folder):
    folder.write("modules/attendre/review.toml", signed(folder, "card:un"))
    folder.change("modules/attendre/fr.md", "Après une naissance", "Après un accouchement")
    module = next(iter(read(folder.root)[0]))
    assert review.states(module.units, review.signatures(module))["card:un", "bm"] is State.STALE


def test_a_recording_of_other_words_is_stale(folder):
    folder.write("modules/attendre/media/un.bm.opus", "sound")
    module = next(iter(read(folder.root)[0]))
    spoken = module.unit("card:un").text["bm"]
    names = (("native", "Awa"), ("clinician", "Djeneba"))
    heard = [
        Signature("audio:un", "bm", role, who, date(2026, 1, 1), digest(spoken), digest(b"sound"))
        for role, who in names
    ]
    assert review.audio_states(module, heard)["audio:un", "bm"] is State.VALIDATED
    assert review.audio_states(module, heard)["audio:un", "fr"] is State.MISSING
    folder.change("modules/attendre/bm.md", "Denba b’a fanga", "Denba bɛ fanga")
    assert review.audio_states(next(iter(read(folder.root)[0])), heard)["audio:un", "bm"] is State.STALE
