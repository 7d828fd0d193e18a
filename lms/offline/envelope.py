"""Which form reads the facts posted to which path: the one table that replay, imports and phones go by."""

from lms.assessment.forms import FORMS as ASSESSMENT
from lms.cascade.forms import FORMS as CASCADE
from lms.certificates.forms import FORMS as CERTIFICATES
from lms.core.facts import FactForm
from lms.people.forms import FORMS as PEOPLE
from lms.people.group_forms import FORMS as GROUPS
from lms.people.workers import FoundingForm, WorkerForm

KINDS: tuple[type[FactForm], ...] = (
    *PEOPLE, *GROUPS, FoundingForm, WorkerForm, *ASSESSMENT, *CASCADE, *CERTIFICATES,
)  # fmt: skip
FORMS = {form.path: form for form in KINDS}
