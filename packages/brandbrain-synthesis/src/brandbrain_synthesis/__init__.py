"""Synthesizers of brandbrain beyond the rule-based one in core."""
