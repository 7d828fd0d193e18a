"""Every kind of fact has one path and one form."""

from sqlalchemy import select

from lms.core.forms import FactForm
from lms.core.models import Receipt
from lms.offline.envelope import FORMS, KINDS
from lms.people.workers import FoundingForm


def kinds_of_fact(form=FactForm):
    """The forms that are posted: those that name a path."""
    return {kind for sub in form.__subclasses__() for kind in kinds_of_fact(sub) | {sub} if "path" in vars(kind)}


def test_every_form_of_a_fact_is_in_the_table_under_its_own_path():
    assert kinds_of_fact() == set(KINDS)
    assert len(FORMS) == len(KINDS)


def test_every_path_is_a_page_that_takes_a_post(app):
    posted = {rule.rule for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert set(FORMS) - {FoundingForm.path} <= posted


def test_every_receipt_finds_the_form_that_reads_it_again(stories):
    for receipt in stories.scalars(select(Receipt)):
        form = FORMS[receipt.path].sent(receipt.body, None, receipt.received_at)
        assert form.uid.data == receipt.uid
        assert form.hash == receipt.hash
