"""what comes home from a phone: its way, what was held, the phones themselves

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import lms.core.database

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade():
    with op.batch_alter_table('epoch', schema=None) as batch_op:
        batch_op.alter_column('number', existing_type=sa.Integer(), type_=sa.BigInteger(), existing_nullable=False)

    with op.batch_alter_table('receipt', schema=None, table_kwargs={'sqlite_autoincrement': True}) as batch_op:
        batch_op.add_column(sa.Column('told_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('doubt', sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column('vouched_by', lms.core.database.UidType(length=16), nullable=True))
        batch_op.create_index('ix_receipt_device', ['device', 'device_number'], unique=False)

    with op.batch_alter_table('conflict', schema=None) as batch_op:
        batch_op.drop_constraint('fk_conflict_uid', type_='foreignkey')
        batch_op.alter_column('path', existing_type=sa.String(length=64), type_=sa.String(length=200), existing_nullable=False)
        batch_op.add_column(sa.Column('device', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('device_number', sa.Integer(), nullable=True))
        batch_op.create_index('ix_conflict_device', ['device', 'device_number'], unique=False)

    op.create_table('held',
    sa.Column('seq', SEQUENCE, autoincrement=True, nullable=False),
    sa.Column('uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=True),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('author', lms.core.database.UidType(length=16), nullable=True),
    sa.Column('received_at', lms.core.database.Moment(timezone=True), nullable=False),
    sa.Column('device', sa.String(length=64), nullable=True),
    sa.Column('device_number', sa.Integer(), nullable=True),
    sa.Column('device_at', lms.core.database.Moment(timezone=True), nullable=True),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('doubt', sa.String(length=12), nullable=True),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('waits_for', lms.core.database.UidType(length=16), nullable=True),
    sa.Column('settled', sa.String(length=8), nullable=True),
    sa.Column('settled_at', lms.core.database.Moment(timezone=True), nullable=True),
    sa.Column('settled_by', lms.core.database.UidType(length=16), nullable=True),
    sa.Column('settled_why', sa.String(length=500), nullable=True),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_held')),
    sa.UniqueConstraint('uid', name=op.f('uq_held_uid')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('held', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_held_author'), ['author'], unique=False)
        batch_op.create_index('ix_held_device', ['device', 'device_number'], unique=False)
        batch_op.create_index(batch_op.f('ix_held_waits_for'), ['waits_for'], unique=False)

    op.create_table('device',
    sa.Column('uid', sa.String(length=64), nullable=False),
    sa.Column('label', sa.String(length=8), nullable=False),
    sa.Column('enrolled_at', lms.core.database.Moment(timezone=True), nullable=False),
    sa.Column('seen_at', lms.core.database.Moment(timezone=True), nullable=False),
    sa.Column('skew', sa.Integer(), nullable=False),
    sa.Column('revoked_at', lms.core.database.Moment(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_device'))
    )
    op.create_table('device_key',
    sa.Column('device_uid', sa.String(length=64), nullable=False),
    sa.Column('account_uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('public', sa.LargeBinary(length=65), nullable=False),
    sa.Column('enrolled_at', lms.core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_uid'], ['account.uid'], name=op.f('fk_device_key_account_uid')),
    sa.ForeignKeyConstraint(['device_uid'], ['device.uid'], name=op.f('fk_device_key_device_uid')),
    sa.PrimaryKeyConstraint('device_uid', 'account_uid', 'public', name=op.f('pk_device_key'))
    )
    with op.batch_alter_table('device_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_device_key_account_uid'), ['account_uid'], unique=False)


def downgrade():
    raise NotImplementedError("what phones brought home is not given up: restore a backup instead")
