"""Finding a person or a group by what is remembered of its name, however it is spelt."""

from sqlalchemy import and_, or_, select

from lms.core.database import db
from lms.core.folding import fold, fold_name, name_beginnings
from lms.people.models import Group, Person

MOST = 50
AFTER_ALL_LETTERS = "\U0010ffff"


def has_word(column, word):
    """One of the words of the column begins so: some families bear two names."""
    return or_(begins(column, word), column.contains(f" {word}", autoescape=True))


def named_so(word):
    """Her first or her family name begins so, in any spelling."""
    keys = name_beginnings(word)
    return or_(*(has_word(column, key) for key in keys for column in (Person.given_key, Person.family_key)))


def begins(column, key):
    """The column begins with this key: a range, so that the index of the column serves."""
    return and_(column >= key, column < key + AFTER_ALL_LETTERS)


def find_people(asked, reach):
    """At most 50 persons in reach: each word begins her first or her family name, or the whole is her code.

    Officials above the health area find workers by name, and members by their code only.
    """
    words = fold(asked).split()
    if not words:
        return []
    named = and_(*(named_so(word) for word in words))
    by_name = named if reach.sees_names else and_(named, Person.code.is_(None))
    clause = or_(by_name, Person.code == asked.strip().upper())
    return db.session.scalars(
        select(Person).where(clause, Person.within(reach)).order_by(Person.given_key, Person.family_key).limit(MOST)
    ).all()


def find_groups(asked, reach):
    """At most 50 groups in reach whose name begins so."""
    if not fold(asked):
        return []
    return db.session.scalars(
        select(Group)
        .where(begins(Group.name_key, fold_name(asked)), Group.within(reach))
        .order_by(Group.name_key)
        .limit(MOST)
    ).all()
