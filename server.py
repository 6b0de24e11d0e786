"""The composition root and command line: wires everything, decides nothing."""

import os
import sys

ASYNC_MODE = os.environ.get("ONEDOOR_ASYNC", "gevent")
if __name__ == "__main__":  # before anything else is imported; gunicorn's worker patches by itself
    if ASYNC_MODE == "eventlet":
        import eventlet

        eventlet.monkey_patch()
    else:
        from gevent import monkey

        monkey.patch_all()

import getpass
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from pydantic import ValidationError
from sqlalchemy import select

from answers import pages
from answers.pad import make_pad
from commands.access import create_token, create_user
from commands.demonstration import demo_past
from commands.erasure import told as told_erased
from commands.history import import_history
from commands.housekeeping import end_all_past_days, erase_all_old
from commands.permissions import Role
from commands.seed import seed
from commands.simulation import MOST_DAYS, NothingToSimulate, simulate, told
from commands.verify import verify
from composition import (
    HERE,
    create_app,
    open_store,
    refuse_taken_port,
    serve_forever,
    settle_memory,
    start_background,
    upgrade_tables,
)
from config.addresses import is_loopback, reachable
from config.catalogue import DEMONSTRATION, CatalogueError, demonstration, load_catalogue
from config.logs import start_logging
from config.settings import Settings
from queueing.refusals import Invalid, NotFound
from replay.run import replay
from store.backup import BackupRefused, backup, restore
from store.busy import Busy
from store.clock import Clock, SimulatedClock, SystemClock
from store.tables import Centre
from store.unit import Store

BUSY = "another program kept the database busy; nothing was changed there, try again"
CATALOGUE = HERE / "config" / "centres" / "odsc.toml"


def wsgi() -> Flask:
    """The application for gunicorn (config/gunicorn.py), with its background work started in the worker."""
    start_logging()
    settings = Settings()
    store = open_store(settings.database_url)
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")  # as config/gunicorn.py binds
    app, feed = create_app(settings, store, public_url=settings.public_url or f"http://{reachable(host)}:{port}")
    start_background(settings, app, feed)
    settle_memory()
    return app


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Every command takes --database."""
    return click.option("--database", help="Database URL; default $DATABASE_URL, else SQLite under var/.")(command)


def _settings(database: str | None) -> Settings:
    try:
        return Settings(database_url=database) if database else Settings()
    except ValidationError as error:
        raise click.ClickException(
            "; ".join(found["msg"].removeprefix("Value error, ") for found in error.errors(include_url=False))
        ) from error


@click.group()
def cli() -> None:
    """OneDoor runs the floor of a one-door service centre."""
    start_logging()


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--demo", is_flag=True, help="Seed the demonstration centre when there is none; print sign-in links.")
@click.option("--clock", "simulated", help="START@SPEED, for replays and tests: 1999-02-01T07:00+07:00@60")
@database_option
def run(*, host: str, port: int, demo: bool, simulated: str | None, database: str | None) -> None:
    """Run the server: one process, all screens."""
    settings = _settings(database)
    clock = _clock(simulated, host)
    refuse_taken_port(host, port)
    store = open_store(settings.database_url, clock)
    if demo and not _centres(store):
        _begin_demonstration(store)
    public_url = settings.public_url or f"http://{reachable(host)}:{port}"
    app, feed = create_app(settings, store, public_url=public_url, demo=demo)
    start_background(settings, app, feed)
    _say_addresses(store, host, port, public_url, demo=demo)
    settle_memory()
    serve_forever(app, feed, settings, host=host, port=port)


def _begin_demonstration(store: Store) -> None:
    """The demonstration centre in an empty database, with a past that is made up; its today has not begun."""
    catalogue = load_catalogue(CATALOGUE)
    seed(store, demonstration(catalogue))
    demo_past(store, catalogue, DEMONSTRATION)
    store.outgoing.clear()  # nobody has listened yet


def _clock(simulated: str | None, host: str) -> Clock:
    if simulated is None:
        return SystemClock()
    if not is_loopback(host):
        raise click.UsageError("--clock is for replays and tests: only with a --host that is loopback")
    start, _, speed = simulated.partition("@")
    try:
        began = datetime.fromisoformat(start)
        pace = float(speed or 1)
    except ValueError as error:
        raise click.UsageError("--clock is START@SPEED, for example 1999-02-01T07:00+07:00@60") from error
    if began.tzinfo is None or not 0 < pace <= 100_000:
        raise click.UsageError("--clock needs a START with its offset from UTC and a SPEED above 0")
    return SimulatedClock(began, pace)


def _centres(store: Store) -> list[str]:
    with store.reading() as conn:
        return list(conn.execute(select(Centre.code).order_by(Centre.code)).scalars())


def _knowing(centre: str | None, database: str | None) -> Store:
    store = open_store(_settings(database).database_url)
    if centre is not None and centre not in _centres(store):
        raise click.ClickException("there is no such centre")
    return store


def _say_addresses(store: Store, host: str, port: int, public_url: str, *, demo: bool) -> None:
    who = "this machine alone" if is_loopback(host) else "every machine of the local network"
    click.echo(f"OneDoor on {public_url} (listens on {host}:{port}; open to {who})")
    for code in _centres(store):
        click.echo(f"  {code}: kiosk {public_url}/kiosk/{code}  TV {public_url}/display/{code}")
    click.echo(f"  counters {public_url}/counter/  office {public_url}/office/  API {public_url}/api/docs")
    centres = _centres(store)
    if demo and centres:
        click.echo("One-time sign-in links:")
        for role in Role:
            centre = None if role is Role.ADMIN else centres[0]
            link = create_token(store, role, centre=centre, kind="link")
            click.echo(f"  {role}: {public_url}/sign-in/{link}")
    sys.stdout.flush()


@cli.command("seed")
@click.argument("catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@database_option
def seed_command(catalogue: Path, database: str | None) -> None:
    """Create or update centres from a catalogue; safe to repeat."""
    try:
        loaded = load_catalogue(catalogue)
    except CatalogueError as error:
        raise click.ClickException(f"nothing was changed:\n{error}") from error
    for result in _or_say(lambda: seed(open_store(_settings(database).database_url), loaded)):
        click.echo(f"{result.centre}: {result.outcome}")


def _role(_context: click.Context, _option: click.Parameter, value: str) -> Role:
    return Role(value)


role_option = click.option("--role", type=click.Choice([role.value for role in Role]), callback=_role, required=True)
centre_option = click.option("--centre", help="The centre's code; every role but admin needs one.")


@cli.group()
def token() -> None:
    """Tokens of devices and programs."""


@token.command("create")
@role_option
@centre_option
@click.option("--counter", type=int, help="The counter where the device stands.")
@database_option
def token_create(role: Role, centre: str | None, counter: int | None, database: str | None) -> None:
    """Print a new token, and nothing else."""
    store = open_store(_settings(database).database_url)
    click.echo(_or_say(lambda: create_token(store, role, centre=centre, counter=counter)))


def _or_say(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Busy as error:
        raise click.ClickException(BUSY) from error
    except NotFound as error:
        raise click.ClickException(f"there is no such {error.what}") from error
    except Invalid as error:
        said = pages.problem_for(error, "en")
        raise click.ClickException("; ".join(f"{e['field']}: {e['message']}" for e in said.errors)) from error


@cli.command("sign-in-link")
@role_option
@centre_option
@database_option
def sign_in_link(role: Role, centre: str | None, database: str | None) -> None:
    """Print a link that signs in once; for kiosk and display it pairs the browser that opens it."""
    settings = _settings(database)
    link = _or_say(lambda: create_token(open_store(settings.database_url), role, centre=centre, kind="link"))
    click.echo(f"{settings.public_url or 'http://localhost:8000'}/sign-in/{link}")


@cli.group()
def user() -> None:
    """People who sign in with a password."""


@user.command("create")
@click.argument("name")
@role_option
@centre_option
@database_option
def user_create(name: str, role: Role, centre: str | None, database: str | None) -> None:
    """Add a person; the password comes from a prompt or standard input, never from the command line."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    store = open_store(_settings(database).database_url)
    _or_say(lambda: create_user(store, name, password, role, centre))
    click.echo(f"{name} may sign in as {role}")


@cli.command("import-history")
@click.argument("centre")
@click.argument("file", type=click.File(encoding="utf-8-sig", errors="surrogateescape"))
@database_option
def import_command(centre: str, file: Any, database: str | None) -> None:
    """Import real past visits with their own times; exit status 1 when any line was refused."""
    store = open_store(_settings(database).database_url)
    store.outgoing = deque(maxlen=0)  # nobody listens to this process
    report = _or_say(lambda: import_history(store, centre, file, progress=_progress))
    for line, reason in report.problems:
        click.echo(f"line {line}: {reason}", err=True)
    click.echo(f"{report.imported} imported, {report.known} known before, {len(report.problems)} refused")
    sys.exit(1 if report.problems else 0)


def _progress(lines: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{lines} lines", nl=False, err=True)


@cli.command("replay")
@click.argument("centre")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speed", type=float, default=60.0, show_default=True)
@click.option("--url", help="A running server; default PUBLIC_URL, else http://localhost:8000.")
@click.option("--day", help="Only the people who came on this date, YYYY-MM-DD.")
@database_option
def replay_command(
    centre: str, file: Path, *, speed: float, url: str | None, day: str | None, database: str | None
) -> None:
    """Feed a real log through a running server, as kiosk and counters would have."""
    settings = _settings(database)
    store = open_store(settings.database_url)
    kiosk = _or_say(lambda: create_token(store, Role.KIOSK, centre=centre))
    staff = _or_say(lambda: create_token(store, Role.STAFF, centre=centre))
    address = url or settings.public_url or "http://localhost:8000"
    sys.exit(replay(centre, file, speed=speed, url=address, kiosk=kiosk, staff=staff, day=day))


@cli.command("simulate")
@click.argument("centre")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=20, show_default=True)
@click.option("--seed", "chance", type=int, default=1, show_default=True, help="The same seed, the same days.")
@click.option("--load", type=float, default=0.85, show_default=True, help="Of the counters' time.")
@database_option
def simulate_command(centre: str, *, days: int, chance: int, load: float, database: str | None) -> None:
    """Run made-up days on the centre's own settings, and print how long people would wait."""
    store = open_store(_settings(database).database_url)
    try:
        click.echo("\n".join(told(simulate(store, centre, days=days, seed=chance, load=load))))
    except NothingToSimulate as error:
        raise click.UsageError(str(error)) from error


@cli.command("print-pad")
@click.argument("centre")
@click.option("--series", required=True, help="The series' letters, as in the numbers: A for A001.")
@click.option("--count", default=50, show_default=True, help="How many tickets.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The file; default pad-CENTRE-NUMBER.html."
)
@database_option
def print_pad_command(centre: str, *, series: str, count: int, out: Path | None, database: str | None) -> None:
    """Write numbered paper tickets for an outage into a page to be printed. Overwrites nothing."""
    store = open_store(_settings(database).database_url)
    try:
        pad = _or_say(lambda: make_pad(store, centre, series, count, out))
    except OSError as error:
        raise click.ClickException(f"no pad was written: {error}") from error
    click.echo(f"{pad.numbers[0]} to {pad.numbers[-1]} in {pad.file}: print it on A4, cut it, and keep it by the door")


@cli.command("verify")
@click.argument("centre", required=False)
@click.option("--all", "all_days", is_flag=True, help="Every day, not the open ones alone.")
@database_option
def verify_command(centre: str | None, *, all_days: bool, database: str | None) -> None:
    """Rebuild every open day from the event log and compare; exit 1 on a difference."""
    store = _knowing(centre, database)
    differences = verify(store, centre, all_days=all_days)
    for difference in differences:
        click.echo(difference)
    click.echo(f"{len(differences)} differences" if differences else "the tables are what the log says")
    sys.exit(1 if differences else 0)


@cli.command("close-day")
@click.argument("centre", required=False)
@database_option
def close_day(centre: str | None, database: str | None) -> None:
    """End past open days: who still waits expires, counters close."""
    store = _knowing(centre, database)
    busy: list[str] = []
    for code, expired in end_all_past_days(store, only=centre, busy=busy).items():
        click.echo(f"{code}: ended; {expired} expired")
    if busy:
        raise click.ClickException(f"{', '.join(busy)}: {BUSY}")


@cli.command("erase")
@click.argument("centre", required=False)
@database_option
def erase_command(centre: str | None, database: str | None) -> None:
    """Erase the personal data that a centre keeps no longer; a running server does it each day."""
    store = _knowing(centre, database)
    busy: list[str] = []
    for code, erased in erase_all_old(store, only=centre, busy=busy).items():
        click.echo(f"{code}: erased {told_erased(erased)}")
    if busy:
        raise click.ClickException(f"{', '.join(busy)}: {BUSY}")


@cli.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@database_option
def backup_command(file: Path, database: str | None) -> None:
    """Copy everything into FILE while the server runs; the signing key goes with it. Overwrites nothing."""
    _or_refuse(lambda: backup(_settings(database).database_url, file))
    click.echo(f"backed up to {file}")


@cli.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@database_option
def restore_command(file: Path, database: str | None) -> None:
    """Fill an empty database from a backup."""
    _or_refuse(lambda: restore(file, _settings(database).database_url))
    click.echo(f"restored from {file}")


def _or_refuse(work: Callable[[], Any]) -> None:
    try:
        work()
    except BackupRefused as error:
        raise click.ClickException(str(error)) from error


@cli.command("upgrade")
@database_option
def upgrade_command(database: str | None) -> None:
    """Bring the database's tables up to date."""
    upgrade_tables(Store(_settings(database).database_url))
    click.echo("the tables are up to date")


if __name__ == "__main__":
    cli()
