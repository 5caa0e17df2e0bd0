"""Which hosts belong to which platform: whole names, never parts of names."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.model.platform import Platform


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LINKEDIN_COUNTRIES: Final = _words(
    """
    ae ar at au ba be bg bo br ca ch cl cn co cr cz de dk do ec eg es fi fr gh gr gt hk hr hu id ie il in it jm jp
    ke kr kw lb lk lt lu ma mx my ng nl no nz om pa pe ph pk pl pr pt qa ro rs ru sa se sg si sk sv th tn tr tt tw
    ua ug uk uy ve vn za zw
    """
)
_YOUTUBE_COUNTRIES: Final = _words("au br ca cz de es fr hk ie il in it jp kr mx nl nz pl ru se tw uk za")
_OTHER_NETWORKS: Final = _words(
    "x.com twitter.com facebook.com threads.net threads.com pinterest.com snapchat.com reddit.com"
)


def _hosts(name: str, countries: tuple[str, ...] = ()) -> list[str]:
    return [name, *(f"{prefix}.{name}" for prefix in ("www", "m", *countries))]


PLATFORM_OF_HOST: Final[Mapping[str, Platform]] = MappingProxyType(
    dict.fromkeys(_hosts("instagram.com"), Platform.INSTAGRAM)
    | dict.fromkeys(_hosts("tiktok.com"), Platform.TIKTOK)
    | dict.fromkeys(_hosts("linkedin.com", _LINKEDIN_COUNTRIES), Platform.LINKEDIN)
    | dict.fromkeys(_hosts("youtube.com", _YOUTUBE_COUNTRIES), Platform.YOUTUBE)
)
"""Every host on which a platform shows its accounts."""

SHORT_LINK_HOSTS: Final = frozenset(
    _words(
        """
        vm.tiktok.com vt.tiktok.com youtu.be lnkd.in instagr.am www.instagr.am ig.me fb.me t.co bit.ly tinyurl.com
        ow.ly buff.ly goo.gl is.gd cutt.ly rebrand.ly t.ly amzn.to
        """
    )
)
"""Hosts whose links say nothing about where they lead."""

_OTHER_HOSTS: Final = frozenset(host for name in _OTHER_NETWORKS for host in _hosts(name))


def is_known(host: str) -> bool:
    """
    Tell whether *host*, in lower case, is that of a social network, and so no account's name.

    >>> is_known("www.tiktok.com"), is_known("tiktok.company")
    (True, False)
    """
    return host in PLATFORM_OF_HOST or host in SHORT_LINK_HOSTS or host in _OTHER_HOSTS
