"""How long a job waits after a failed attempt."""

from __future__ import annotations

from datetime import timedelta

from brandbrain_core.model.job import LeaseTerms


def backoff(attempts: int, terms: LeaseTerms, draw: float) -> timedelta:
    """
    Return the wait after failed attempt number *attempts*: base × 2^attempts, at most the cap, plus jitter.

    Args:
        attempts: Attempts used so far, the failed one included; 0 or more.
        terms: Its base, cap and jitter.
        draw: A random number in [0, 1): how much of the jitter is added.

    >>> [str(backoff(attempts, LeaseTerms(), 0.0)) for attempts in (1, 2, 9)]
    ['0:01:00', '0:02:00', '1:00:00']
    >>> str(backoff(1, LeaseTerms(jitter=0.5), 0.5))
    '0:01:15'
    """
    doublings = 2**attempts
    capped = terms.backoff_base >= terms.backoff_cap / doublings
    wait = terms.backoff_cap if capped else terms.backoff_base * doublings
    return wait * (1 + terms.jitter * draw)
