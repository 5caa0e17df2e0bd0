"""`brandbrain init`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from brandbrain.brandfile_template import brand_file
from brandbrain.declaration import BRAND_FILE
from brandbrain.invocation import Invocation, invoked
from brandbrain_core.errors import Conflict, InvalidFile
from brandbrain_core.services.brands import checked_name, checked_website


class FileExists(Conflict):
    """The file is there already, and was not to be replaced."""

    code = "file_exists"

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.file = file

    def __str__(self) -> str:
        return f"{self.file} exists already; --force replaces it"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=Path(BRAND_FILE))
@click.option("--name", default="My brand", metavar="TEXT", help="Name of the brand.")
@click.option("--web", metavar="URL", help="Its website, which becomes its first source.")
@click.option("--force", is_flag=True, help="Replace the file if it exists.")
@invoked(database=False)
def init(call: Invocation, file: Path, name: str, web: str | None, force: bool) -> None:
    """
    Write a brand file to fill in: FILE, or brand.toml.

    It holds every question with what a good answer looks like, and the sources. `brandbrain compile` reads it.
    """
    text = brand_file(name=checked_name(name), website_url=checked_website(web))
    target = call.around.folder / file
    try:
        with target.open("w" if force else "x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError:
        raise FileExists(os.fspath(file)) from None
    except OSError as error:
        raise InvalidFile(os.fspath(file), f"cannot be written: {error.strerror or error}") from None
    if call.as_json:
        click.echo(json.dumps({"file": str(target)}, ensure_ascii=False))
    else:
        click.echo(f"wrote {file}")
        call.note("Fill it in, then run: brandbrain compile" + ("" if file == Path(BRAND_FILE) else f" {file}"))
