"""The commands of the page about the API do what the page says."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "api.md"


def _script(ports: dict[str, int]) -> str:
    """Return the commands of the page, as one script, with other ports."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text("utf-8"), flags=re.DOTALL)
    lines = [re.sub(r"^ {0,3}[$>] ?", "", line) for block in blocks for line in block.splitlines()]
    script = "\n".join(lines) + "\n"
    for port, free in ports.items():
        script = script.replace(port, str(free))
    return script


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def test_the_commands_do_what_the_page_says(tmp_path: Path) -> None:
    """From an empty folder to a corrected snapshot."""
    ports = dict(zip(("8077", "8000"), _free_ports(2), strict=True))
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", _script(ports)],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "BRANDBRAIN_PORT": str(ports["8000"]),
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    log = (tmp_path / "up.log").read_text() if (tmp_path / "up.log").exists() else ""
    assert 0 == done.returncode, done.stderr + done.stdout + log
    assert '"name":"Marrowby Sail Loft"' in done.stdout
    assert '"error":"Compile gating failed"' in done.stdout
    assert '"status":"SUCCEEDED"' in done.stdout
    assert ["We mend sails, by hand.", "2", "UNCHANGED"] == done.stdout.splitlines()[-3:]
