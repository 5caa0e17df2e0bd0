"""The trial's audit sees what it is there for: writes that were accepted though their token's time was over."""

from __future__ import annotations

import importlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.worker.conftest import Lab

from brandbrain_core.testing import build

MINUTE = timedelta(minutes=1)


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    return importlib.import_module("stress.audit")


async def wrong(audit: Any, lab: Lab, *writes: tuple[str, timedelta, int]) -> list[str]:
    """Do a job; return what is wrong if these were accepted: kind, time after its end, what to add to its token."""
    await audit.watch(lab.url, stale_after=timedelta(minutes=10))
    await lab.enqueue(1)
    (lease,) = await lab.claim()
    async with lab.store.transaction() as work:
        await work.jobs.fail(lease, "boom", retry=False, report=None, terms=lab.deps.plan.terms)
    ended: datetime = (await lab.job(1)).updated_at
    said = [audit.Write(ended + after, kind, build.job_id(1), lease.token + more) for kind, after, more in writes]
    return [text.split(" (e.g.")[0] for text in (await audit.judge(lab.url, said)).wrong]


async def test_writes_in_time_are_right(audit: Any, postgres_lab: Lab) -> None:
    """They were begun before the end."""
    assert [] == await wrong(audit, postgres_lab, ("progress", -MINUTE, 0), ("fail", -MINUTE, 0))


@pytest.mark.parametrize("kind", ["fence", "progress", "complete", "fail", "hand_back", "extend"])
async def test_a_write_after_the_end_is_seen(audit: Any, postgres_lab: Lab, kind: str) -> None:
    """Whatever it was, though no row shows it."""
    assert [f"1 × {kind} accepted after the token's time"] == await wrong(audit, postgres_lab, (kind, MINUTE, 0))


async def test_a_write_under_no_token_is_seen(audit: Any, postgres_lab: Lab) -> None:
    """Nobody was given that token."""
    assert ["1 × extend accepted after the token's time"] == await wrong(audit, postgres_lab, ("extend", -MINUTE, 7))


async def test_repeating_what_never_happened_is_seen(audit: Any, postgres_lab: Lab) -> None:
    """A complete that says that it is repeated needs a success under the same token."""
    said = await wrong(audit, postgres_lab, (audit.REPETITION, MINUTE, 0))

    assert ["1 × repetition accepted after the token's time"] == said
