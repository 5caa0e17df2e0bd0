"""Raw items become evidence: each by the normaliser of its shape, each on its own."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import attrs

from brandbrain_core.errors import ItemRejected
from brandbrain_core.model.collection import RawItem
from brandbrain_core.model.evidence import NormalisedItem, RawRef
from brandbrain_core.model.run import FrozenSource
from brandbrain_core.policies.identifiers import extra_start_urls
from brandbrain_core.ports import NormaliseContext, Normaliser, Sighting

log = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class Normalised:
    """The sightings, and a reason for each raw item that became none."""

    sightings: tuple[Sighting, ...]
    rejections: tuple[str, ...]


def normalise(normalisers: Mapping[str, Normaliser], source: FrozenSource, raw: Sequence[RawItem]) -> Normalised:
    """Normalise the raw items of one source; one that fails does not touch the others."""
    context = context_of(source)
    sightings: list[Sighting] = []
    rejections: list[str] = []
    for item in raw:
        made = _one(normalisers, context, item)
        if isinstance(made, str):
            rejections.append(f"item {item.index + 1}: {made}")
            continue
        ref = RawRef(run_id=item.run_id, raw_item_id=item.id)
        sightings.append(Sighting(item=made, source_id=source.id, identifier=source.identifier, raw_ref=ref))
    return Normalised(sightings=tuple(sightings), rejections=tuple(rejections))


def context_of(source: FrozenSource) -> NormaliseContext:
    """Return what a normaliser may know of the source."""
    pages = (source.settings or {}).get("extra_start_urls")
    extra = extra_start_urls(pages) if isinstance(pages, list | tuple) else ()
    return NormaliseContext(
        platform=source.platform,
        capability=source.capability,
        identifier=source.identifier,
        start_urls=(source.identifier, *extra),
    )


def _one(normalisers: Mapping[str, Normaliser], context: NormaliseContext, item: RawItem) -> NormalisedItem | str:
    normaliser = normalisers.get(item.shape)
    if normaliser is None:
        return f"no normaliser understands the shape {item.shape!r}"
    try:
        return normaliser(item.payload, context)
    except ItemRejected as rejection:
        return rejection.why
    except Exception as error:
        log.exception("normaliser broke", extra={"shape": item.shape})
        return f"the normaliser broke ({type(error).__name__}); this is a fault to report"
