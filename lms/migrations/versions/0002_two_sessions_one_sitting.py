"""two sessions, one sitting

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

import lms.core.database

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('settlement',
    sa.Column('first_uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('second_uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('same', sa.Boolean(), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.Column('uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('origin', lms.core.database.UidType(length=16), nullable=False),
    sa.CheckConstraint('first_uid < second_uid', name=op.f('ck_settlement_pair')),
    sa.ForeignKeyConstraint(['first_uid'], ['receipt.uid'], name=op.f('fk_settlement_first_uid')),
    sa.ForeignKeyConstraint(['origin'], ['receipt.uid'], name=op.f('fk_settlement_origin')),
    sa.ForeignKeyConstraint(['second_uid'], ['receipt.uid'], name=op.f('fk_settlement_second_uid')),
    sa.ForeignKeyConstraint(['uid'], ['receipt.uid'], name=op.f('fk_settlement_uid')),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_settlement'))
    )
    with op.batch_alter_table('settlement', schema=None) as batch_op:
        batch_op.create_index('ix_settlement_first_uid_second_uid', ['first_uid', 'second_uid'], unique=False)
        batch_op.create_index('ix_settlement_origin', ['origin'], unique=False)
        batch_op.create_index('uq_settlement_current', ['origin'], unique=True, sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))


def downgrade():
    with op.batch_alter_table('settlement', schema=None) as batch_op:
        batch_op.drop_index('uq_settlement_current', sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))
        batch_op.drop_index('ix_settlement_origin')
        batch_op.drop_index('ix_settlement_first_uid_second_uid')

    op.drop_table('settlement')
