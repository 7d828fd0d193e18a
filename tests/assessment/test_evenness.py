"""Two forms of one quiz are a fair pair, and what makes them unfair is said."""

from hypothesis import given
from hypothesis import strategies as st

from lms.assessment import evenness
from lms.assessment.questions import LETTERS, Assessment, Item, Option

IDS = ("un", "deux", "trois")


def item(id, form="A", place=1, options=3, **more):
    """A question whose right answer stands at `place`."""
    said = {"audience": "all", "objective": "dire", "expected": 75} | more
    return Item(
        id=id, forms=tuple(form), source="s", answer=IDS[place - 1], ask={}, rationale={},
        options=tuple(Option(one, {}) for one in IDS[:options]), **said,
    )  # fmt: skip


def pair(**more):
    """The items of two fair forms of eight."""
    return [item(f"{form}{n}", form, place=n % 3 + 1, **more) for form in LETTERS for n in range(8)]


def faults(items, audience="chw", objectives=("dire",)):
    found = Assessment("m", tuple(items), (), {}, ())
    return [what for _keys, what, _cure in evenness.faults(found, audience, objectives)]


def test_a_fair_pair():
    assert faults(pair()) == []


def test_half_of_a_form_are_choices_between_three():
    assert faults([item(f"{f}{n}", f, n % 2 + 1, options=2 + n % 2) for f in LETTERS for n in range(8)]) == []
    few = [item(f"{f}{n}", f, n % 2 + 1, options=2 if n < 5 else 3) for f in LETTERS for n in range(8)]
    assert "La série A a 3 question(s) à 3 images sur 8 pour « chw »." in faults(few)


def test_the_right_answer_does_not_keep_one_place():
    known = [item(f"{form}{n}", form, place=2 if n < 5 else 1) for form in LETTERS for n in range(8)]
    assert faults(known)[0] == "La série A a 5 bonnes réponses sur 8 à la place 2 pour « chw »."


def test_an_objective_nobody_is_asked_for():
    assert faults(pair(), objectives=("dire", "faire")) == [
        f"La série {form} ne demande rien sur l’objectif « faire » pour « chw »." for form in LETTERS
    ]


def test_a_matter_is_in_both_forms_under_whatever_objective():
    items = pair()
    items[0] = item("A0", "A", 1, vital=True, matter="saigner")
    assert faults(items) == ["La matière vitale « saigner » n’est pas dans la série B pour « chw »."]
    items[8] = item("B0", "B", 1, vital=True, matter="saigner", objective="autre")
    assert faults(items, objectives=()) == []


def test_one_form_is_not_much_harder():
    items = [item(one.id, one.forms, one.place(), expected=70 if "A" in one.forms else 75) for one in pair()]
    assert faults(items) == []
    harder = [item(one.id, one.forms, one.place(), expected=69 if "A" in one.forms else 75) for one in pair()]
    assert faults(harder) == ["On attend 69 % de réussite de la série A et 75 % de la série B pour « chw »."]


def test_what_another_audience_is_asked_does_not_count():
    items = [*pair(), item("A9", "A", 1, audience="group", expected=30, vital=True, matter="m")]
    assert faults(items) == []
    assert len(faults(items, "group", ())) == 1


FORMS = st.lists(
    st.builds(
        item,
        st.uuids().map(str),
        form=st.sampled_from(["A", "B", "AB"]),
        place=st.integers(1, 2),
        options=st.integers(2, 3),
        expected=st.none() | st.integers(30, 95),
        vital=st.booleans(),
        matter=st.sampled_from(["", "x", "y"]),
    ),
    max_size=20,
)


@given(FORMS)
def test_a_b_and_b_a_are_judged_alike(items):
    swapped = {"A": "B", "B": "A"}
    turned = [
        item(
            one.id, "".join(swapped[f] for f in one.forms), one.place(), len(one.options),
            expected=one.expected, vital=one.vital, matter=one.matter,
        )
        for one in items
    ]  # fmt: skip
    assert len(faults(items)) == len(faults(turned))


@given(FORMS)
def test_a_form_put_twice_is_always_even(items):
    """Whatever a form is like, its own copy misses no matter and is as hard."""
    both = {"A": items, "B": items}
    assert evenness.missing_matters(both) == []
    assert evenness.expected(both["A"]) == evenness.expected(both["B"])
    assert evenness.commonest_place(items)[1] <= len(items)
