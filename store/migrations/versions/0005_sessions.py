"""Sessions of appointments."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes the schema; the data stays."""
    op.create_table('sessions',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('weekday', sa.BigInteger(), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('start', sa.BigInteger(), nullable=False),
    sa.Column('end', sa.BigInteger(), nullable=False),
    sa.Column('services', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('length', sa.BigInteger(), nullable=False),
    sa.Column('capacity', sa.BigInteger(), nullable=False),
    sa.Column('kept', sa.BigInteger(), nullable=False),
    sa.Column('lead', sa.BigInteger(), nullable=False),
    sa.Column('days_ahead', sa.BigInteger(), nullable=True),
    sa.Column('cut_off', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_sessions_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'id', name=op.f('pk_sessions'))
    )
