"""What the names of accounts have in common on all platforms."""

from __future__ import annotations

import unicodedata
from typing import Final

import attrs

from brandbrain_core.policies.identifiers.hosts import is_known
from brandbrain_core.policies.identifiers.links import refuse, shown

RESERVED: Final = frozenset({"p", "reel", "reels", "stories", "explore", "tv", "tag", "video"})
"""Words that platforms use in the addresses of posts and lists; none is taken for an account, on any platform."""


@attrs.frozen(kw_only=True)
class HandleRule:
    """
    How a platform's names are written, once in lower case.

    Attributes:
        shortest, longest: Limits, in characters.
        signs: What may stand in a name besides letters and digits.
        says: The same for people, after "it may".
        example: How to write one.
        ascii_only: Only the letters a to z and the digits 0 to 9 count; else those of every script.
        reserved: Words that are parts of the platform's own addresses.
    """

    shortest: int
    longest: int
    signs: str
    says: str
    example: str
    ascii_only: bool
    reserved: frozenset[str] = RESERVED

    def allows(self, name: str) -> bool:
        """Tell whether *name* is within the limits, of allowed characters, and not of signs alone."""
        return (
            self.shortest <= len(name) <= self.longest
            and any(c.isalnum() or c == "_" for c in name)
            and all(c in self.signs or self._is_letter(c) for c in name)
        )

    def _is_letter(self, char: str) -> bool:
        if char.isascii():
            return char.isalnum()
        return not self.ascii_only and unicodedata.category(char)[0] in "LMN"


def lowered(name: str) -> str:
    """
    Return *name* in lower case and composed (NFC).

    >>> lowered("ÉCLAT")
    'éclat'
    """
    return unicodedata.normalize("NFC", name.lower())


def handle(platform: str, name: str, rule: HandleRule) -> str:
    """Return *name*, with or without an @ before it, in lower case; raise `InvalidIdentifier` by *rule*."""
    bare = name.removeprefix("@")
    if not bare:
        refuse(platform, f"the name is empty; write it like {rule.example}")
    low = lowered(bare)
    if low in rule.reserved:
        refuse(platform, f"{shown(bare)} is a part of {platform}'s own addresses; give the name of an account")
    if is_known(low):
        refuse(platform, f"{shown(bare)} is a host without an account; add the account's name")
    if not rule.allows(low) or (rule.ascii_only and not bare.isascii()):
        refuse(platform, f"{shown(bare)} is no name of an account; it may {rule.says}, like {rule.example}")
    return low
