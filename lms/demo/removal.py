"""Taking the demo away: every row that demo workers told, their accounts, and the fictional places left empty."""

import sqlalchemy as sa

from lms.core.database import db
from lms.core.models import Receipt
from lms.people.models import Account, OrgUnit, OrgUnitCode

REFERENCE = {"org_unit", "org_unit_code", "epoch", "wrong_tries", "device"}


def remove():
    """Removes the demo and commits; returns {table: rows removed}.

    Raises IntegrityError, with nothing removed, when real facts speak of people or groups of the demo.
    """
    cast = db.session.scalars(sa.select(Account.person_uid).where(Account.demo)).all()
    told = sa.select(Receipt.uid).where(sa.or_(Receipt.author.in_(cast), Receipt.uid.in_(cast)))
    counts = {}
    for table in reversed(db.metadata.sorted_tables):
        if table.name not in REFERENCE:
            counts[table.name] = _run(sa.delete(table).where(_of_demo(table, told, cast)))
    counts["org_unit"] = _empty_places()
    db.session.commit()
    return counts


def _of_demo(table, told, cast):
    """Whether a row of this table belongs to the demo: by its receipt, by its person, or by the row it hangs on."""
    if table.name in ("receipt", "held", "conflict"):
        return sa.or_(table.c.author.in_(cast), table.c.uid.in_(cast))
    keys = {key.target_fullname: key.parent for key in table.foreign_keys}
    if "uid" in table.c and any(key.column.table.name == "receipt" for key in table.c.uid.foreign_keys):
        return table.c.uid.in_(told)
    if "account.uid" in keys:
        return keys["account.uid"].in_(sa.select(Account.uid).where(Account.demo))
    for parent in ("session.uid", "training.uid", "award.uid", "certificate.uid"):
        if parent in keys:
            owner = db.metadata.tables[parent.split(".")[0]]
            return keys[parent].in_(sa.select(owner.c.uid).where(_of_demo(owner, told, cast)))
    return table.c.person_uid.in_(cast)


def _empty_places():
    """Fictional villages and areas that nothing real stands in go with their codes; real places stay."""
    gone = 0
    for level in ("village", "area"):
        uids = sa.select(OrgUnit.uid).where(OrgUnit.fictional, OrgUnit.level == level)
        _run(sa.delete(OrgUnitCode).where(OrgUnitCode.unit_uid.in_(uids)))
        gone += _run(sa.delete(OrgUnit).where(OrgUnit.fictional, OrgUnit.level == level))
    return gone


def _run(statement):
    return db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount
