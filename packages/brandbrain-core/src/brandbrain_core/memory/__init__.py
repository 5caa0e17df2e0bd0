"""A store that lives in memory: every promise of the ports, for tests, examples and short-lived programs."""

from brandbrain_core.memory.compiling import compile_items
from brandbrain_core.memory.given import GivenItems, memory_deps
from brandbrain_core.memory.store import MemoryStore

__all__ = ["GivenItems", "MemoryStore", "compile_items", "memory_deps"]
