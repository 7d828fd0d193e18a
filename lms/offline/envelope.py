"""What a phone sends: many facts in one envelope, each the very body its form would post. And which form reads which."""

import gzip
import hashlib
import zlib
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, ValidationError, WrapValidator

from lms.assessment.forms import FORMS as ASSESSMENT
from lms.cascade.forms import FORMS as CASCADE
from lms.certificates.forms import FORMS as CERTIFICATES
from lms.core.forms import FactForm
from lms.curriculum.review_forms import FORMS as REVIEW
from lms.curriculum.review_forms import SignatureForm
from lms.people.forms import FORMS as PEOPLE
from lms.people.group_forms import FORMS as GROUPS
from lms.people.workers import FoundingForm, WorkerForm

KINDS: tuple[type[FactForm], ...] = (
    *PEOPLE, *GROUPS, FoundingForm, WorkerForm, *REVIEW, *ASSESSMENT, *CASCADE, *CERTIFICATES,
)  # fmt: skip
FORMS = {form.path: form for form in KINDS}
CARRIED = {path: form for path, form in FORMS.items() if form not in (FoundingForm, WorkerForm, SignatureForm)}
"""What a phone may bring home. Workers are appointed on line, with an account and a code; a text is signed on line, as it
stands at that moment.
"""

FACTS, ON_THE_WIRE, INFLATED = 200, 256 * 1024, 4 * 1024 * 1024


class UnreadableError(ValueError):
    """An envelope that is cut, altered, or none at all."""


class TooBigError(ValueError):
    """More than one envelope may hold: 200 facts, 256 KB on the wire, 4 MB inflated."""


def _or_none(said, read):
    """What cannot be read counts as not sent."""
    try:
        return read(said)
    except ValidationError:
        return None


def _writable(path):
    """A path as every database can keep it; it is no path of ours before or after."""
    return path.replace("\0", "\ufffd")


Path = Annotated[str, Field(max_length=200), AfterValidator(_writable)]
Number = Annotated[Annotated[int, Field(ge=1, le=2**31 - 1)] | None, WrapValidator(_or_none)]
Clock = Annotated[str | None, WrapValidator(_or_none)]


class Told(BaseModel):
    """One fact as a phone sends it. What its clock and counter say is read leniently: a bad clock refuses nothing."""

    uid: UUID
    path: Path
    body: str
    number: Number = None
    at: Clock = None
    author: str | None = Field(default=None, max_length=60)

    @property
    def moment(self) -> datetime | None:
        """When it was told, by the phone's clock, in UTC; None when that cannot be read."""
        return moment(self.at)

    @property
    def hash(self) -> bytes:
        """SHA-256 of the plain body."""
        return hashlib.sha256(self.body.encode()).digest()


class Envelope(BaseModel):
    """A batch of facts of one phone. `now` is the phone's clock at sending, `epoch` the last it heard of."""

    client: int = 1
    device: str = Field(pattern="^[0-9a-f]{32}$")
    count: int
    sha256: str
    now: Clock = None
    epoch: str | None = Field(default=None, max_length=80)
    facts: list[Told]


def moment(text: str | None) -> datetime | None:
    """An ISO time as UTC, or None. The first and the last year are none: a zone may push them out of the calendar."""
    try:
        found = datetime.fromisoformat(text or "")
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if MINYEAR < found.year < MAXYEAR else None


def read(raw: bytes, gzipped: bool = False) -> Envelope:
    """The envelope in these bytes, whole and unaltered.

    Raises UnreadableError, or TooBigError; nothing of a doubtful envelope is taken.
    """
    if len(raw) > ON_THE_WIRE:
        raise TooBigError(f"{len(raw)} bytes on the wire")
    text = inflate(raw) if gzipped else raw
    try:
        envelope = Envelope.model_validate_json(text)
    except ValidationError as error:
        raise UnreadableError(_first(error)) from error
    if len(envelope.facts) > FACTS:
        raise TooBigError(f"{len(envelope.facts)} facts")
    _check(envelope)
    return envelope


def _check(envelope):
    if envelope.count != len(envelope.facts):
        raise UnreadableError(f"{envelope.count} announced, {len(envelope.facts)} there")
    try:
        found = hashlib.sha256("".join(fact.body for fact in envelope.facts).encode()).hexdigest()
    except UnicodeEncodeError as error:
        raise UnreadableError("a body is not UTF-8") from error
    if found != envelope.sha256.lower():
        raise UnreadableError("the bodies are not those that were announced")


def _first(error):
    fault = error.errors()[0]
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"[:200]


def inflate(raw: bytes) -> bytes:
    """The bytes unpacked; TooBigError past 4 MB, before they are all unpacked."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        text = inflater.decompress(raw, INFLATED)
    except zlib.error as error:
        raise UnreadableError("not gzip, or cut") from error
    if inflater.unconsumed_tail:
        raise TooBigError("more than 4 MB inflated")
    if not inflater.eof:
        raise UnreadableError("cut")
    return text


def pack(envelope: Envelope) -> bytes:
    """The envelope as it travels."""
    return gzip.compress(envelope.model_dump_json().encode(), mtime=0)


def fill(device: str, facts: list[Told], *, now: datetime, epoch: str | None = None) -> Envelope:
    """An envelope with these facts, counted and hashed."""
    sha256 = hashlib.sha256("".join(fact.body for fact in facts).encode()).hexdigest()
    return Envelope(device=device, count=len(facts), sha256=sha256, now=now.isoformat(), epoch=epoch, facts=facts)
