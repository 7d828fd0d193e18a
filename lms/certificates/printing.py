"""From certificates to paper: what each sheet says, and whether the font can say it."""

from datetime import date

from flask import current_app, request, url_for
from flask_babel import force_locale
from sqlalchemy import select

from lms.certificates.models import Award, Certificate, Printing
from lms.certificates.numbers import PREFIX
from lms.certificates.paper import Sheet, print_sheets
from lms.core import paper
from lms.core.country import COUNTRY
from lms.core.database import db, new_uid
from lms.people.mandates import office_title


def of_award(award):
    """The certificates of an award, in the order of the register."""
    rows = select(Certificate).where(Certificate.award_uid == award.uid)
    return db.session.scalars(rows.order_by(Certificate.place_in_register, Certificate.module)).all()


def of_training(training):
    """The certificates of every award of a training, in the order of its register."""
    rows = (
        select(Certificate)
        .join(Award, Award.uid == Certificate.award_uid)
        .where(Award.current, Award.training_uid == training.origin)
        .order_by(Certificate.place_in_register, Certificate.kind.desc(), Certificate.module)
    )
    return db.session.scalars(rows).all()


def unprintable_names(persons):
    """[(person, the letters of her name that the font lacks)], for the names that cannot be printed."""
    found = [(person, paper.unprintable(person.name)) for person in persons]
    return [(person, letters) for person, letters in found if letters]


def pdf(papers, printed_by, black_only=False):
    """One PDF of these certificates. A second printing is marked as a duplicate; each printing is remembered."""
    before = _printed_before(papers)
    data = print_sheets([sheet(p, duplicate=p.uid in before) for p in papers], black_only=black_only)
    db.session.add_all(Printing(uid=new_uid(), certificate_uid=p.uid, printed_by=printed_by.origin) for p in papers)
    db.session.commit()
    return data


def _printed_before(papers):
    rows = select(Printing.certificate_uid).where(Printing.certificate_uid.in_([p.uid for p in papers]))
    return set(db.session.scalars(rows.distinct()))


def sheet(paper_row, duplicate=False):
    """What one certificate says on paper."""
    district = paper_row.unit.above(COUNTRY.giver)
    return Sheet(
        kind=paper_row.kind, holder=paper_row.holder.name, cadre=_office(paper_row.cadre, paper_row.holder),
        module_fr=paper_row.title_fr, module_bm=paper_row.title_bm, version=paper_row.version, place=paper_row.place,
        district=district.name if district else paper_row.unit.name, day=paper_row.issued_on,
        valid_until=paper_row.valid_until, trainer=paper_row.trainer.name, trainer_cadre=_office("trainer", paper_row.trainer),
        number=paper_row.number, check_url=check_address(paper_row.number), duplicate=duplicate,
    )  # fmt: skip


def _office(kind, person):
    """In French, as the sentences around it are, whatever the language of who prints."""
    with force_locale("fr"):
        return str(office_title(kind, person.sex))


def check_address(number):
    """Where anybody may check this number: on the public address of this server, if it has one."""
    path = url_for("certificates.verify_number", number=number)
    return (current_app.config["PUBLIC_URL"] or request.host_url.rstrip("/")) + path


def specimen(name, **more):
    """A sheet for trying names and printers: marked SPÉCIMEN, with a number that is nobody's."""
    plain = {
        "kind": "competence", "cadre": "Membre du groupement",
        "module_fr": "Le corps, le cycle et l’espacement sain des naissances", "module_bm": "", "version": 1,
        "place": "Benkadi, aire de santé de Wacoro", "district": "Dioïla", "day": date.today(),
        "valid_until": None, "trainer": "Oumou Diarra", "trainer_cadre": "Formatrice", "number": f"{PREFIX}-0000000000-0",
        "check_url": f"https://example.org/verify/{PREFIX}-0000000000-0",
    }  # fmt: skip
    return Sheet(holder=name, specimen=True, **(plain | more))
