"""The plan: with which tools and within which bounds brands are compiled. Built once, at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs
from attrs import validators as v

from brandbrain_core.model.caps import Caps
from brandbrain_core.model.job import LeaseTerms
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform, source_name
from brandbrain_core.model.run import Configuration
from brandbrain_core.policies.capabilities import Allowed, allowed_capabilities
from brandbrain_core.policies.versions import POLICY_VERSIONS
from brandbrain_core.ports import Collector, Normaliser, Synthesizer


@attrs.frozen(kw_only=True)
class Plan:
    """
    With which tools and within which bounds brands are compiled.

    Attributes:
        collectors: In order of preference.
        preferred: Names of collectors in order, by ``platform.capability``; what is not named there is not used for it.
        normalisers: By the name of the raw shape they understand.
        synthesizers: In the order they are tried; the first should be the best, the last one that always works.
        allowed: What may be collected and bundled at all.
        ttl_hours: A collection this old or younger is fresh; hours, 1 or more.
        collect_timeout: For one source.
        sources_at_once: How many sources of one compile are collected side by side.
        require_evidence: Whether a compile without any evidence item fails.
    """

    collectors: tuple[Collector, ...] = ()
    preferred: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    normalisers: Mapping[str, Normaliser] = attrs.field(factory=dict)
    synthesizers: tuple[Synthesizer, ...] = attrs.field(validator=v.min_len(1))
    caps: Caps = Caps()
    allowed: Allowed = attrs.field(factory=allowed_capabilities)
    ttl_hours: int = attrs.field(default=24, validator=v.ge(1))
    collect_timeout: timedelta = timedelta(seconds=300)
    sources_at_once: int = attrs.field(default=4, validator=v.ge(1))
    require_evidence: bool = False
    terms: LeaseTerms = LeaseTerms()

    def collector_for(self, platform: Platform, capability: Capability, settings: JsonObject) -> Collector | None:
        """Return the first collector, in order of preference, that can collect such a source; None: none can."""
        order = self.preferred.get(source_name(platform, capability))
        candidates = self.collectors if order is None else [c for n in order for c in self.collectors if c.name == n]
        return next((c for c in candidates if c.serves(platform, capability, settings)), None)

    def cap_of(self, collector: Collector, platform: Platform, capability: Capability) -> int:
        """Return how many items one collection may bring; what a user brings is capped by the corpus alone."""
        return self.caps.of(platform, capability) if collector.capped else self.caps.corpus_max

    def configuration(self) -> Configuration:
        """Return what shapes a result beside its inputs, as it is frozen and hashed."""
        first = self.synthesizers[0]
        return Configuration(
            synthesizers=tuple(s.id for s in self.synthesizers),
            model=first.model,
            prompt_version=first.prompt_version,
            policies=POLICY_VERSIONS,
            caps=attrs.asdict(self.caps),
        )
