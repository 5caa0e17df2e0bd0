"""Source identifiers: one spelling for each account or site, however it was written down."""

from brandbrain_core.policies.identifiers.normalising import collector_target, normalise, public_url
from brandbrain_core.policies.identifiers.web import extra_start_urls, normalise_url

__all__ = ["collector_target", "extra_start_urls", "normalise", "normalise_url", "public_url"]
