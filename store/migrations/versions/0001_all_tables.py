"""All tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Changes the schema; the data stays."""
    op.create_table('centres',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('last_at', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('waiting', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_centres')),
    sa.UniqueConstraint('code', name=op.f('uq_centres_code'))
    )
    op.create_table('idempotency_keys',
    sa.Column('scope', sa.String(length=64), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('status', sa.BigInteger(), nullable=False),
    sa.Column('answer', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('scope', name=op.f('pk_idempotency_keys'))
    )
    with op.batch_alter_table('idempotency_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_idempotency_keys_created_at'), ['created_at'], unique=False)

    op.create_table('server_keys',
    sa.Column('name', sa.String(length=16), nullable=False),
    sa.Column('secret', sa.String(length=128), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_server_keys'))
    )
    op.create_table('centre_profiles',
    sa.Column('centre_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('week', sa.JSON(), nullable=False),
    sa.Column('lunch', sa.JSON(), nullable=True),
    sa.Column('rules', sa.JSON(), nullable=False),
    sa.Column('notice', sa.JSON(), nullable=True),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_centre_profiles_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', name=op.f('pk_centre_profiles'))
    )
    op.create_table('counters',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('accessible', sa.Boolean(), nullable=False),
    sa.Column('services', sa.JSON(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('open_services', sa.JSON(), nullable=True),
    sa.Column('opened_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_counters_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'number', name=op.f('pk_counters'))
    )
    op.create_table('events',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('ticket_seq', sa.BigInteger(), nullable=True),
    sa.Column('counter', sa.BigInteger(), nullable=True),
    sa.Column('counter_seq', sa.BigInteger(), nullable=True),
    sa.Column('actor', sa.String(length=64), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_events_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'seq', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_calls', ['centre_id', 'kind', 'seq'], unique=False, sqlite_where=sa.text("kind = 'called' or kind = 'recalled'"), postgresql_where=sa.text("kind = 'called' or kind = 'recalled'"))
        batch_op.create_index('ix_events_changes', ['centre_id', 'seq'], unique=False, sqlite_where=sa.text("kind = 'notice' or kind = 'centre_updated'"), postgresql_where=sa.text("kind = 'notice' or kind = 'centre_updated'"))
        batch_op.create_index('ix_events_counter', ['centre_id', 'counter', 'counter_seq'], unique=True)
        batch_op.create_index('ix_events_ticket', ['ticket_id', 'ticket_seq'], unique=True)

    op.create_table('holidays',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_holidays_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'day', name=op.f('pk_holidays'))
    )
    op.create_table('number_counts',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('series', sa.String(length=3), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_number_counts_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'business_date', 'series', name=op.f('pk_number_counts'))
    )
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

    op.create_table('priority_groups',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('weight_minutes', sa.Double(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_priority_groups_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'code', name=op.f('pk_priority_groups'))
    )
    op.create_table('services',
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('series', sa.String(length=3), nullable=False),
    sa.Column('names', sa.JSON(), nullable=False),
    sa.Column('group_code', sa.String(length=16), nullable=True),
    sa.Column('group_names', sa.JSON(), nullable=False),
    sa.Column('target_minutes', sa.Double(), nullable=False),
    sa.Column('expected_minutes', sa.Double(), nullable=False),
    sa.Column('documents', sa.JSON(), nullable=False),
    sa.Column('then', sa.JSON(), nullable=False),
    sa.Column('appointment', sa.Boolean(), nullable=False),
    sa.Column('slot_capacity', sa.BigInteger(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_services_centre_id')),
    sa.PrimaryKeyConstraint('centre_id', 'code', name=op.f('pk_services'))
    )
    op.create_table('tickets',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('priority', sa.String(length=16), nullable=True),
    sa.Column('language', sa.String(length=16), nullable=True),
    sa.Column('issued_at', sa.BigInteger(), nullable=False),
    sa.Column('appointment_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_tickets_centre_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tickets'))
    )
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.create_index('uq_tickets_number', ['centre_id', 'business_date', 'number'], unique=True)

    op.create_table('users',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=8), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('disabled_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_users_centre_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('name', name=op.f('uq_users_name'))
    )
    op.create_table('access_tokens',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('role', sa.String(length=8), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=True),
    sa.Column('counter', sa.BigInteger(), nullable=True),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=True),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id'], ['centres.id'], name=op.f('fk_access_tokens_centre_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_access_tokens_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_tokens')),
    sa.UniqueConstraint('hash', name=op.f('uq_access_tokens_hash'))
    )
    op.create_table('notes',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('event_seq', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_notes_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'event_seq', name=op.f('pk_notes'))
    )
    op.create_table('people',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('recorded_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_people_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_people'))
    )
    op.create_table('steps',
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('centre_id', sa.BigInteger(), nullable=False),
    sa.Column('service', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('joined_at', sa.BigInteger(), nullable=True),
    sa.Column('joined_on', sa.Date(), nullable=True),
    sa.Column('joined_hour', sa.BigInteger(), nullable=True),
    sa.Column('joined_seq', sa.BigInteger(), nullable=True),
    sa.Column('joined_as', sa.String(length=12), nullable=True),
    sa.Column('credit', sa.BigInteger(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=True),
    sa.Column('let_pass', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('passed_at', sa.BigInteger(), nullable=True),
    sa.Column('not_before', sa.BigInteger(), nullable=True),
    sa.Column('direct_to', sa.BigInteger(), nullable=True),
    sa.Column('counter', sa.BigInteger(), nullable=True),
    sa.Column('first_counter', sa.BigInteger(), nullable=True),
    sa.Column('first_called_at', sa.BigInteger(), nullable=True),
    sa.Column('called_at', sa.BigInteger(), nullable=True),
    sa.Column('last_called_at', sa.BigInteger(), nullable=True),
    sa.Column('recalls', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('serving_since', sa.BigInteger(), nullable=True),
    sa.Column('walk', sa.BigInteger(), nullable=True),
    sa.Column('served', sa.BigInteger(), nullable=False),
    sa.Column('held_since', sa.BigInteger(), nullable=True),
    sa.Column('held', sa.BigInteger(), nullable=False),
    sa.Column('finished_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['centre_id', 'service'], ['services.centre_id', 'services.code'], name=op.f('fk_steps_centre_id_service')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_steps_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', 'position', name=op.f('pk_steps'))
    )
    with op.batch_alter_table('steps', schema=None) as batch_op:
        batch_op.create_index('ix_steps_day', ['centre_id', 'joined_on'], unique=False)
        batch_op.create_index('ix_steps_queue', ['centre_id', 'state', 'due_at', 'joined_seq', 'service', 'direct_to', 'not_before'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index('ix_steps_unended', ['centre_id', 'state'], unique=False, sqlite_where=sa.text("state in ('waiting', 'on_hold')"), postgresql_where=sa.text("state in ('waiting', 'on_hold')"))
        batch_op.create_index('uq_steps_active', ['ticket_id'], unique=True, sqlite_where=sa.text("state in ('waiting', 'called', 'serving', 'on_hold')"), postgresql_where=sa.text("state in ('waiting', 'called', 'serving', 'on_hold')"))
        batch_op.create_index('uq_steps_at_counter', ['centre_id', 'counter'], unique=True, sqlite_where=sa.text("state in ('called', 'serving')"), postgresql_where=sa.text("state in ('called', 'serving')"))

