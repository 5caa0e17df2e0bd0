"""
Forbidden words and patterns, matched in time that grows only with the length of the text.

A pattern comes from a customer, so it may be hostile or clumsy. Python's `re` backtracks and can be made to run for
ever; here a pattern is read by a small parser of a subset of its syntax and run as a set of states, one step for each
character, whatever the pattern.
"""

from brandbrain_core.policies.patterns.forbidden import PATTERN_MAX, TEXT_MAX, ForbiddenPattern, read_pattern
from brandbrain_core.policies.patterns.keywords import contains_keyword
from brandbrain_core.policies.patterns.syntax import BadPattern

__all__ = ["PATTERN_MAX", "TEXT_MAX", "BadPattern", "ForbiddenPattern", "contains_keyword", "read_pattern"]
