"""What operators watch: is the process alive, can it do its work, and its figures."""

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from answers.guards import house, needs, store
from commands.permissions import Permission
from store.tables import Centre

bp = Blueprint("operators", __name__)


@bp.get("/healthz")
@needs(Permission.PUBLIC)
def healthz() -> Response:
    """The process is alive."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@needs(Permission.PUBLIC)
def readyz() -> Response:
    """The database answers, and so does Redis where several processes share it; 503 otherwise."""
    try:
        with store().reading() as conn:
            conn.execute(select(Centre.id).limit(1)).first()
    except SQLAlchemyError:
        return Response("the database does not answer\n", 503, mimetype="text/plain")
    if not house().limiter.reachable():
        return Response("Redis does not answer\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")


@bp.get("/metrics")
@needs(Permission.PUBLIC)
def metrics() -> Response:
    """Figures in Prometheus' text format; no personal data."""
    registry = CollectorRegistry()
    waiting = Gauge("onedoor_waiting", "People waiting now", ["centre"], registry=registry)
    events = Gauge("onedoor_events", "Events in the centre's log", ["centre"], registry=registry)
    unsent = Gauge("onedoor_unsent_events", "Committed events not yet sent by this process", registry=registry)
    with store().reading() as conn:
        for code, seq, queue in conn.execute(select(Centre.code, Centre.seq, Centre.waiting)):
            waiting.labels(code).set(sum(queue.values()))
            events.labels(code).set(seq)
    unsent.set(len(store().outgoing))
    return Response(generate_latest(REGISTRY) + generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
