"""Our own crawler: a few pages of a brand's site, fetched with care."""

from brandbrain_sources.web.collector import WebCollector
from brandbrain_sources.web.fetching import Limits

__all__ = ["Limits", "WebCollector"]
