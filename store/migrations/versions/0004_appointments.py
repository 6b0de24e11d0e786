"""Appointments."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes the schema; the data stays."""
    op.create_table('appointments',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('reference', sa.String(length=8), nullable=False),
    sa.Column('service', sa.String(length=16), nullable=False),
    sa.Column('services', sa.JSON(none_as_null=True), nullable=False),
    sa.Column('start', sa.BigInteger(), nullable=False),
    sa.Column('end', sa.BigInteger(), nullable=False),
    sa.Column('place', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=True),
    sa.Column('priority', sa.String(length=16), nullable=True),
    sa.Column('sequence', sa.BigInteger(), nullable=False),
    sa.Column('moved_late', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_appointments_centre_id')),
    sa.ForeignKeyConstraint(['centre_id', 'service'], ['services.centre_id', 'services.code'], name=op.f('fk_appointments_centre_id_service')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_appointments_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointments')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_appointments_ticket_id'))
    )
    with op.batch_alter_table('appointments', schema=None) as batch_op:
        batch_op.create_index('uq_appointments_place', ['centre_id', 'service', 'start', 'place'], unique=True)
        batch_op.create_index('uq_appointments_reference', ['centre_id', 'reference'], unique=True)

    op.create_table('bookers',
    sa.Column('appointment_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointments.id'], name=op.f('fk_bookers_appointment_id')),
    sa.PrimaryKeyConstraint('appointment_id', name=op.f('pk_bookers'))
    )
