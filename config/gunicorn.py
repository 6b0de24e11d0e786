"""gunicorn settings: `gunicorn -c config/gunicorn.py`. One gevent worker; HOST, PORT, DATABASE_URL from outside."""

import os

wsgi_app = "server:wsgi()"
worker_class = "gevent"
# More workers need REDIS_URL, websockets alone, and a proxy that keeps a visitor with one of them.
workers = 1
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
preload_app = False  # the worker patches the standard library before the app is made
graceful_timeout = 10
