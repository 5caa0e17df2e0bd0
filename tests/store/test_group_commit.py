"""Calls that come at one time go together, and none can harm another."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.errors import Unavailable
from brandbrain_store.group_commit import LARGEST, GroupCommit

BAD = -1


class Sent:
    """What was sent together; a statement waits until it is let go, and one with a bad call fails."""

    def __init__(self, *, waits: bool = False) -> None:
        self.groups: list[list[int]] = []
        self.is_away = False
        self._go = asyncio.Event()
        self._is_under_way = asyncio.Event()
        if not waits:
            self._go.set()

    async def __call__(self, asked: Sequence[int]) -> Sequence[int]:
        """Answer ten times what is asked."""
        self.groups.append(list(asked))
        self._is_under_way.set()
        await self._go.wait()
        if self.is_away:
            raise Unavailable("database", "it went away")
        if BAD in asked:
            raise ValueError("a bad row")
        return [10 * number for number in asked]

    async def under_way(self) -> None:
        """Return when something was sent."""
        await self._is_under_way.wait()

    def go(self) -> None:
        """Let what was sent be answered."""
        self._go.set()


async def test_who_is_alone_waits_for_nobody() -> None:
    """One call after the other: each goes by itself."""
    sent = Sent()
    calls: GroupCommit[int, int] = GroupCommit(sent)

    assert [10, 20] == [await calls.ask(1), await calls.ask(2)]
    assert [[1], [2]] == sent.groups


async def test_calls_of_one_moment_go_together() -> None:
    """Each is given its own answer."""
    sent = Sent()
    calls: GroupCommit[int, int] = GroupCommit(sent)

    assert [10, 20, 30] == await asyncio.gather(*map(calls.ask, (1, 2, 3)))
    assert [[1, 2, 3]] == sent.groups


async def test_what_comes_meanwhile_goes_together_afterwards() -> None:
    """While one statement is under way others gather; there is never a second one beside it."""
    sent = Sent(waits=True)
    calls: GroupCommit[int, int] = GroupCommit(sent)
    first = asyncio.create_task(calls.ask(1))
    await sent.under_way()
    later = [asyncio.create_task(calls.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    sent.go()

    assert [10, 20, 30] == await asyncio.gather(first, *later)
    assert [[1], [2, 3]] == sent.groups


async def test_a_group_is_bounded() -> None:
    """What is beyond goes with the next one."""
    sent = Sent()
    calls: GroupCommit[int, int] = GroupCommit(sent)
    await asyncio.gather(*map(calls.ask, range(LARGEST + 1)))

    assert [LARGEST, 1] == [len(group) for group in sent.groups]


@given(st.lists(st.sampled_from([1, 2, 3, BAD]), min_size=2, max_size=8))
def test_a_bad_call_errs_alone(numbers: list[int]) -> None:
    """Where the statement for all fails, each goes by itself; the others never learn of it."""

    async def outcomes() -> list[int | BaseException]:
        calls: GroupCommit[int, int] = GroupCommit(Sent())
        return await asyncio.gather(*map(calls.ask, numbers), return_exceptions=True)

    found = asyncio.run(outcomes())

    assert [number == BAD for number in numbers] == [isinstance(outcome, ValueError) for outcome in found]
    assert [10 * number for number in numbers if number != BAD] == [each for each in found if isinstance(each, int)]


async def test_all_are_told_that_the_database_is_away() -> None:
    """Each has tried by itself: it may have been another's call that took too long."""
    sent = Sent()
    sent.is_away = True
    calls: GroupCommit[int, int] = GroupCommit(sent)
    found = await asyncio.gather(*map(calls.ask, (1, 2)), return_exceptions=True)

    assert [Unavailable, Unavailable] == [type(each) for each in found]
    assert [[1, 2], [1], [2]] == sent.groups


async def test_who_is_cancelled_before_it_is_sent_is_left_out() -> None:
    """Nobody waits for the answer any more."""
    sent = Sent(waits=True)
    calls: GroupCommit[int, int] = GroupCommit(sent)
    first = asyncio.create_task(calls.ask(1))
    await sent.under_way()
    gone, stays = (asyncio.create_task(calls.ask(number)) for number in (2, 3))
    await asyncio.sleep(0)
    gone.cancel()
    sent.go()

    assert [10, 30] == [await first, await stays]
    assert [[1], [3]] == sent.groups


async def test_who_is_cancelled_afterwards_takes_nobody_along() -> None:
    """The statement goes on, and the others are answered."""
    sent = Sent(waits=True)
    calls: GroupCommit[int, int] = GroupCommit(sent)
    gone, stays = (asyncio.create_task(calls.ask(number)) for number in (1, 2))
    await sent.under_way()
    gone.cancel()
    sent.go()

    assert 20 == await stays
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_closing_waits_for_what_is_under_way() -> None:
    """Nobody is left without an answer."""
    sent = Sent(waits=True)
    calls: GroupCommit[int, int] = GroupCommit(sent)
    asking = asyncio.create_task(calls.ask(1))
    await sent.under_way()
    closing = asyncio.create_task(calls.close())
    await asyncio.sleep(0)
    assert not closing.done()
    sent.go()
    await closing

    assert 10 == await asking


async def test_nobody_waits_for_a_statement_that_was_broken_off() -> None:
    """As at the end of an event loop, which cancels what it runs."""
    sent = Sent(waits=True)
    calls: GroupCommit[int, int] = GroupCommit(sent)
    first = asyncio.create_task(calls.ask(1))
    await sent.under_way()
    later = asyncio.create_task(calls.ask(2))
    await asyncio.sleep(0)
    assert calls._sending is not None
    calls._sending.cancel()
    found = await asyncio.gather(first, later, return_exceptions=True)

    assert [asyncio.CancelledError] * 2 == [type(each) for each in found]
