"""The synthesizers of this installation, in the order they are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import attrs

from brandbrain.plugins import SYNTHESIZERS, Plugins
from brandbrain.settings import Settings
from brandbrain_core.errors import InvalidSettings, Problem
from brandbrain_core.ports import Synthesizer
from brandbrain_core.synthesis import RulesSynthesizer

SETTING: Final = "BRANDBRAIN_SYNTHESIZERS"


@attrs.frozen(kw_only=True)
class BuiltIn:
    """
    A synthesizer that comes with brandbrain.

    Attributes:
        make: Gives it, or the reason why it cannot be used here.
    """

    name: str
    make: Callable[[Settings], Synthesizer | str]


BUILT_IN: Final = (BuiltIn(name="rules", make=lambda _: RulesSynthesizer()),)
"""In the order of preference where nothing else is set."""


def synthesizers(settings: Settings, *, plugins: Plugins, env: Mapping[str, str]) -> tuple[Synthesizer, ...]:
    """
    Return those that are to be tried, in order.

    Raises:
        InvalidSettings: One that was asked for by name is unknown, broken, not installed or not configured.
    """
    if settings.synthesizers is None:
        made = [built_in.make(settings) for built_in in BUILT_IN]
        return tuple(one for one in made if not isinstance(one, str))
    if not settings.synthesizers:
        raise _unusable("names none")
    return tuple(_named(name, settings, plugins, env) for name in dict.fromkeys(settings.synthesizers))


def unusable(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the built-in synthesizers that cannot be used here, each with the reason."""
    for built_in in BUILT_IN:
        made = built_in.make(settings)
        if isinstance(made, str):
            yield built_in.name, made


def _named(name: str, settings: Settings, plugins: Plugins, env: Mapping[str, str]) -> Synthesizer:
    made: Synthesizer | str | None
    built_in = next((b for b in BUILT_IN if b.name == name), None)
    if built_in is not None:
        made = built_in.make(settings)
    elif name in plugins.of(SYNTHESIZERS):
        made = plugins.wanted(SYNTHESIZERS, name, setting=SETTING)(env)
    else:
        known = sorted({b.name for b in BUILT_IN} | plugins.of(SYNTHESIZERS).keys())
        raise _unusable(f"{name!r} is no synthesizer; there are {', '.join(known)}")
    if made is None or isinstance(made, str):
        raise _unusable(f"{name!r} cannot be used here: {made or 'it is not configured'}")
    return made


def _unusable(why: str) -> InvalidSettings:
    return InvalidSettings([Problem(code="bad_value", message=f"{SETTING} {why}")])
