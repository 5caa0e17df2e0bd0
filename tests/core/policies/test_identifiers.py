"""Source identifiers: one spelling for each account, and a reason for each refusal."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from brandbrain_core.errors import InvalidIdentifier, UnsupportedCapability
from brandbrain_core.policies import identifiers
from brandbrain_core.policies.identifiers.handles import RESERVED

CHANNEL = "UCZ4qs1SgV7wTkM2VjHByuRQ"
ACCEPTED = {
    ("instagram", "posts", "sol.bakery_1"): [
        "sol.bakery_1",
        "@Sol.Bakery_1",
        "  @sol.bakery_1\n",
        "\u200esol.bakery_1\ufeff",
        "instagram.com/Sol.Bakery_1",
        "INSTAGRAM.COM./sol.bakery_1/",
        "www.instagram.com/sol.bakery_1?igsh=abc",
        "https://instagram.com/sol.bakery_1#top",
        "http://m.instagram.com:80/sol.bakery_1/tagged/",
        "https://www.instagram.com/sol.bakery_1/reels/",
        "https://www.instagram.com/%40Sol.Bakery%5F1/",
    ],
    ("instagram", "reels", "sol"): ["Sol", "https://www.instagram.com/sol/"],
    ("tiktok", "profile_videos", "sol.bakery"): [
        "Sol.Bakery",
        "@sol.bakery",
        "tiktok.com/@Sol.Bakery",
        "https://www.tiktok.com/@sol.bakery?lang=en",
        "https://m.tiktok.com/@sol.bakery/live",
        "www.tiktok.com/%40sol.bakery/",
    ],
    ("linkedin", "company_posts", "sol-bakery"): [
        "Sol-Bakery",
        "/company/sol-bakery",
        "company/sol-bakery/",
        "linkedin.com/company/Sol-Bakery",
        "https://www.linkedin.com/company/sol-bakery/posts/?feedView=all",
        "https://de.linkedin.com/company/sol-bakery/about/",
    ],
    ("linkedin", "company_posts", "café-do-sol"): [
        "Café-do-Sol",
        "cafe\u0301-do-sol",
        "https://linkedin.com/company/caf%C3%A9-do-sol",
        "caf%c3%a9-do-sol",
    ],
    ("linkedin", "company_posts", "sol.com"): ["sol.com", "linkedin.com/company/sol.com"],
    ("linkedin", "profile_posts", "jana-sol-12"): [
        "Jana-Sol-12",
        "/in/jana-sol-12",
        "in/jana-sol-12",
        "uk.linkedin.com/in/jana-sol-12",
        "https://www.linkedin.com/in/Jana-Sol-12/recent-activity/all/",
    ],
    ("youtube", "channel_videos", CHANNEL): [
        CHANNEL,
        f"channel/{CHANNEL}",
        f"/channel/{CHANNEL}",
        f"youtube.com/channel/{CHANNEL}",
        f"https://m.youtube.com/channel/{CHANNEL}/videos?view=0",
        f"https://uk.youtube.com/channel/{CHANNEL}",
    ],
    ("youtube", "channel_videos", "@solbakery"): [
        "@SolBakery",
        "youtube.com/@SolBakery",
        "https://www.youtube.com/@solbakery/shorts",
        "https://www.youtube.com/%40solbakery",
    ],
    ("youtube", "channel_videos", "@über.uns"): ["@Über.Uns", "https://www.youtube.com/@%C3%BCber.uns"],
    ("youtube", "channel_videos", "c/solbakery"): ["c/SolBakery", "/c/solbakery", "youtube.com/C/SolBakery/about"],
    ("youtube", "channel_videos", "user/solbakery"): ["user/SolBakery", "https://youtube.com/user/solbakery"],
    ("web", "crawl_pages", "https://sol.example"): [
        "sol.example",
        "SOL.example/",
        "https://sol.example:443",
        "https://sol.example./#about",
        "HTTPS://Sol.Example///?",
    ],
    ("web", "crawl_pages", "http://sol.example:8080/Menu/%C3%A9?b=2&a=1"): [
        "http://sol.example:8080/Menu/é/?b=2&a=1",
        "HTTP://SOL.EXAMPLE:08080/x/../Menu/./%c3%a9?b=2&a=1#x",
    ],
    ("web", "crawl_pages", "https://xn--fa-hia.example"): ["faß.example", "FAß。example", "xn--fa-hia.example"],
    ("web", "crawl_pages", "http://[::1]:8000/a"): ["http://[0:0::1]:8000/a/"],
    ("web", "crawl_pages", "http://localhost"): ["http://localhost:80/"],
}

REFUSED = {
    ("instagram", "posts"): {
        "": "empty",
        " \t": "empty",
        "@": "empty",
        "a b": "blank",
        "sol\x00bakery": "control character",
        "x" * 31: "1 to 30",
        "sol-bakery": "letters, digits, dots",
        "żółw": "letters, digits, dots",
        "...": "no name of an account",
        "sol/bakery": "no name of an account",
        "instagram.com": "empty",
        "@tiktok.com": "host",
        "https://www.instagram.com/": "empty",
        "https://www.instagram.com/p/DSGhrgIDmkP/": "one post",
        "instagram.com/reel/DTA4": "one post",
        "https://www.instagram.com/sol/p/DSGhrgIDmkP/": "one post",
        "https://www.instagram.com/stories/sol/123": "one post",
        "https://www.instagram.com/explore/tags/bread": "own addresses",
        "https://instagr.am/sol": "short links",
        "https://bit.ly/abc": "short links",
        "https://www.tiktok.com/@sol": "not a host of instagram",
        "sol.example/sol": "not a host of instagram",
        "https://notinstagram.com/sol": "not a host of instagram",
        "https://instagram.com.sol.example/sol": "not a host of instagram",
        "https://sol.example/instagram.com/sol": "not a host of instagram",
        "https://help.instagram.com/sol": "not a host of instagram",
        "https://me:secret@instagram.com/sol": "password",
        "me@instagram.com/sol": "password|in its middle",
        "https://instagram.com@sol.example/sol": "password",
        "ftp://instagram.com/sol": "no web link",
        "javascript:alert(1)": "no web link",
        "https:instagram.com/sol": "no web link",
        "https://instagram.com:8443/sol": "port",
        "https://www.instagram.com/%ff": "UTF-8",
        "https://www.instagram.com/a%2Fb": "no name of an account",
        "x" * 2001: "2000 characters",
    },
    ("tiktok", "profile_videos"): {
        "@": "empty",
        "s": "2 to 24",
        "x" * 25: "2 to 24",
        "https://vm.tiktok.com/ZMabc/": "short links",
        "https://vt.tiktok.com/ZSabc/": "short links",
        "tiktok.com/t/ZTabc": "short link",
        "https://www.tiktok.com/@sol/video/7592641437091532062": "one post",
        "https://www.tiktok.com/@sol/photo/7592641437091532062": "one post",
        "https://m.tiktok.com/v/7592641437091532062.html": "one post",
        "https://www.tiktok.com/tag/bread": "no profile",
        "https://www.tiktok.com/sol": "@ before the name",
        "https://www.instagram.com/sol": "not a host of tiktok",
        "https://tiktok.com/": "empty",
    },
    ("linkedin", "company_posts"): {
        "@": "empty",
        "sol bakery": "blank",
        "linkedin.com/company/": "empty",
        "https://www.linkedin.com/in/jana": "a person's profile",
        "/in/jana": "a person's profile",
        "https://www.linkedin.com/posts/sol_bread-activity-741": "one post",
        "https://www.linkedin.com/feed/update/urn:li:activity:741": "one post",
        "https://www.linkedin.com/school/sol": "not a company page",
        "https://www.linkedin.com/": "not a company page",
        "https://lnkd.in/eMK": "short links",
        "https://linkedin.company/company/sol": "not a host of linkedin",
        "https://sol.example": "not a host of linkedin",
        "urn:li:company:12": "no web link",
    },
    ("linkedin", "profile_posts"): {
        "https://www.linkedin.com/company/sol": "a company page",
        "company/sol": "a company page",
        "jo": "3 to 100",
        "https://www.linkedin.com/pub/jana/1/2/3": "not a person's profile",
    },
    ("youtube", "channel_videos"): {
        "@": "empty",
        "@ab": "3 to 30",
        "solbakery": "no channel",
        "UCshort": "no channel",
        CHANNEL.lower(): "no channel",
        f"youtube.com/channel/{CHANNEL}x": "no channel",
        "youtube.com/solbakery": "no link to a channel",
        "https://www.youtube.com/watch?v=8eEOaCCxGwo": "one video",
        "https://www.youtube.com/shorts/8eEOaCCxGwo": "one video",
        "https://www.youtube.com/live/8eEOaCCxGwo": "one video",
        "watch?v=8eEOaCCxGwo": "one video",
        "https://youtu.be/8eEOaCCxGwo": "short links",
        "https://youtube.example/@sol": "not a host of youtube",
        "youtube.com/c/": "empty",
    },
    ("web", "crawl_pages"): {
        "": "empty",
        "bakery": "no web address",
        "our bakery": "blank",
        "localhost:8000": "no web address",
        "mailto:me@sol.example": "no web link",
        "ftp://sol.example": "no web link",
        "file:///etc/passwd": "no web link",
        "https://": "names no host",
        "//sol.example": "names no host",
        "https://me@sol.example": "password",
        "me@sol.example": "password",
        "https://sol.example\\@evil.example/": "password",
        "https://sol..example": "no host",
        "https://-sol.example": "no host",
        "https://sol%2eexample": "no host",
        "https://2130706433/": "no host",
        "http://0x7f.1/": "no host",
        "http://127.1/": "no host",
        "http://[::1%25eth0]/": "no host",
        "https://sol.example:0": "port",
        "https://sol.example:65536": "port",
        "https://sol.example:http": "no host",
        "https://sol.example/a b": "blank",
        "https://www.youtube.com/@sol": "a host of youtube",
        "https://youtu.be/abc": "short links",
        "https://sol.example/" + "x" * 2000: "2000 characters",
        "https://sol.example/" + "é" * 400: "2000 characters",
    },
}
FLAT_REFUSALS = [(*kind, raw, why) for kind, rows in REFUSED.items() for raw, why in rows.items()]
FLAT_ACCEPTED = [(p, c, raw, wanted) for (p, c, wanted), raws in ACCEPTED.items() for raw in raws]


@pytest.mark.parametrize(("platform", "capability", "raw", "wanted"), FLAT_ACCEPTED)
def test_every_form_gives_the_identifier(platform: str, capability: str, raw: str, wanted: str) -> None:
    """Link, bare host form and handle of an account are one identifier."""
    assert wanted == identifiers.normalise(platform, capability, raw)
    assert wanted == identifiers.normalise(platform, capability, wanted)


@pytest.mark.parametrize(("platform", "capability", "raw", "why"), FLAT_REFUSALS)
def test_refusals_say_why(platform: str, capability: str, raw: str, why: str) -> None:
    """What names no account of the platform is refused with a short reason that names the thing."""
    with pytest.raises(InvalidIdentifier, match=why) as caught:
        identifiers.normalise(platform, capability, raw)

    assert platform == caught.value.platform
    assert len(caught.value.why) <= 250
    assert caught.value.why.isprintable()


@pytest.mark.parametrize("word", sorted(RESERVED))
@pytest.mark.parametrize(
    ("platform", "capability", "form"),
    [
        ("instagram", "posts", "{}"),
        ("instagram", "posts", "@{}"),
        ("instagram", "posts", "instagram.com/{}/"),
        ("tiktok", "profile_videos", "@{}"),
        ("tiktok", "profile_videos", "tiktok.com/@{}"),
        ("linkedin", "company_posts", "{}"),
        ("linkedin", "profile_posts", "linkedin.com/in/{}"),
        ("youtube", "channel_videos", "@{}"),
    ],
)
def test_reserved_words_are_no_accounts(platform: str, capability: str, form: str, word: str) -> None:
    """The words that platforms use in their own addresses are refused in every form and case."""
    for spelling in (word, word.upper()):
        with pytest.raises(InvalidIdentifier):
            identifiers.normalise(platform, capability, form.format(spelling))


def test_unknown_kinds_are_another_error() -> None:
    """A platform or capability that is not collected is no question of the identifier."""
    with pytest.raises(UnsupportedCapability):
        identifiers.normalise("instagram", "crawl_pages", "sol")


@pytest.mark.parametrize(
    ("platform", "capability", "identifier", "target", "public"),
    [
        ("instagram", "posts", "sol", "https://www.instagram.com/sol/", "https://www.instagram.com/sol/"),
        ("instagram", "reels", "sol", "sol", "https://www.instagram.com/sol/"),
        ("tiktok", "profile_videos", "sol", "sol", "https://www.tiktok.com/@sol"),
        ("linkedin", "company_posts", "sol", "sol", "https://www.linkedin.com/company/sol"),
        (
            "linkedin",
            "profile_posts",
            "zoë",
            "https://www.linkedin.com/in/zo%C3%AB",
            "https://www.linkedin.com/in/zo%C3%AB",
        ),
        (
            "youtube",
            "channel_videos",
            CHANNEL,
            f"https://www.youtube.com/channel/{CHANNEL}",
            f"https://www.youtube.com/channel/{CHANNEL}",
        ),
        ("youtube", "channel_videos", "@sol", "https://www.youtube.com/@sol", "https://www.youtube.com/@sol"),
        ("youtube", "channel_videos", "c/sol", "https://www.youtube.com/c/sol", "https://www.youtube.com/c/sol"),
        ("web", "crawl_pages", "https://sol.example/a", "https://sol.example/a", "https://sol.example/a"),
    ],
)
def test_targets(platform: str, capability: str, identifier: str, target: str, public: str) -> None:
    """A collector is given the form it asks for, a person a link."""
    assert target == identifiers.collector_target(platform, capability, identifier)
    assert public == identifiers.public_url(platform, capability, identifier)


@pytest.mark.parametrize(("platform", "capability", "raw", "wanted"), FLAT_ACCEPTED)
def test_public_links_lead_back(platform: str, capability: str, raw: str, wanted: str) -> None:
    """The link that people see gives the identifier it was built from."""
    public = identifiers.public_url(platform, capability, wanted)

    assert wanted == identifiers.normalise(platform, capability, public)


def test_start_urls_skip_what_is_no_page_of_ours() -> None:
    """The first two distinct web addresses are taken; other types, bad links and social networks are passed over."""
    pages = [
        None,
        "x y",
        "https://youtu.be/1",
        "instagram.com/sol",
        "sol.example/a",
        "https://SOL.example/a/",
        "sol.example/b",
    ]

    assert ("https://sol.example/a", "https://sol.example/b") == identifiers.extra_start_urls(pages)
    assert ("https://sol.example/a",) == identifiers.extra_start_urls(pages, limit=1)
    assert () == identifiers.extra_start_urls([])


def test_the_hash_seed_does_not_matter() -> None:
    """Two processes with different hash seeds give the same identifiers and the same reasons."""
    script = (
        "import json, sys\n"
        "from brandbrain_core.errors import InvalidIdentifier\n"
        "from brandbrain_core.policies import identifiers\n"
        "def say(p, c, raw):\n"
        "    try:\n"
        "        return identifiers.normalise(p, c, raw)\n"
        "    except InvalidIdentifier as error:\n"
        "        return str(error)\n"
        "print(json.dumps([say(*row) for row in json.load(sys.stdin)]))\n"
    )
    rows = json.dumps([row[:3] for row in FLAT_ACCEPTED + FLAT_REFUSALS])
    printed = [
        subprocess.run(
            [sys.executable, "-c", script],
            input=rows,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]

    assert printed[0] == printed[1]
    assert len(FLAT_ACCEPTED + FLAT_REFUSALS) == len(json.loads(printed[0]))
