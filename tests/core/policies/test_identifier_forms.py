"""Source identifiers over generated names and links: all forms of one account agree, and nothing takes long."""

from __future__ import annotations

import re
import string

from hypothesis import assume, example, given
from hypothesis import strategies as st

from brandbrain_core.errors import InvalidIdentifier
from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.policies import identifiers

KINDS = [(str(platform), str(capability)) for platform, capability in SUPPORTED]


def outcome(platform: str, capability: str, raw: str) -> str | None:
    """Return the identifier, or None if it is refused."""
    try:
        return identifiers.normalise(platform, capability, raw)
    except InvalidIdentifier:
        return None


SIGNS = string.ascii_letters + string.digits + "._"
SCRIPTS = st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Mc", "Nd"])
LINK_START = st.sampled_from(["", "https://", "http://", "HTTPS://"])
LINK_END = st.sampled_from(["", "/", "?a=b", "/?a=b#c", "#c"])


@given(st.text(SIGNS, min_size=1, max_size=30), LINK_START, st.sampled_from(["", "www.", "m."]), LINK_END)
def test_instagram_forms_agree(name: str, start: str, prefix: str, end: str) -> None:
    """A handle is accepted or refused alike with and without @, and in every link to it."""
    expected = outcome("instagram", "posts", name)

    assert expected == outcome("instagram", "posts", f"@{name}")
    assert expected == outcome("instagram", "posts", f"{start}{prefix}instagram.com/{name}{end}")


@given(st.text(SIGNS, min_size=2, max_size=24), LINK_START, st.sampled_from(["", "www.", "m."]), LINK_END)
def test_tiktok_forms_agree(name: str, start: str, prefix: str, end: str) -> None:
    """A handle is accepted or refused alike with and without @, and in every link to it."""
    expected = outcome("tiktok", "profile_videos", name)

    assert expected == outcome("tiktok", "profile_videos", f"@{name}")
    assert expected == outcome("tiktok", "profile_videos", f"{start}{prefix}tiktok.com/@{name}{end}")


@given(st.text(SCRIPTS | st.sampled_from("-_."), min_size=3, max_size=40), LINK_START, LINK_END, st.booleans())
@example(name="İstanbul", start="", end="", person=True)
def test_linkedin_forms_agree(name: str, start: str, end: str, person: bool) -> None:
    """A slug in any script is the same alone, after its folder and in a link, percent-encoded or not."""
    capability, folder = ("profile_posts", "in") if person else ("company_posts", "company")
    expected = outcome("linkedin", capability, name)
    encoded = "".join(f"%{byte:02x}" for byte in name.encode())

    assert expected == outcome("linkedin", capability, f"/{folder}/{name}")
    assert expected == outcome("linkedin", capability, f"{start}www.linkedin.com/{folder}/{name}{end}")
    assert expected == outcome("linkedin", capability, f"{start}fr.linkedin.com/{folder}/{encoded}{end}")


@given(st.text(SCRIPTS | st.sampled_from("-_."), min_size=3, max_size=30), LINK_START, LINK_END)
def test_youtube_forms_agree(name: str, start: str, end: str) -> None:
    """A handle in any script is the same alone and in a link; the two older forms likewise."""
    for form in (f"@{name}", f"c/{name}", f"user/{name}"):
        expected = outcome("youtube", "channel_videos", form)
        assert expected == outcome("youtube", "channel_videos", f"{start}youtube.com/{form}{end}")


@given(st.from_regex(r"UC[A-Za-z0-9_-]{22}", fullmatch=True), LINK_START, LINK_END)
def test_channel_ids_keep_their_case(channel: str, start: str, end: str) -> None:
    """A channel id is itself, alone and in a link."""
    assert channel == identifiers.normalise("youtube", "channel_videos", channel)
    assert channel == identifiers.normalise("youtube", "channel_videos", f"{start}youtube.com/channel/{channel}{end}")


LABELS = st.text(SCRIPTS | st.sampled_from("-_"), min_size=1, max_size=8)
URLS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", "http://", "https://", "HTTP://"]),
    st.lists(LABELS, min_size=2, max_size=4).map(".".join),
    st.sampled_from(["", ":80", ":443", ":8080", ":"]),
    st.text("abC/.%2eEfF7~ é\\[]?#&=", max_size=20).map(lambda path: f"/{path}"),
    st.sampled_from(["", "?", "?q=%zz[1]", "#top"]),
)


@given(URLS)
def test_a_normalised_url_is_plain(url: str) -> None:
    """It is ASCII, has no fragment and ends with no slash; normalising it again changes nothing."""
    try:
        result = identifiers.normalise_url(url)
    except InvalidIdentifier:
        assume(False)

    assert result == identifiers.normalise_url(result)
    assert result.isascii()
    assert result.startswith(("http://", "https://"))
    assert "#" not in result
    assert re.fullmatch(r"(?:[A-Za-z0-9\-._~:/?\[\]!$&'()*+,;=@]|%[0-9A-Fa-f]{2})+", result)
    assert not result.partition("?")[0].endswith("/")


PATHS = st.sampled_from(["@", "c/", "user/", "company/", "/in/", "instagram.com/", "tiktok.com/@", "youtube.com/@", ""])
NAMES = st.text(SCRIPTS | st.sampled_from(SIGNS + "-/%@"), max_size=30)


@given(st.sampled_from(KINDS), st.text(max_size=60) | URLS | st.builds("{}{}".format, PATHS, NAMES))
def test_normalising_is_idempotent(kind: tuple[str, str], raw: str) -> None:
    """Whatever is accepted gives an identifier that gives itself; nothing else than a refusal is raised."""
    result = outcome(*kind, raw)

    if result is not None:
        assert result == identifiers.normalise(*kind, result)
        assert 0 < len(result) <= 2000


def test_long_input_is_refused() -> None:
    """Long input is refused by its length, before anything else looks at it."""
    for kind in KINDS:
        for unit in ("%2e", "/..", "@", ".", "[", "a.", "é"):
            assert outcome(*kind, "https://sol.example/" + unit * 100_000) is None
