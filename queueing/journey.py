"""The steps of a visit, planned from the services that the person asked for."""

from collections.abc import Mapping, Sequence


def plan_steps(services: Sequence[str], then: Mapping[str, Sequence[str]]) -> list[str]:
    """The services in the order in which they are visited: those asked for, then what the catalogue plans after them.

    A service that another one is followed by (payment, say) comes once, after all that lead to it, also when it was
    asked for by name. The order of asking is kept otherwise.
    """
    followers = _followers(services, then)
    return [s for s in services if s not in followers] + followers


def _followers(services: Sequence[str], then: Mapping[str, Sequence[str]]) -> list[str]:
    found: list[str] = []
    pending = [follower for service in services for follower in then.get(service, ())]
    while pending:
        follower = pending.pop(0)
        if follower in found:
            found.remove(follower)  # the last service that leads to it decides its place
        found.append(follower)
        pending.extend(then.get(follower, ()))
    return found
