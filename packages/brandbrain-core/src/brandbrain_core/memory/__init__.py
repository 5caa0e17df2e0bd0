"""A store that lives in memory: every promise of the ports, for tests, examples and short-lived programs."""

from brandbrain_core.memory.store import MemoryStore

__all__ = ["MemoryStore"]
