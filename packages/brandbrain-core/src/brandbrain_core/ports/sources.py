"""What sources promise: collectors bring raw items, normalisers make evidence of them."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import attrs

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform


@attrs.frozen(kw_only=True)
class CollectRequest:
    """
    What a collector is asked for.

    Attributes:
        cap: At most so many items, 1 or more.
        deadline: Aware, UTC; after it the pipeline gives up waiting.
        resume: The external run to go on with, where an earlier attempt had started one.
    """

    platform: Platform
    capability: Capability
    identifier: str
    settings: JsonObject
    cap: int
    deadline: datetime
    resume: str | None = None


@attrs.frozen(kw_only=True)
class CollectedItem:
    """One item as it came; *shape* names the normaliser that understands it."""

    shape: str
    payload: JsonObject


@attrs.frozen(kw_only=True)
class Collected:
    """
    What a collection brought.

    Attributes:
        items: At most the cap of the request.
        problems: What went wrong on the way without failing the source: bad rows with their line, pages that answered
            404 ...
        rejected: How many items could not be read at all; None: one for each problem.
    """

    items: tuple[CollectedItem, ...]
    problems: tuple[str, ...] = ()
    dataset_id: str | None = None
    rejected: int | None = None


class ExternalRuns(Protocol):
    """Lets a collector note the provider's run before it waits for it, so that a retry resumes it."""

    async def started(self, external_run_id: str) -> None:
        """Note that the provider started this run; when this returns, it is stored."""


class Collector(Protocol):
    """Collects one source. It reads settings, and the network or files; it writes nothing."""

    @property
    def name(self) -> str:
        """A stable name, e.g. ``web``."""

    @property
    def version(self) -> str:
        """Part of the fingerprint: a new version collects anew."""

    @property
    def capped(self) -> bool:
        """Whether the caps of its kind hold; False where the user brings the items: then the corpus limit does."""

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Tell whether this collector can collect such a source as it is configured."""

    def input_of(self, request: CollectRequest) -> JsonObject:
        """
        Return what the collection depends on; it is fingerprinted and stored. Has no secret, no time, no deadline in
        it.
        """

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:
        """Collect; raise `SourceFailed`, or anything: it is this source's failure and no other's."""


class Normaliser(Protocol):
    """Makes evidence of the raw items of one shape."""

    def __call__(self, payload: JsonObject, source: NormaliseContext) -> NormalisedItem:
        """
        Return the item; raise `ItemRejected` with a reason only where there is neither identity nor any text. Pure.
        """


@attrs.frozen(kw_only=True)
class NormaliseContext:
    """The source that a raw item came from; *start_urls* are the pages a crawl began with."""

    platform: Platform
    capability: Capability
    identifier: str
    start_urls: tuple[str, ...] = ()
