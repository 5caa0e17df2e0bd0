"""
The input hash: two compiles with the same hash would say the same.

It has two levels. The first covers what is frozen at kick-off: answers, sources, configuration. The second adds the
overrides and pins, which are read only when the snapshot is published.
"""

from __future__ import annotations

import hashlib

from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.run import Configuration, FrozenInputs, FrozenSource
from brandbrain_core.policies.canonical import canonical


def digest(value: JsonValue) -> str:
    """
    Return the SHA-256 of the canonical JSON of *value*, in 64 hexadecimal digits; raise ValueError as `canonical` does.

    >>> digest({})
    '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'
    """
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def inputs_hash(inputs: FrozenInputs) -> str:
    """
    Return the hash of what is frozen at kick-off.

    When it was captured does not count, nor do the ids of sources: a source that was deleted and made anew is the
    same input.
    """
    sources = sorted(inputs.sources, key=lambda source: (source.platform, source.capability, source.identifier))
    return digest(
        {
            "answers": inputs.answers,
            "sources": [_source(source) for source in sources],
            "configuration": _configuration(inputs.configuration),
        }
    )


def input_hash(inputs: str, overrides: Overrides) -> str:
    """Return the hash of frozen inputs, given by their `inputs_hash`, with the overrides and pins that were merged."""
    return digest({"inputs": inputs, "overrides": overrides.values, "pins": sorted(set(overrides.pinned_paths))})


def _source(source: FrozenSource) -> JsonObject:
    return {
        "platform": source.platform,
        "capability": source.capability,
        "identifier": source.identifier,
        "allowed": source.is_allowed,
        "settings": source.settings or {},
    }


def _configuration(configuration: Configuration) -> JsonObject:
    return {
        "synthesizers": configuration.synthesizers,
        "model": configuration.model,
        "prompt_version": configuration.prompt_version,
        "policies": configuration.policies,
        "caps": configuration.caps,
    }
