"""reviewers and what they sign

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

import lms.core.database

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('reviewer',
    sa.Column('uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('person_uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('since', lms.core.database.Moment(timezone=True), nullable=False),
    sa.Column('until', lms.core.database.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_uid'], ['receipt.uid'], name=op.f('fk_reviewer_person_uid')),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_reviewer'))
    )
    with op.batch_alter_table('reviewer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reviewer_person_uid'), ['person_uid'], unique=False)

    op.create_table('review_signature',
    sa.Column('module', sa.String(length=60), nullable=False),
    sa.Column('unit', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('verdict', sa.String(length=10), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('back', sa.String(length=2000), nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('text', sa.String(length=16), nullable=False),
    sa.Column('content', sa.String(length=64), nullable=False),
    sa.Column('reviewer_uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.Column('uid', lms.core.database.UidType(length=16), nullable=False),
    sa.Column('origin', lms.core.database.UidType(length=16), nullable=False),
    sa.CheckConstraint("verdict in ('good', 'fix', 'dangerous')", name=op.f('ck_review_signature_verdict')),
    sa.ForeignKeyConstraint(['origin'], ['receipt.uid'], name=op.f('fk_review_signature_origin')),
    sa.ForeignKeyConstraint(['reviewer_uid'], ['receipt.uid'], name=op.f('fk_review_signature_reviewer_uid')),
    sa.ForeignKeyConstraint(['uid'], ['receipt.uid'], name=op.f('fk_review_signature_uid')),
    sa.PrimaryKeyConstraint('uid', name=op.f('pk_review_signature'))
    )
    with op.batch_alter_table('review_signature', schema=None) as batch_op:
        batch_op.create_index('ix_review_signature_module', ['module'], unique=False)
        batch_op.create_index('ix_review_signature_origin', ['origin'], unique=False)
        batch_op.create_index('ix_review_signature_word', ['reviewer_uid', 'module', 'unit', 'language', 'role'], unique=True, sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))
        batch_op.create_index('uq_review_signature_current', ['origin'], unique=True, sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))


def downgrade():
    raise NotImplementedError("what was signed is not given up: restore a backup instead")
