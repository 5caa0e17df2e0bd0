"""From stored evidence to the brief: the corpus, the bundle, the features."""

from __future__ import annotations

import asyncio

from brandbrain_core.ids import BrandId
from brandbrain_core.model.bundle import Bundle
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.draft import Brief
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.run import FrozenInputs
from brandbrain_core.pipeline.tools import Tools
from brandbrain_core.policies.answers import read
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.policies.features import report
from brandbrain_core.policies.identifiers import extra_start_urls


async def corpus_of(tools: Tools, brand: BrandId, inputs: FrozenInputs) -> tuple[EvidenceItem, ...]:
    """Return the brand's eligible items, newest first: those seen under a frozen source with its identifier."""
    pairs = [(source.id, source.identifier) for source in inputs.sources if source.is_allowed]
    limit = tools.plan.caps.corpus_max
    return await tools.read(lambda work: work.evidence.corpus(brand, pairs, limit=limit))


def choose_bundle(corpus: tuple[EvidenceItem, ...], answers: JsonObject, caps: Caps) -> Bundle:
    """Return the bundle of a corpus; key pages of the answers stay eligible, however little they say."""
    pages = read(answers).key_pages
    return bundle(corpus, caps=caps, key_pages=extra_start_urls(pages, limit=len(pages)))


async def write_brief(corpus: tuple[EvidenceItem, ...], chosen: Bundle, inputs: FrozenInputs) -> Brief:
    """Return all that a synthesizer may know; the counting happens outside the event loop."""
    return Brief(
        answers=read(inputs.answers),
        bundle=chosen,
        corpus=corpus,
        features=await asyncio.to_thread(report, corpus),
        platforms=tuple(sorted({source.platform for source in inputs.sources})),
    )
