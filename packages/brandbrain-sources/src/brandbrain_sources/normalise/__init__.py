"""One normaliser for each raw shape."""

from brandbrain_sources.normalise.error_items import error_of
from brandbrain_sources.normalise.registry import NORMALISERS

__all__ = ["NORMALISERS", "error_of"]
