"""A user over days: everything that can be done through the API, in any order, each answer compared with the model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.http.days.acting import picks
from tests.http.days.api import TENANTS, MakeStore
from tests.http.days.compiling import FAIR, WAITS, Weather, weathers
from tests.http.days.deciding import Deciding, edits, pins
from tests.http.days.looking import Looking
from tests.http.days.model import Json
from tests.http.days.refusing import Refusing
from tests.http.days.setting_up import ANSWERS, answers
from tests.http.days.town import PAGES, POSTS, SPELLINGS, Kind

begun = st.sampled_from([True, True, False])
happenings = st.lists(
    st.sampled_from(["cancel", "kick off", "answer", "patch", "disconnect", "fall silent"]), min_size=1, max_size=4
)


def days_machine(open_store: MakeStore) -> type[RuleBasedStateMachine]:
    """
    Return the machine over stores that *open_store* makes.

    Args:
        open_store: Gives an empty store that tells the time by the clock it is given.
    """

    class Days(Deciding, Looking, Refusing):
        """The machine over this store."""

        make_store = staticmethod(open_store)

        @initialize(
            connected=st.sampled_from([POSTS, POSTS, PAGES]), compiled=st.sampled_from([True, True, True, False])
        )
        def begin(self, connected: Kind, compiled: bool) -> None:
            """There are brands of two tenants; one can be compiled, and may have been."""
            for tenant in TENANTS:
                self.make_brand(tenant, {"name": "Marrowby"}, None)
            self.answer(0, 0, {**ANSWERS, "tier1.pillars_seed": ["Rope work"]}, None)
            self.connect(0, (connected, next(iter(SPELLINGS[connected]))), None, {"depth": 1}, None)
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
        def meanwhile(self, pick: int, begun: bool, heed: bool, edits: Json, given: Json, what: list[str]) -> None:
            """Things happen between a kick-off and the end of its compile."""
            self.make_ready(pick)
            self.kick_off(pick, {"force_refresh": True}, None)
            taken = self.taken() if begun else None
            happens: dict[str, Callable[[], None]] = {
                "answer": lambda: self.answer(pick, 1, given, None),
                "patch": lambda: self.patch(pick, edits, ["positioning"], None),
                "disconnect": lambda: self.disconnect(0, None) if self.sources() else None,
                "cancel": lambda: self.cancel(0, None) if self.runs() else None,
                "fall silent": lambda: self.wait(pick, timedelta(seconds=601), "sweep"),
                "kick off": lambda: self.kick_off(pick, None, None),
            }
            for each in what:
                happens[each]()
            if taken is None:
                self.let_workers(0, "claim and work", heed)
            else:
                self.work(*taken, heed=heed)

    return Days
