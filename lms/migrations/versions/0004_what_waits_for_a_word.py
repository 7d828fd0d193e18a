"""what waits for somebody's word: conflicts that are settled, dates in doubt found at once

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import lms.core.database

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    in_doubt = sa.text('doubt is not null')
    op.create_index('ix_receipt_doubt', 'receipt', ['author'], unique=False, sqlite_where=in_doubt, postgresql_where=in_doubt)
    with op.batch_alter_table('conflict', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settled', sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column('settled_at', lms.core.database.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('settled_by', lms.core.database.UidType(length=16), nullable=True))
        batch_op.create_index(batch_op.f('ix_conflict_author'), ['author'], unique=False)


def downgrade():
    raise NotImplementedError("what was settled is not given up: restore a backup instead")
