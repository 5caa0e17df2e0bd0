"""Settings: read once at the edge, from flags, environment, file and defaults, in this order of strength."""

from brandbrain.settings.loading import Loaded, load
from brandbrain.settings.values import Settings

__all__ = ["Loaded", "Settings", "load"]
