"""phones: the browser a key was told by, so that a withdrawn phone is signed out; what waits, what is in doubt, found at once

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table('device_key', schema=None) as batch_op:
        batch_op.add_column(sa.Column('browser', sa.String(length=64), nullable=True))
    in_doubt, waiting = sa.text('doubt is not null'), sa.text('settled is null and waits_for is not null')
    op.drop_index('ix_receipt_doubt', 'receipt')
    op.create_index('ix_receipt_doubt', 'receipt', ['author', 'path'], unique=False, sqlite_where=in_doubt, postgresql_where=in_doubt)
    op.drop_index('ix_receipt_device', 'receipt')
    op.create_index('ix_receipt_device', 'receipt', ['device', 'device_number', 'author'], unique=False)
    op.create_index(
        'ix_held_waiting', 'held', ['device', 'device_number', 'seq'], unique=False, sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade():
    raise NotImplementedError("what phones are known by is not given up: restore a backup instead")
