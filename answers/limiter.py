"""Counts of who asks how often: in memory, or in Redis for several processes together."""

import logging
from time import monotonic

from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter

_PATIENCE_SECONDS = 0.5
_AWAY_SECONDS = 5.0
log = logging.getLogger("onedoor.limits")


class Limiter:
    """Counts requests. While Redis does not answer each process counts for itself: nobody is refused for its sake."""

    def __init__(self, redis_url: str | None) -> None:
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._redis = _connect(redis_url) if redis_url else None
        self._shared = FixedWindowRateLimiter(self._redis) if self._redis else None
        self._away_until = 0.0

    def refused_until(self, limit: RateLimitItem, who: str) -> float | None:
        """Counts one request: None, or when the asker may ask again (seconds since the epoch)."""
        if self._shared and monotonic() >= self._away_until:
            try:
                return _count(self._shared, limit, who)
            except StorageError as error:
                self._away_until = monotonic() + _AWAY_SECONDS
                log.warning("Redis does not answer (%s): this process counts requests by itself", error)
        return _count(self._own, limit, who)

    def reachable(self) -> bool:
        """Whether Redis answers, when there is one."""
        try:
            return self._redis is None or self._redis.check()
        except StorageError:
            return False


def _connect(url: str) -> RedisStorage:
    patience = _PATIENCE_SECONDS
    return RedisStorage(url, wrap_exceptions=True, socket_timeout=patience, socket_connect_timeout=patience)


def _count(limiter: FixedWindowRateLimiter, limit: RateLimitItem, who: str) -> float | None:
    return None if limiter.hit(limit, who) else limiter.get_window_stats(limit, who).reset_time
