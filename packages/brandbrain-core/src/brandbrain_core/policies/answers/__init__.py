"""
Onboarding answers, typed on arrival.

A wrong answer is refused by name; null is no answer; ids that the catalogue does not know are kept. Text is never
changed: what a brand answered is what its snapshot says. Only enumerations are read generously
(`brandbrain_core.policies.answers.enums`).
"""

from brandbrain_core.policies.answers.enums import known
from brandbrain_core.policies.answers.reading import read

__all__ = ["known", "read"]
