"""The composition root: one place where settings, database, audiences, feed and timed work are put together."""

import gc
import hmac
import logging
import resource
import socket
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, request
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

import api
import booking
import counter
import display.pages
import door.operators
import door.pages
import kiosk
import office
from answers import pages
from answers.guards import House, check_request
from answers.limiter import Limiter
from answers.smaller import compress
from api.endpoint import Code, Secret
from api.problems import answer_error
from commands.housekeeping import back_up, end_all_past_days, erase_all_old, forget_old_answers, warn_of_clock
from config.settings import Settings
from display.feed import Feed, open_feed
from messages.carriers import UnknownGateway, open_carrier
from messages.worker import Worker
from store.clock import Clock
from store.engine import is_sqlite
from store.migrate import UnknownSchema, is_current, is_empty, upgrade
from store.unit import Store

log = logging.getLogger("onedoor")
HERE = Path(__file__).parent
DAY_ENDS_EVERY_SECONDS = 20
MESSAGES_EVERY_SECONDS = 5
AUDIENCES = api, door.pages, door.operators, kiosk, booking, counter, display.pages, office


class _App(Flask):
    """The application. Its forms are signed with a key made of the database's own, which a restore brings along."""

    def __init__(self, store: Store) -> None:
        super().__init__("onedoor", root_path=str(HERE))
        self._store = store

    @property
    def secret_key(self) -> bytes:  # type: ignore[override] # nobody sets it
        """What signs sessions and forms."""
        return hmac.digest(self._store.key, b"forms", "sha256")


def create_app(settings: Settings, store: Store, *, public_url: str, demo: bool = False) -> tuple[Flask, Feed]:
    """The web application on an upgraded database, with its feed not yet started."""
    app = _App(store)
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a kiosk stands open for weeks; the form is bound to its session
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    limiter = Limiter(settings.redis_url)
    app.extensions["onedoor"] = House(store, public_url, demo, limiter, _off_the_loop, backup_dir=settings.backup_dir)
    app.url_map.converters |= {"code": Code, "secret": Secret}
    app.before_request(check_request)
    csrf = CSRFProtect(app)
    csrf.exempt(api.bp)
    for audience in AUDIENCES:
        app.register_blueprint(audience.bp)
    app.register_error_handler(Exception, _answer_error)
    pages.configure(app)
    app.after_request(compress)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
    feed = open_feed(app, store, public_url, async_mode=settings.onedoor_async, redis_url=settings.redis_url)
    return app, feed


def _answer_error(error: Exception) -> Response:
    if request.path.startswith("/api/v1"):
        return answer_error(error)
    return pages.page_error(error)


def _off_the_loop(work: Callable[..., Any], *args: Any) -> Any:
    """Runs what keeps the processor busy in a real thread, so that no socket waits for it."""
    if "eventlet" in sys.modules:
        from eventlet import tpool

        return tpool.execute(work, *args)
    from gevent import get_hub

    return get_hub().threadpool.apply(work, args)


def start_background(settings: Settings, app: Flask, feed: Feed) -> None:
    """Starts the feed and the timed work: days end, messages are sent, what is old is erased, backups are made."""
    house: House = app.extensions["onedoor"]
    store, worker = house.store, _open_messages(settings, house)
    warn_of_clock(store)
    for code, expired in end_all_past_days(store).items():
        click.echo(f"{code}: a past day was ended; {expired} who still waited expired", err=True)
    feed.start()
    # A job that is late (a slow start, a machine that was asleep) is still done, once.
    defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=defaults)
    at_once = datetime.now().astimezone()
    often = max(DAY_ENDS_EVERY_SECONDS / store.clock.speed, 1)  # a minute of a fast clock is short
    scheduler.add_job(end_all_past_days, "interval", [store], seconds=often)
    scheduler.add_job(erase_all_old, "interval", [store], hours=1, next_run_time=at_once)  # once a day there is more
    scheduler.add_job(forget_old_answers, "interval", [store], hours=1)
    scheduler.add_job(warn_of_clock, "interval", [store], hours=1)
    if settings.backup_dir is not None:
        daily = [back_up, store, settings.backup_dir]
        scheduler.add_job(_off_the_loop, "interval", daily, hours=1, next_run_time=at_once)
    if worker is not None:
        soon = max(MESSAGES_EVERY_SECONDS / store.clock.speed, 1)
        scheduler.add_job(worker.work, "interval", seconds=soon)
    scheduler.start()


def _open_messages(settings: Settings, house: House) -> Worker | None:
    """Who sends messages; None where there is no carrier, and then none is written either."""
    try:
        carrier = open_carrier(settings.onedoor_messages, demo=house.demo)
    except UnknownGateway as error:
        raise click.ClickException(str(error)) from error
    house.store.reach = carrier.reach if carrier else frozenset()
    return Worker(house.store, carrier, house.public_url) if carrier else None


def upgrade_tables(store: Store) -> None:
    """Brings the tables up to date, or says why it can't."""
    try:
        upgrade(store.engine)
    except UnknownSchema as error:
        raise click.ClickException(str(error)) from error


def open_store(url: str, clock: Clock | None = None) -> Store:
    """A store on a database that is up to date. SQLite, and a database without tables, are upgraded at once."""
    try:
        store = Store(url, clock)
        current = is_current(store.engine)
    except (DBAPIError, OSError) as error:
        why = str(error.orig if isinstance(error, DBAPIError) else error).strip().partition("\n")[0]
        raise click.ClickException(f"the database does not open: {why}") from error
    if current:
        return store
    if is_sqlite(store.engine) or is_empty(store.engine):
        upgrade_tables(store)
    else:
        raise click.ClickException("the database's tables are of another version: run 'server.py upgrade' first")
    return store


def refuse_taken_port(host: str, port: int) -> None:
    """Says so before anything is done."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except (OSError, OverflowError) as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error}") from error


def settle_memory() -> None:
    """What was loaded stays: never to look through it again halves the feed's slowest deliveries (measured)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # a press makes some thousand objects that nobody refers to afterwards


def serve_forever(app: Flask, feed: Feed, settings: Settings, *, host: str, port: int) -> None:
    """Serves in this one process until it is stopped."""
    _allow_many_connections()
    options = {} if settings.onedoor_async == "eventlet" else {"handler_class": _handler()}
    feed.socketio.run(app, host=host, port=port, log_output=False, **options)


def _allow_many_connections() -> None:
    """Every screen holds a connection, and the usual limit of 1,024 open files is less than a full hall."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _handler() -> type:
    from gevent import GreenletExit, pywsgi

    class QuietHandler(pywsgi.WSGIHandler):
        """Sends small answers at once, and closes a connection after its websocket.

        Head and body leave in two segments; with Nagle's algorithm the second would wait for the client's delayed
        acknowledgement, 40 ms on Linux. A websocket's last bytes would be read as another request.
        """

        def handle(self) -> None:
            """All requests of one connection."""
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            super().handle()

        def handle_one_request(self) -> Any:
            """One request; None ends the connection."""
            answered = super().handle_one_request()
            if "websocket" in (self.environ or {}).get("HTTP_UPGRADE", "").lower():
                self.close_connection = True
                return None
            return answered

        def log_error(self, _message: str, *_facts: Any) -> None:
            """Says that a request could not be read; not what it was, for a ticket's token may be in it."""
            log.warning("a request from %s could not be read", self.client_address[0])

        def _log_error(self, kind: Any, error: Any, trace: Any) -> None:
            """Says what failed outside of the application, without the request."""
            if not issubclass(kind, GreenletExit):
                log.error("a request failed", exc_info=(kind, error, trace))

    return QuietHandler
