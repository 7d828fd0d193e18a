"""A server with one rule taken away: it answers before it commits, and commits a moment later. For `test_they_bite`."""

import time

from flask import after_this_request

from lms import create_app
from lms.core.database import db
from lms.offline import arrivals, intake

A_MOMENT = 2


def answering_first(envelope, sender):
    """As `intake.take`, but the commit comes after the answer."""
    results, epoch = intake.Batch(envelope, sender).results(), intake.Epoch.present()
    session = db.session()

    @after_this_request
    def _later(answer):
        answer.direct_passthrough = True
        answer.response = _then(answer.response, session)
        return answer

    return results, epoch


def _then(parts, session):
    yield from parts
    time.sleep(A_MOMENT)
    session.commit()


arrivals.take = answering_first
app = create_app()
