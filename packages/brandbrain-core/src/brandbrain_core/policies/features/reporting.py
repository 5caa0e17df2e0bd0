"""The feature report of a corpus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.features import FeatureReport
from brandbrain_core.policies.features.analysis import analyse
from brandbrain_core.policies.features.block import block
from brandbrain_core.policies.lexicon import LEXICON_VERSION

FEATURES_VERSION: Final = "1"
"""Of the counting; part of the input hash."""


def report(items: Iterable[EvidenceItem]) -> FeatureReport:
    """
    Count what can be counted in a brand's items, overall and by platform.

    The same items give the same report in any order. It reads every text once; a corpus of 2,000 long pages takes some
    seconds of processor time, so a caller with an event loop runs it in a thread.
    """
    analyses = sorted((analyse(item) for item in items), key=lambda analysis: analysis.time)
    overall = block(analyses)
    platforms = sorted({analysis.platform for analysis in analyses})
    if len(platforms) == 1:
        by_platform = {platforms[0].value: overall}
    else:
        by_platform = {
            platform.value: block([analysis for analysis in analyses if analysis.platform is platform])
            for platform in platforms
        }
    return FeatureReport(version=FEATURES_VERSION, lexicons=LEXICON_VERSION, overall=overall, by_platform=by_platform)
