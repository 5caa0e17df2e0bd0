"""How Sphinx builds the documentation. Everything it needs is local: no inventory or font is fetched."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(folder.name for folder in (ROOT / "packages").iterdir() if (folder / "pyproject.toml").exists())

project = "brandbrain"
author = "The brandbrain authors"
copyright = author
release = tomllib.loads((ROOT / "packages/brandbrain/pyproject.toml").read_text())["project"]["version"]

extensions = ["myst_parser", "sphinx.ext.apidoc", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "reference/api/*/modules.rst"]
root_doc = "index"
suppress_warnings = [
    "ref.python",  # several classes have a member of the same name, such as "type": any of them may be linked
    "misc.highlighting_failure",  # a shell command whose quotes span lines is shown all the same
]

html_theme = "furo"
html_title = f"brandbrain {release}"
html_copy_source = False
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

apidoc_modules = [
    {
        "path": f"../packages/{name}/src/{name.replace('-', '_')}",
        "destination": f"reference/api/{name}",
        "exclude_patterns": ["**/migrations/**", "**/__main__.py"],
        "separate_modules": False,
        "module_first": True,
        "follow_links": False,
    }
    for name in PACKAGES
]
autodoc_default_options = {"members": True, "show-inheritance": True, "ignore-module-all": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
