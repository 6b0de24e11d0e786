"""What the screens keep."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes the schema; the data stays."""
    op.create_table('pairings',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=6), nullable=False),
    sa.Column('role', sa.String(length=8), nullable=True),
    sa.Column('counter', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_pairings_centre_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pairings')),
    sa.UniqueConstraint('hash', name=op.f('uq_pairings_hash'))
    )
    with op.batch_alter_table('pairings', schema=None) as batch_op:
        batch_op.create_index('uq_pairings_code', ['centre_id', 'code'], unique=True)

    with op.batch_alter_table('centre_profiles', schema=None) as batch_op:
        batch_op.add_column(sa.Column('paused', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_changes', ['centre_id', 'seq'], unique=False, sqlite_where=sa.text("kind = 'notice' or kind = 'centre_updated'"), postgresql_where=sa.text("kind = 'notice' or kind = 'centre_updated'"))

    with op.batch_alter_table('steps', schema=None) as batch_op:
        batch_op.add_column(sa.Column('let_pass', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('passed_at', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disabled_at', sa.BigInteger(), nullable=True))

