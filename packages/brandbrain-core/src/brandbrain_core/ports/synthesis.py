"""What a synthesizer promises."""

from __future__ import annotations

from typing import Protocol

from brandbrain_core.model.draft import Brief, Draft


class Synthesizer(Protocol):
    """Infers what answers do not say."""

    @property
    def id(self) -> str:
        """A stable id, e.g. ``rules``."""

    @property
    def model(self) -> str | None:
        """The model it will call; None: none."""

    @property
    def prompt_version(self) -> str:
        """Of its prompts or rules; part of the input hash."""

    async def draft(self, brief: Brief) -> Draft:
        """Return a draft; raise `SynthesisFailed`, then the next synthesizer in order stands in."""
