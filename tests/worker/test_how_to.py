"""The commands of the page about workers do what the page says."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "run-workers.md"


def script() -> str:
    """Return the commands of the page, as one script."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    lines = [re.sub(r"^ {0,3}[$>] ?", "", line) for block in blocks for line in block.splitlines()]
    return "\n".join(lines) + "\n"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_commands_do_what_the_page_says(tmp_path: Path) -> None:
    """Two workers, one killed in the midst of its work: the other one finishes it and is drained."""
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script().replace("8077", str(free_port()))],
        cwd=tmp_path,
        env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert "drained: 0" == done.stdout.splitlines()[-1]
    assert "PENDING " in done.stdout
    assert '"message": "stale lease released"' in done.stdout
    assert 2 == len(re.findall(r"succeeded +\d of 3", done.stdout))
    assert re.search(r"succeeded +2 of 3", done.stdout)
