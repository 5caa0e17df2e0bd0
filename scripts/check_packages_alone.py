"""
Import every module of every package in an environment that holds nothing but what the package declares.

A shared environment hides a dependency that is imported and not declared. Here each package is built as a wheel and
installed, with the siblings it names, into an environment of its own. Modules that need an extra are listed in the
package's ``[tool.brandbrain.extras]`` as ``module = "extra"``; they and what is below them are imported once that
extra is installed as well, and only then.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
UV: Final = ROOT / ".venv-uv" / "bin" / "uv"

IMPORT_ALL: Final = """
import importlib, pkgutil, sys
top, *later = sys.argv[1:]
def visit(name):
    module = importlib.import_module(name)
    for found in pkgutil.iter_modules(getattr(module, "__path__", ()), name + "."):
        if found.name not in later and not found.name.endswith(("__main__", ".env", ".versions")):
            visit(found.name)
visit(top)
"""


def run(*command: str | Path) -> None:
    """Run *command*; raise `RuntimeError` with what it said if it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def main() -> int:
    """Check all packages and return the number of those that fail."""
    projects = [tomllib.loads(path.read_text()) for path in sorted(ROOT.glob("packages/*/pyproject.toml"))]
    with tempfile.TemporaryDirectory() as folder:
        wheels = Path(folder, "wheels")
        run(UV, "build", "--all-packages", "--wheel", "--build-constraints", "lock/build.txt", "--out-dir", wheels)
        built = sorted(wheels.glob("*.whl"))
        lines = [f"{wheel.name.split('-')[0]} @ {wheel.as_uri()}\n" for wheel in built]
        (wheels / "siblings.txt").write_text("".join(lines))
        with ThreadPoolExecutor(max_workers=2) as pool:
            problems = list(pool.map(lambda project: problem_of(project, wheels, Path(folder)), projects))
    for problem in filter(None, problems):
        print(problem)
    return len([problem for problem in problems if problem])


def problem_of(project: dict[str, Any], wheels: Path, folder: Path) -> str | None:
    """Return why the package does not stand alone, or None if it does."""
    name = project["project"]["name"]
    needing: dict[str, str] = project.get("tool", {}).get("brandbrain", {}).get("extras", {})
    package = name.replace("-", "_")
    try:
        python = environment(name, "", wheels, folder / name)
        run(python, "-I", "-c", IMPORT_ALL, package, *needing)
        if needing:
            extras = ",".join(sorted(set(needing.values())))
            python = environment(name, extras, wheels, folder / f"{name}-extras")
            for module in needing:
                run(python, "-I", "-c", IMPORT_ALL, module)
    except RuntimeError as error:
        return f"{name}: {error}"
    return None


def environment(name: str, extras: str, wheels: Path, place: Path) -> Path:
    """Make an environment at *place* that holds the package with its *extras* and return its interpreter."""
    siblings = wheels / "siblings.txt"
    wheel = next(wheels.glob(f"{name.replace('-', '_')}-*.whl"))
    run(UV, "venv", "--no-project", "--python", sys.executable, place)
    limits = ("--constraint", "lock/dev.txt", "--constraint", siblings)
    run(UV, "pip", "install", "--no-config", "--python", place, *limits, f"{name}[{extras}] @ {wheel.as_uri()}")
    return place / "bin" / "python"


if __name__ == "__main__":
    sys.exit(main())
