"""gunicorn settings: `gunicorn -c config/gunicorn.py`. One gevent worker; HOST, PORT, DATABASE_URL from outside."""

import logging
import os
from typing import Any

from config.logs import WithoutSecrets

wsgi_app = "server:wsgi()"
worker_class = "gevent"
# More workers need REDIS_URL, websockets alone, and a proxy that keeps a visitor with one of them.
workers = 1
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
preload_app = False  # the worker patches the standard library before the app is made
graceful_timeout = 10


def on_starting(_server: Any) -> None:
    """Addresses hold tokens: also in gunicorn's own complaints, and in an access log where one is switched on."""
    for name in ("gunicorn.error", "gunicorn.access"):
        logging.getLogger(name).addFilter(WithoutSecrets())
