"""The compile, stage by stage, from frozen inputs to a published snapshot."""

from brandbrain_core.pipeline.compile import compile_leased
from brandbrain_core.pipeline.plan import Plan

__all__ = ["Plan", "compile_leased"]
