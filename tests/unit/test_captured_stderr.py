"""Whatever writes to standard error, Python or not, is given on line by line."""

import json
import subprocess
import sys

from tests.project import PROJECT

CODE = """
import json, os, subprocess, sys
from tidegate.captured_stderr import CapturedStderr

lines = []
captured = CapturedStderr(lines.append)
print("from Python", file=sys.stderr)
os.write(2, b"from C\\n\\n")
subprocess.run([sys.executable, "-c", "import sys; print('from a child', file=sys.stderr)"])
os.write(2, b"not ended, \\xff")
captured.real.write("past it\\n")
captured.real.flush()
captured.close()
captured.close()
print("after it", file=sys.stderr)
print(json.dumps(lines))
"""

OUTLIVED = """
import subprocess, sys, time
from tidegate.captured_stderr import CapturedStderr

lines = []
captured = CapturedStderr(lines.append)
child = subprocess.Popen(["sleep", "60"])
began = time.monotonic()
captured.close()
print(time.monotonic() - began)
child.kill()
"""


def test_a_process_that_still_runs_is_not_waited_for() -> None:
    result = subprocess.run([sys.executable, "-c", OUTLIVED], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert float(result.stdout) < 1


def test_lines_of_every_writer_are_taken_until_it_is_closed() -> None:
    result = subprocess.run([sys.executable, "-c", CODE], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert json.loads(result.stdout) == ["from Python", "from C", "from a child", "not ended, \\xff"]
    assert result.stderr == "past it\nafter it\n"
