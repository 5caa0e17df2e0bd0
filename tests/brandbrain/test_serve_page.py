"""The commands of the page about the API do what the page says."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "serve.md"


def script() -> str:
    """Return the commands of the page, as one script."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    lines = [re.sub(r"^ {0,3}[$>] ?", "", line) for block in blocks for line in block.splitlines()]
    return "\n".join(lines) + "\n"


def free_ports() -> tuple[str, str]:
    """Return two ports that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1]), str(other.getsockname()[1])


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page calls the API with curl, which is not there")
def test_the_commands_do_what_the_page_says(tmp_path: Path) -> None:
    """A brand is declared, compiled, read, and closed to those without a key; Ctrl-C drains."""
    site, api = free_ports()
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script().replace("8077", site).replace("8078", api)],
        cwd=tmp_path,
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert done.stdout.startswith(f"api: http://127.0.0.1:{api}\nworker: ")
    assert "drained: 0" == done.stdout.splitlines()[-1]
    latest = json.loads((tmp_path / "latest.json").read_text())
    assert 1 == latest["snapshot_json"]["meta"]["evidence_summary"]["total_count"]
    assert "laptop" in done.stdout
