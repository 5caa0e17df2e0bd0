"""A folder that stands in for a site."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

import pytest

from brandbrain.site import Folder, serving


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A site of two pages, with a secret beside it."""
    site = tmp_path / "site"
    (site / "blog").mkdir(parents=True)
    (site / "index.html").write_text('<a href="https://loft.example/blog/">Blog</a>', "utf-8")
    (site / "blog" / "index.html").write_text("<p>Blog</p>", "utf-8")
    (site / "robots.txt").write_text("User-agent: *\n", "utf-8")
    (tmp_path / "secret.html").write_text("secret", "utf-8")
    (site / "link.html").symlink_to(tmp_path / "secret.html")
    return Folder(path=site.resolve(), public="https://loft.example")


def got(port: int, path: str) -> tuple[int, str]:
    """Ask the server on *port*; return status and body."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/blog/", 200),
        ("/blog", 200),
        ("/blog/index.html?x=1", 200),
        ("/robots.txt", 200),
        ("/none.html", 404),
        ("/../secret.html", 404),
        ("/%2e%2e/secret.html", 404),
        ("/link.html", 404),
        ("/%00", 404),
    ],
)
def test_only_what_the_folder_holds_is_served(folder: Folder, path: str, status: int) -> None:
    """Pages are found; nothing outside is, neither by dots nor by links."""
    with serving(folder) as port:
        assert status == got(port, path)[0]


def test_public_links_lead_to_the_server(folder: Folder) -> None:
    """A page that links to its public address links to the server while that stands in for it."""
    with serving(folder) as port:
        assert f'<a href="http://loft.example:{port}/blog/">Blog</a>' == got(port, "/")[1]


def test_the_digest_follows_the_files(folder: Folder) -> None:
    """Any change of a file is another digest, and nothing else is."""
    before = folder.digest()
    assert before == folder.digest()
    (folder.path / "index.html").write_text("changed", "utf-8")
    assert before != folder.digest()


def test_a_site_below_a_path(folder: Folder) -> None:
    """A folder can stand in for a part of a site; robots.txt is that of the host."""
    part = Folder(path=folder.path, public="https://loft.example/shop")
    found = {path: part.file_of(path) is not None for path in ("/shop/", "/shop/blog/", "/blog/", "/robots.txt")}
    assert {"/shop/": True, "/shop/blog/": True, "/blog/": False, "/robots.txt": True} == found
