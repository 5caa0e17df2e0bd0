"""The synthesizer that ships with core; others come as adapters."""

from brandbrain_core.synthesis.rules import RULES_VERSION, RulesSynthesizer, draft_by_rules

__all__ = ["RULES_VERSION", "RulesSynthesizer", "draft_by_rules"]
