"""What stands in a text: characters, emoji, links, tags, words, sentences and phrases; all in linear time."""

from brandbrain_core.policies.text.characters import clip, grapheme_count, graphemes
from brandbrain_core.policies.text.emoji import emojis
from brandbrain_core.policies.text.languages import language_of
from brandbrain_core.policies.text.phrases import phrases_in
from brandbrain_core.policies.text.sentences import sentences
from brandbrain_core.policies.text.slugs import slug
from brandbrain_core.policies.text.tags import hashtags, mentions
from brandbrain_core.policies.text.urls import urls, without_urls
from brandbrain_core.policies.text.words import words

__all__ = [
    "clip",
    "emojis",
    "grapheme_count",
    "graphemes",
    "hashtags",
    "language_of",
    "mentions",
    "phrases_in",
    "sentences",
    "slug",
    "urls",
    "without_urls",
    "words",
]
