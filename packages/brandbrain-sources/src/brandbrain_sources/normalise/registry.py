"""Which normaliser understands which raw shape."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.ports import Normaliser
from brandbrain_sources.normalise import apify_page, evidence_row, instagram, linkedin, tiktok, web_page, youtube

NORMALISERS: Final[Mapping[str, Normaliser]] = MappingProxyType(
    {
        "evidence_row": evidence_row.normalise,
        "instagram_post": instagram.normalise_post,
        "instagram_reel": instagram.normalise_reel,
        "tiktok_video": tiktok.normalise,
        "youtube_video": youtube.normalise_video,
        "youtube_feed_entry": youtube.normalise_feed_entry,
        "linkedin_post": linkedin.normalise,
        "web_page": web_page.normalise,
        "apify_page": apify_page.normalise,
    }
)
"""By the name that collectors give the shapes of their items."""
