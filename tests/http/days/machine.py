"""A user over days: everything that can be done through the API, in any order, each answer compared with the model."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from tests.http.days.acting import picks
from tests.http.days.api import TENANTS, MakeStore
from tests.http.days.compiling import FAIR, TICK, WAITS, Weather, weathers
from tests.http.days.deciding import Deciding, edits, pins
from tests.http.days.looking import Looking
from tests.http.days.model import Json
from tests.http.days.queue import STALE
from tests.http.days.refusing import Refusing
from tests.http.days.setting_up import ANSWERS, KEY_PAGES, answers
from tests.http.days.town import PAGES, POSTS, SPELLINGS, Kind

begun = st.sampled_from([True, True, False])
HAPPENINGS: Final = (
    ("cancel",),
    ("cancel", "kick off"),
    ("kick off",),
    ("answer",),
    ("answer", "kick off"),
    ("answer", "kick off", "fall silent"),
    ("fall silent",),
    ("fall silent", "fall silent", "fall silent"),
    ("patch",),
    ("disconnect",),
)
happenings = st.lists(st.sampled_from(HAPPENINGS), min_size=1, max_size=3)


class Days(Deciding, Looking, Refusing):
    """The machine; `days_machine` gives it a store."""

    @initialize(connected=st.sampled_from([POSTS, POSTS, PAGES]), compiled=st.sampled_from([True, True, True, False]))
    def begin(self, connected: Kind, compiled: bool) -> None:
        """There are brands of two tenants; one can be compiled, and may have been."""
        for tenant in TENANTS:
            self.make_brand(tenant, {"name": "Marrowby"}, None)
        self.answer(0, 0, {**ANSWERS, "tier1.pillars_seed": ["Rope work"], "tier1.key_pages": KEY_PAGES}, None)
        first, *_, last = SPELLINGS[connected]
        self.connect(0, (connected, first), None, {"depth": 1}, None)
        self.connect(0, (connected, last), None, None, None)
        if compiled:
            self.compile_brand(0, force=False, weather=FAIR)

    @rule(pick=picks, edits=edits, pins=pins, given=answers, by=st.sampled_from(WAITS), weather=weathers)
    def spend_a_day(
        self, pick: int, edits: Json, pins: list[str] | None, given: Json, by: timedelta, weather: Weather
    ) -> None:
        """Something is decided, then the answers change, and later it is compiled."""
        self.patch(pick, edits, pins, None)
        self.answer(pick, 2, given, None)
        self.clock.advance(by)
        self.make_ready(pick)
        self.compile_brand(pick, force=False, weather=weather)

    @rule(pick=picks, begun=begun, heed=st.booleans(), edits=edits, given=answers, what=happenings)
    def meanwhile(
        self, pick: int, begun: bool, heed: bool, edits: Json, given: Json, what: list[tuple[str, ...]]
    ) -> None:
        """Things happen between a kick-off and the end of its compile."""
        self.make_ready(pick)
        self.kick_off(pick, {"force_refresh": True}, None)
        taken = self.taken() if begun else None
        happens: dict[str, Callable[[], None]] = {
            "answer": lambda: self.answer(pick, 1, given, None),
            "patch": lambda: self.patch(pick, edits, ["positioning"], None),
            "disconnect": lambda: self.disconnect(0, None) if self.sources() else None,
            "cancel": lambda: self.cancel(0, None) if self.runs() else None,
            "fall silent": lambda: self.lose(pick),
            "kick off": lambda: self.kick_off(pick, None, None),
        }
        for each in itertools.chain(*what):
            happens[each]()
        if taken is None:
            self.let_workers(0, "claim and work", heed)
        else:
            self.work(*taken, heed=heed)

    def lose(self, pick: int) -> None:
        """A worker takes what is next, if nobody works on the brand, and falls silent until somebody notices."""
        self.taken()
        self.wait(pick, STALE + TICK, "sweep")


def days_machine(open_store: MakeStore) -> type[Days]:
    """
    Return the machine over stores that *open_store* makes.

    Args:
        open_store: Gives an empty store that tells the time by the clock it is given.
    """

    class DaysInStore(Days):
        """The machine over this store."""

        make_store = staticmethod(open_store)

    return DaysInStore
