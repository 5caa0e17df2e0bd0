"""
The collector ``folder``: crawls a folder of web pages as if it were the site that it stands in for.

The folder is served on loopback while it is crawled, by the same crawler that visits real sites. The crawler asks for
the public addresses' counterparts and reaches exactly that server, whatever the pages link to; what it brings carries
the public addresses again, so that evidence reads as it would from the real site.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import attrs

from brandbrain.documents import is_folder
from brandbrain.site import Folder, serving
from brandbrain_core.errors import InvalidFile, SourceFailed
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.policies.identifiers import normalise_url
from brandbrain_core.ports import Clock, Collected, CollectedItem, CollectRequest, ExternalRuns
from brandbrain_sources.web import WebCollector
from brandbrain_sources.web.collector import start_urls
from brandbrain_sources.web.pinning import Resolve

SETTING: Final = "folder"
"""The setting of a source that names its folder."""


class FolderCollector:
    """
    Crawls the folders that it was given, and no other; see `brandbrain_core.ports.Collector`.

    Args:
        folders: By the path that a source's setting names.
    """

    name: Final = "folder"
    version: Final = WebCollector.version
    capped: Final = True

    def __init__(self, folders: Sequence[Folder], *, clock: Clock) -> None:
        self._folders: Mapping[str, Folder] = {str(folder.path): folder for folder in folders}
        self._clock = clock

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Tell whether the source is a site for which one of the folders stands in."""
        return (platform, capability) == (Platform.WEB, Capability.CRAWL_PAGES) and self._of(settings) is not None

    def input_of(self, request: CollectRequest) -> JsonObject:
        """Return the start pages, the cap, and a digest of the folder."""
        folder = self._folder(request)
        return {"start_urls": list(start_urls(request)), "max_pages": request.cap, "folder": folder.digest()}

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:
        """Serve the folder and crawl it; raise `SourceFailed` as the collector ``web``."""
        folder = self._folder(request)
        with serving(folder) as port:
            local, public = folder.local(port), folder.public
            crawler = WebCollector(allow_private=True, resolve=_only(local, port), clock=self._clock, sleep=_no_pause)
            asked = attrs.evolve(
                request,
                identifier=_moved(request.identifier, folder, local),
                settings={
                    **request.settings,
                    "extra_start_urls": [_moved(url, folder, local) for url in start_urls(request)[1:]],
                },
            )
            try:
                brought = await crawler.collect(asked, runs)
            except SourceFailed as failure:
                why = failure.why.replace(local, public)
                raise SourceFailed(failure.error_code, why, failure.retry_after) from None
        return Collected(
            items=tuple(
                CollectedItem(shape=i.shape, payload=_renamed(i.payload, local, public)) for i in brought.items
            ),
            problems=tuple(problem.replace(local, public) for problem in brought.problems),
        )

    def _of(self, settings: JsonObject) -> Folder | None:
        named = settings.get(SETTING)
        return self._folders.get(named) if isinstance(named, str) else None

    def _folder(self, request: CollectRequest) -> Folder:
        folder = self._of(request.settings)
        if folder is None or not folder.path.is_dir():
            raise SourceFailed("missing_folder", f"There is no folder {request.settings.get(SETTING)}")
        return folder


def _moved(url: str, folder: Folder, local: str) -> str:
    return local + (url.removeprefix(folder.public) or "/") if folder.holds(url) else url


def _renamed(value: JsonValue, old: str, new: str) -> JsonValue:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, Mapping):
        return {name: _renamed(member, old, new) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(item, old, new) for item in value]
    return value


def _only(local: str, port: int) -> Resolve:
    """Resolve the one host and port at which the folder is served, and nothing else."""
    served = (urlsplit(local).hostname, port)

    async def resolve(host: str, port: int) -> Sequence[str]:
        if (host, port) != served:
            raise OSError(f"{host}:{port} is not part of the folder")
        return ("127.0.0.1",)

    return resolve


async def _no_pause(_: float) -> None:
    """Our own server wants no pauses."""


def folder_at(path: Path, *, identifier: str, website_url: str | None) -> Folder:
    """
    Return the folder that stands in for a site: for all of *website_url* if the source is below it.

    Raises:
        InvalidFile: There is no folder at *path*.
        InvalidIdentifier: *identifier* or *website_url* is no address.
    """
    whole = normalise_url(website_url) if website_url else ""
    public = normalise_url(identifier)
    below = bool(whole) and (public == whole or public.startswith(f"{whole}/"))
    if not is_folder(path):
        raise InvalidFile(str(path), "there is no such folder")
    return Folder(path=path.resolve(), public=whole if below else public)
