"""The settings: name, default, meaning, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final, TypeVar

import attrs

from brandbrain.settings import parsing
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.job import LeaseTerms

T = TypeVar("T")

NAME: Final = "name"
PARSE: Final = "parse"
MEANING: Final = "meaning"
SECRET: Final = "secret"


def _setting(name: str, parse: Callable[[object], T], default: Any, meaning: str, *, secret: bool = False) -> Any:
    about = {NAME: name, PARSE: parse, MEANING: meaning, SECRET: secret}
    return attrs.field(default=default, metadata=about, repr=not secret)


@attrs.frozen(kw_only=True)
class Settings:
    """
    Everything that can be set. Durations are seconds, caps are items; secrets are not in the ``repr``.

    In ``brandbrain.toml`` a setting has the name of its attribute here.
    """

    database_url: str = _setting(
        "DATABASE_URL", parsing.text, "sqlite:///brandbrain.db", "Where everything is stored", secret=True
    )
    listen_url: str | None = _setting(
        "BRANDBRAIN_LISTEN_URL",
        parsing.blank_or_text,
        None,
        "Where to listen for wake-ups, if DATABASE_URL goes through a pooler; empty: poll only",
        secret=True,
    )
    allowed_hosts: tuple[str, ...] = _setting(
        "ALLOWED_HOSTS", parsing.names, ("localhost", "127.0.0.1"), "Host headers that are answered"
    )
    cors_allowed_origins: tuple[str, ...] = _setting(
        "CORS_ALLOWED_ORIGINS", parsing.names, ("http://localhost:3000",), "Origins whose pages may call the API"
    )
    host: str = _setting("BRANDBRAIN_HOST", parsing.text, "127.0.0.1", "Address that the API listens on")
    port: int = _setting("BRANDBRAIN_PORT", parsing.port, 8000, "Port that the API listens on")
    trusted_proxies: tuple[str, ...] = _setting(
        "BRANDBRAIN_TRUSTED_PROXIES",
        parsing.names,
        (),
        "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed",
    )
    metrics: bool = _setting("BRANDBRAIN_METRICS", parsing.switch, False, "Whether the API has /metrics")
    cap_ig_posts: int = _setting("BRANDBRAIN_CAP_IG_POSTS", parsing.positive, 8, "Instagram posts of one collection")
    cap_ig_reels: int = _setting("BRANDBRAIN_CAP_IG_REELS", parsing.positive, 6, "Instagram reels of one collection")
    cap_li: int = _setting("BRANDBRAIN_CAP_LI", parsing.positive, 6, "LinkedIn posts of one collection")
    cap_tt: int = _setting("BRANDBRAIN_CAP_TT", parsing.positive, 6, "TikTok videos of one collection")
    cap_yt: int = _setting("BRANDBRAIN_CAP_YT", parsing.positive, 6, "YouTube videos of one collection")
    cap_web: int = _setting("BRANDBRAIN_CAP_WEB", parsing.positive, 3, "Web pages of one collection")
    max_normalized_items: int = _setting(
        "BRANDBRAIN_MAX_NORMALIZED_ITEMS", parsing.positive, 40, "Items in the whole bundle"
    )
    corpus_max: int = _setting(
        "BRANDBRAIN_CORPUS_MAX", parsing.positive, 2000, "Items that features are counted over; cap of files"
    )
    apify_run_ttl_hours: int = _setting(
        "BRANDBRAIN_APIFY_RUN_TTL_HOURS", parsing.positive, 24, "Hours that a collection stays fresh"
    )
    enable_linkedin_profile_posts: bool = _setting(
        "BRANDBRAIN_ENABLE_LINKEDIN_PROFILE_POSTS", parsing.switch, False, "Collect posts of LinkedIn profiles"
    )
    collectors: Mapping[str, tuple[str, ...]] = _setting(
        "BRANDBRAIN_COLLECTORS", parsing.orders, attrs.Factory(dict), "Order of collectors by kind of source"
    )
    crawler_allow_private: bool = _setting(
        "BRANDBRAIN_CRAWLER_ALLOW_PRIVATE", parsing.switch, False, "Crawl private addresses: tests and intranets only"
    )
    import_folder: str | None = _setting(
        "BRANDBRAIN_IMPORT_FOLDER",
        parsing.optional_text,
        None,
        "Folder from which a server or worker may import exported files; none: no files",
    )
    apify_token: str | None = _setting(
        "APIFY_TOKEN", parsing.optional_text, None, "Switches collecting through Apify on", secret=True
    )
    apify_base_url: str | None = _setting(
        "APIFY_BASE_URL", parsing.optional_text, None, "Another address of Apify's API than the public one"
    )
    synthesizers: tuple[str, ...] | None = _setting(
        "BRANDBRAIN_SYNTHESIZERS",
        parsing.names,
        None,
        "Order of synthesizers; by default llm, extractive, rules: those that are configured and installed",
    )
    openai_api_key: str | None = _setting(
        "OPENAI_API_KEY", parsing.optional_text, None, "Key of the LLM's endpoint", secret=True
    )
    openai_base_url: str | None = _setting(
        "OPENAI_BASE_URL", parsing.optional_text, None, "An OpenAI-compatible endpoint"
    )
    llm_model: str | None = _setting("BRANDBRAIN_LLM_MODEL", parsing.optional_text, None, "Model of the LLM")
    llm_timeout: float = _setting("BRANDBRAIN_LLM_TIMEOUT", parsing.seconds, 60.0, "Seconds for one call of the LLM")
    llm_max_tokens: int = _setting("BRANDBRAIN_LLM_MAX_TOKENS", parsing.positive, 4000, "Tokens of one answer")
    llm_disabled: bool = _setting("LLM_DISABLED", parsing.switch, False, "Switches the LLM off, whatever else is set")
    heartbeat_seconds: float = _setting("BRANDBRAIN_HEARTBEAT_SECONDS", parsing.seconds, 30.0, "Between signs of life")
    stale_seconds: float = _setting("BRANDBRAIN_STALE_SECONDS", parsing.seconds, 600.0, "Until a lease is taken away")
    deadline_seconds: float = _setting("BRANDBRAIN_DEADLINE_SECONDS", parsing.seconds, 3600.0, "Of one attempt")
    max_attempts: int = _setting("BRANDBRAIN_MAX_ATTEMPTS", parsing.positive, 3, "Attempts of one job")
    backoff_base_seconds: float = _setting(
        "BRANDBRAIN_BACKOFF_BASE_SECONDS", parsing.seconds, 30.0, "Wait after failed attempt n is this × 2^n"
    )
    poll_seconds: float = _setting("BRANDBRAIN_POLL_SECONDS", parsing.seconds, 5.0, "Between looks into the queue")
    stale_check_seconds: float = _setting(
        "BRANDBRAIN_STALE_CHECK_SECONDS", parsing.seconds, 60.0, "Between sweeps of stale leases"
    )
    concurrency: int = _setting("BRANDBRAIN_CONCURRENCY", parsing.positive, 8, "Jobs that one worker does at a time")
    require_evidence: bool = _setting(
        "BRANDBRAIN_REQUIRE_EVIDENCE", parsing.switch, False, "A compile without any evidence fails"
    )
    log_format: str | None = _setting(
        "BRANDBRAIN_LOG_FORMAT", parsing.one_of("text", "json"), None, "text or json; default: text on a terminal"
    )
    test_postgres_url: str | None = _setting(
        "BRANDBRAIN_TEST_POSTGRES_URL",
        parsing.optional_text,
        None,
        "A PostgreSQL for the tests, in place of one of their own",
        secret=True,
    )

    @property
    def caps(self) -> Caps:
        """The caps, as core takes them."""
        return Caps(
            ig_posts=self.cap_ig_posts,
            ig_reels=self.cap_ig_reels,
            li=self.cap_li,
            tt=self.cap_tt,
            yt=self.cap_yt,
            web=self.cap_web,
            max_normalized_items=self.max_normalized_items,
            corpus_max=self.corpus_max,
        )

    @property
    def lease_terms(self) -> LeaseTerms:
        """The durations of leases; raises ValueError where the heartbeat is too slow for the stale time."""
        return LeaseTerms(
            heartbeat=timedelta(seconds=self.heartbeat_seconds),
            stale_after=timedelta(seconds=self.stale_seconds),
            deadline=timedelta(seconds=self.deadline_seconds),
            backoff_base=timedelta(seconds=self.backoff_base_seconds),
            max_attempts=self.max_attempts,
        )
