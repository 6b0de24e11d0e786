"""The log: what is written to the console, and what never is."""

import logging
import re

# A ticket's or appointment's token has 35 signs, a device's 43: no word of a log line is as long.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,}")
# PostgreSQL quotes the row that it refuses.
_ROW = re.compile(r"DETAIL:.*?(?=\n\[SQL|\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL)
# What follows an address, and what was sent that is no request, may be what somebody typed.
_TYPED = re.compile(r"(\?)\w[^\s\"']+|(Invalid request from ip=\S+) .*", re.DOTALL)
_PLAIN = logging.Formatter()


class WithoutSecrets(logging.Filter):
    """Takes out of a line what could be a token or a person's row, whoever has written it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every line."""
        record.msg, record.args = without_secrets(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = without_secrets(_PLAIN.formatException(record.exc_info))
        return True


def without_secrets(text: str) -> str:
    """The text with `…` for what could be a token (addresses hold them), was typed, or stands in a row."""
    for what, instead in ((_ROW, "DETAIL: …"), (_TYPED, r"\1\2…"), (_TOKEN, "…")):
        text = what.sub(instead, text)
    return text


def start_logging() -> None:
    """Lines on standard error, from now on."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(WithoutSecrets())
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
