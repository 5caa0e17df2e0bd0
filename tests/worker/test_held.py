"""The leases that a worker holds, several of one job among them: it may be given anew what it lost without knowing."""

from __future__ import annotations

from brandbrain_core.testing import build
from brandbrain_worker.held import HeldLease, HeldLeases, Verdict


def held(token: int) -> HeldLease:
    """Return a lease of the first job, as it is held."""
    return HeldLease(build.lease(1, token=token), begun=0.0)


def test_a_job_that_is_given_anew_was_lost_before() -> None:
    """Nobody else would ever tell the older work to stop: signs of life are given for the newer lease."""
    leases, older, newer = HeldLeases(), held(1), held(2)
    stopped: list[Verdict] = []
    older.arm(stopped.append)
    with leases.holding(older), leases.holding(newer):
        assert [Verdict.LOST] == stopped
        assert newer.verdict is None
        assert (newer,) == leases.needing_beats()
        assert (older, newer) == leases.all()


def test_the_end_of_an_older_lease_leaves_the_newer_one_held() -> None:
    """Each is found by its own token until its own work has ended."""
    leases, older, newer = HeldLeases(), held(1), held(2)
    holding_older, holding_newer = leases.holding(older), leases.holding(newer)
    holding_older.__enter__()
    holding_newer.__enter__()
    assert older is leases.of(older.lease)
    holding_older.__exit__(None, None, None)

    assert leases.of(older.lease) is None
    assert newer is leases.of(newer.lease)
    holding_newer.__exit__(None, None, None)
    assert () == leases.all()


def test_an_end_that_is_being_written_is_left_to_its_fence() -> None:
    """It is refused there, and says so."""
    leases, older = HeldLeases(), held(1)
    older.finishing()
    with leases.holding(older), leases.holding(held(2)):
        assert older.verdict is None
