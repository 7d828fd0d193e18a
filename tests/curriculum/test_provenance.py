"""Content a fact names is kept as it was, under the hash of its words, pictures and questions."""

import pytest

from lms.assessment import questions
from lms.curriculum.content import catalogue, kept
from lms.curriculum.provenance import AlteredError, folder_of, keep
from lms.curriculum.reading import read


def hash_of(folder):
    return read(folder.root)[0].modules["attendre"].hash


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("modules/attendre/fr.md", True),
        ("modules/attendre/module.toml", True),
        ("modules/attendre/media/un.svg", True),
        ("assessments/attendre.toml", True),
        ("modules/attendre/review.toml", False),
        ("modules/attendre/media/un.bm.opus", False),
        ("assessments/thresholds.toml", False),
    ],
)
def test_the_hash_covers_text_pictures_and_questions_only(folder, path, counts):
    before = hash_of(folder)
    file = folder.root / path
    folder.write(path, (file.read_text() if file.exists() else "") + "\n")
    assert (hash_of(folder) != before) is counts


def test_the_hash_does_not_depend_on_the_place(folder, tmp_path):
    before = hash_of(folder)
    assert hash_of(type(folder)(tmp_path / "elsewhere")) == before


def test_an_old_attempt_is_judged_by_its_own_key(folder, serve):
    with serve().app_context():
        old = catalogue().modules["attendre"]
        keep(old)
        keep(old)
    folder.change("assessments/attendre.toml", 'answer = "oui"', 'answer = "non"')
    folder.change("assessments/attendre.toml", 'misconception = "trop-vite"\n', "")
    with serve().app_context():
        assert catalogue().modules["attendre"].hash != old.hash
        assert questions.of(kept(old.hash)).by_id["qa0"].answer == "oui"
        assert questions.assessment("attendre").by_id["qa0"].answer == "non"
        assert kept(old.hash).title["fr"] == "Attendre"
        assert not list(folder_of(old.hash).parent.glob(".keeping-*"))


def test_content_is_kept_from_memory(folder, serve):
    """A fact posted while a new release is being copied names what this server read."""
    with serve().app_context():
        module = catalogue().modules["attendre"]
        folder.change("modules/attendre/fr.md", "Après", "Depuis")
        keep(module)
        assert "Après" in kept(module.hash).cards["un"].text["fr"]


@pytest.mark.parametrize("hash", ["", "../../etc", "0" * 64, "x" * 64])
def test_what_was_never_kept_is_not_found(serve, hash):
    with serve().app_context(), pytest.raises(LookupError):
        kept(hash)


def test_kept_content_that_was_touched_is_refused(serve):
    with serve().app_context():
        module = catalogue().modules["attendre"]
        (keep(module) / "assessments/attendre.toml").write_text("")
        with pytest.raises(AlteredError):
            kept(module.hash)
