"""One week of a user, day by day: what is done most, and what goes wrong most easily, always in the same order."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tests.http.days.compiling import FAIR, TICK
from tests.http.days.machine import Days
from tests.http.days.setting_up import ANSWERS, KEY_PAGES
from tests.http.days.town import OFF, PAGES, POSTS, SPELLINGS

DAY: Final = timedelta(days=1)
SEWING: Final = {**ANSWERS, "tier0.what_we_do": "We sew covers.", "tier1.pillars_seed": ["Old sails"]}


def live_through_a_week(user: Days) -> None:
    """Let the user live through the week, and read everything at its end."""
    try:
        user.begin(POSTS, compiled=True)
        user.change_source(0, 0, {}, None)
        decide(user)
        change_their_mind(user)
        come_back(user)
        tidy_up(user)
        user.whatever_is_read_is_right()
    finally:
        user.teardown()


def decide(user: Days) -> None:
    """Overrides and pins hold while the answers change, also those of a pillar that is no longer proposed."""
    user.patch(0, {"pillars.rope-work.description": "All that holds a sail.", "house.since": 1}, None, None)
    user.patch(0, {"house.since": True}, None, None)
    user.patch(0, {}, ["positioning.what_we_do", "voice", "house.motto"], "now")
    user.spend_a_day(0, {"house.motto": "Slow is smooth."}, None, SEWING, DAY, FAIR)
    user.patch(0, {"house.motto": None, "pillars.0.name": "Knots"}, None, "seen")
    user.patch_at_once(0, "Ours.", "calm")
    user.spend_a_day(0, {"pillars.rope-work.description": None}, [], ANSWERS, DAY, FAIR)


def change_their_mind(user: Days) -> None:
    """Runs are cancelled, overtaken and lost while they are worked on, and sources go."""
    user.kick_off(0, {"force_refresh": True}, None)
    user.cancel(0, "tuesday")
    user.meanwhile(0, True, True, {}, ANSWERS, [("cancel", "kick off")])
    user.meanwhile(0, True, False, {}, SEWING, [("answer", "kick off", "fall silent")])
    user.let_workers(0, "go on", heed=False)
    user.meanwhile(0, False, True, {}, ANSWERS, [("fall silent",) * 3])
    user.compile_brand(0, force=False, weather=(frozenset(), 1))
    user.compile_brand(0, force=False, weather=(frozenset(), 2))
    user.meanwhile(0, True, False, {}, ANSWERS, [("disconnect",)])


def come_back(user: Days) -> None:
    """The same is asked again when it is just not yet too late, and when it is."""
    user.make_brand("ours", {"name": "Marrowby"}, "monday")
    user.come_back(0, DAY)
    user.come_back(0, TICK)
    user.compile_brand(0, force=True, weather=FAIR)
    user.wait(0, ("source", timedelta(0)), "nothing")
    user.compile_brand(0, force=False, weather=FAIR)
    user.wait(0, TICK, "prune")
    user.compile_brand(0, force=False, weather=(frozenset({"instagram"}), 0))


def tidy_up(user: Days) -> None:
    """Sources and brands are changed, and one goes with all it had."""
    user.answer(0, 1, {**ANSWERS, "tier1.key_pages": KEY_PAGES}, None)
    user.connect(0, (PAGES, "marrowby.example"), None, {"depth": 2}, "tuesday")
    user.change_source(0, None, {"settings_json": None}, "now")
    user.change_source(0, 2, {"is_enabled": False}, "seen")
    user.connect(0, (OFF, next(iter(SPELLINGS[OFF]))), None, None, None)
    user.change_brand(0, {"website_url": "https://marrowby.example"})
    user.compile_brand(0, force=True, weather=FAIR)
    user.read_everything()
    user.trespass(0, 1, 7, gone=False)
    user.delete_brand(user.brands[0])
