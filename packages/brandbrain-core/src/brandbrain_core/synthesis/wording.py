"""Numbers and lists as readable sentences have them."""

from __future__ import annotations

from collections.abc import Sequence


def percent(share: float) -> str:
    """
    Return a share as whole per cent; what is not nothing is never 0 %, what is not all never 100 %.

    >>> percent(0.424), percent(0.001), percent(0.999)
    ('42 %', '1 %', '99 %')
    """
    whole = round(share * 100)
    if 0 < share < 1:
        whole = min(max(whole, 1), 99)
    return f"{whole} %"


def listed(names: Sequence[str]) -> str:
    """
    Return names as a list in a sentence.

    >>> listed(["LinkedIn", "TikTok", "YouTube"])
    'LinkedIn, TikTok and YouTube'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def about(number: float) -> str:
    """
    Return a number as people say it: to the half below ten, whole above.

    >>> about(2.4), about(1.0), about(31.7)
    ('2.5', '1', '32')
    """
    rounded = round(number * 2) / 2 if number < 10 else round(number)
    return f"{rounded:g}"


def plural(count: float, one: str, many: str) -> str:
    """
    Return the word for that many things.

    >>> plural(1, "post", "posts"), plural(2.5, "post", "posts")
    ('post', 'posts')
    """
    return one if count == 1 else many


def quoted(names: Sequence[str]) -> str:
    """
    Return phrases in quotation marks, as a list in a sentence.

    >>> quoted(["link in bio", "save this"])
    '“link in bio” and “save this”'
    """
    return listed([f"“{name}”" for name in names])
