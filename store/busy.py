"""Beginning a write transaction while another process may hold the write lock."""

from sqlalchemy import Connection, RootTransaction
from sqlalchemy.exc import OperationalError
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random_exponential

BUSY_SECONDS = 15


class Busy(Exception):
    """The database stayed locked by another process; nothing was done, try again."""


def is_busy(error: BaseException) -> bool:
    """Whether SQLite says that another process holds the write lock."""
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


@retry(
    retry=retry_if_exception(is_busy),
    wait=wait_random_exponential(multiplier=0.001, max=0.05),
    stop=stop_after_delay(BUSY_SECONDS),
    reraise=True,
)
def _begin_again(conn: Connection) -> RootTransaction:
    return conn.begin()


def begin(conn: Connection) -> RootTransaction:
    """Begins; while another process holds the write lock, tries again without stopping the other greenlets."""
    try:
        return conn.begin()
    except OperationalError as error:
        if not is_busy(error):
            raise
    try:
        return _begin_again(conn)
    except OperationalError as error:
        raise Busy from error
