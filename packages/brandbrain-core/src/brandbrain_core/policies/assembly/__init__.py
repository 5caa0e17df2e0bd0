"""
Assembling a snapshot from answers and a draft.

Answers go verbatim into the fields they feed. What a synthesizer inferred is checked, never trusted: its type, its
citations, its words; what does not pass is dropped and reported. Where nothing is left, a neutral value stands in.
The snapshot has no overrides or pins yet, and version 0, until it is merged and published.
"""

from brandbrain_core.policies.assembly.assembling import ASSEMBLY_VERSION, Assembled, assemble, situation_of
from brandbrain_core.policies.assembly.problems import DraftProblem, DraftProblemCode

__all__ = ["ASSEMBLY_VERSION", "Assembled", "DraftProblem", "DraftProblemCode", "assemble", "situation_of"]
