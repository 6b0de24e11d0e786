"""What a day at the counter needs."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

CALLS = sa.text("kind = 'called' or kind = 'recalled' or kind = 'undone'")


def upgrade() -> None:
    """Changes the schema; the data stays."""
    op.create_table('early_closings',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('minute', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_early_closings_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'day', name=op.f('pk_early_closings'))
    )
    with op.batch_alter_table('services', schema=None) as batch_op:
        batch_op.add_column(sa.Column('daily_limit', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('counters', schema=None) as batch_op:
        batch_op.add_column(sa.Column('skills', sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('priority_confirmed', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('steps', schema=None) as batch_op:
        batch_op.add_column(sa.Column('missing', sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column('ready_on', sa.Date(), nullable=True))

    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reference', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('documents', sa.JSON(none_as_null=True), nullable=True))

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_calls')
        batch_op.create_index('ix_events_calls', ['centre_id', 'kind', 'seq'], unique=False, sqlite_where=CALLS, postgresql_where=CALLS)
