"""
Checks an assembled snapshot before it is merged: a failed check rejects the draft, a warning is reported.

Most checks look from the outside at what assembling promises, so that a fault there is caught here; the others tell
people what they should know of their answers and of the draft.
"""

from brandbrain_core.policies.qa.checking import CHECKS, check

__all__ = ["CHECKS", "check"]
