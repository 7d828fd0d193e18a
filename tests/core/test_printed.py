"""A paper is laid out once; whoever asks next gets what the first one waited for."""

import threading

import pytest

from lms.core import paper, printed

PICTURE = {"a": b"<svg/>"}


@pytest.fixture
def press(app, stories):
    """Prints a paper that tells how often it was laid out."""
    laid = []

    def printing(html="<p>x</p>", pictures=PICTURE, name="chart"):
        printed.kept(name, html, pictures, lambda: laid.append(html) or f"{html}{len(laid)}".encode())
        return len(laid)

    return printing


def in_folder(app):
    return sorted(path.name.split(".")[0] for path in (app.config["LMS_DATA"] / "printed").iterdir())


def test_the_second_one_does_not_wait(press):
    assert [press(), press()] == [1, 1]


@pytest.mark.parametrize("other", [{"html": "<p>y</p>"}, {"pictures": {"a": b"<svg />"}}, {"pictures": {}}])
def test_a_changed_word_or_picture_is_another_paper(press, app, other):
    press()
    assert press(**other) == 2
    assert in_folder(app) == ["chart"], "the older one is thrown away"


def test_papers_of_other_names_stay(press, app):
    press(name="chart")
    press(name="chart-noir")
    assert in_folder(app) == ["chart", "chart-noir"]


def test_the_style_of_all_paper_counts(press, monkeypatch):
    press()
    monkeypatch.setattr(paper, "STYLE", paper.STYLE + "/* new */")
    assert press() == 2


def test_two_who_ask_at_once_wait_for_one_layout(app):
    laid, answers = [], []

    def ask():
        with app.app_context():
            answers.append(printed.kept("chart", "<p>x</p>", {}, lambda: laid.append(1) or b"%PDF"))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(laid), answers) == (1, [b"%PDF"] * 5)


def test_a_layout_that_fails_leaves_nothing(app, stories):
    def fails():
        raise paper.UnprintableError("中")

    with pytest.raises(paper.UnprintableError):
        printed.kept("chart", "<p>x</p>", {}, fails)
    assert not (app.config["LMS_DATA"] / "printed").exists()
