"""Enumerations of answers: case, spaces, hyphens and known aliases do not matter, and what is unknown is kept as it
is."""

from __future__ import annotations

from collections.abc import Collection

from brandbrain_core.questions import ALIASES


def known(text: str, options: Collection[str]) -> str | None:
    """
    Return the option that *text* means, or None.

    >>> known(" Thought leadership", ("awareness", "thought_leadership"))
    'thought_leadership'
    >>> known("moderate", ("soft", "balanced"))
    'balanced'
    """
    name = "_".join(text.replace("-", " ").replace("_", " ").casefold().split())
    if name in options:
        return name
    alias = ALIASES.get(name)
    return alias if alias in options else None


def read_enum(text: str, options: Collection[str]) -> str:
    """
    Return the option that *text* means, else *text* as it is.

    >>> read_enum("shouty", ("soft", "balanced"))
    'shouty'
    """
    return known(text, options) or text
