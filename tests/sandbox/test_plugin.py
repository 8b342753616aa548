"""Plugins that do not outlive the engine."""

import os
import subprocess
import sys
from pathlib import Path

ENGINE = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-m", "inferplane.sandbox.plugin", "forever", "aws", "address"])
time.sleep(3600)
"""


def test_a_plugin_ends_when_its_engine_is_killed(tmp_path: Path) -> None:
    """The module gets its arguments and runs until the process that started it is no more."""
    (tmp_path / "forever.py").write_text(
        "import sys, time\nprint(__name__, sys.argv[1:], flush=True)\ntime.sleep(3600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", ENGINE], env=environment, stdout=subprocess.PIPE, text=True
    ) as engine:
        assert engine.stdout is not None
        assert engine.stdout.readline() == "__main__ ['aws', 'address']\n"
        engine.kill()
        assert engine.stdout.read() == ""  # the end of the stream: the plugin, which held it too, is gone
