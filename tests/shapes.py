"""The product in its other shape: gunicorn with config/gunicorn.py."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers import RunningServer


class GunicornServer(RunningServer):
    """One gunicorn worker on a free port, on either database, perhaps with Redis."""

    def __init__(
        self, database: str, directory: Path, *, redis: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(database, directory, environment=environment)
        self.environment |= {"HOST": "127.0.0.1", "PORT": str(self.port), "DATABASE_URL": database}
        if redis:
            self.environment["REDIS_URL"] = redis

    def command(self) -> Sequence[str]:
        """gunicorn takes its address and database from the environment."""
        return [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"]
