"""The last line of compose/test: every skip once, whatever the number of processes that note it."""

import os
import subprocess
import sys
from pathlib import Path

from skips import summary

CASE = """
import pytest
from skips import pytest_collectreport, pytest_runtest_logreport

def test_whole(): pass
def test_by_name(): pytest.skip("no kubectl 1.27 on this machine")
def test_same(): pytest.skip("no kubectl 1.27 on this machine")
@pytest.mark.skipif(True, reason="not\\n  here")
def test_marked(): pass
@pytest.mark.xfail
def test_expected(): assert False
@pytest.fixture
def engine(): pytest.skip("no engine")
def test_by_fixture(engine): pass
"""


def test_every_skip_is_counted_and_named(tmp_path):
    (tmp_path / "test_case.py").write_text(CASE)
    (tmp_path / "conftest.py").write_text("from skips import *\n")
    (tmp_path / "test_module.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    notes = tmp_path / "notes"
    environment = {**os.environ, "PODID_SKIPS": str(notes),
                   "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", str(tmp_path)],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    line = summary(notes.read_text().splitlines())
    assert line.startswith("5 skipped: "), line
    assert "test_case.py::test_by_name, test_case.py::test_same (no kubectl 1.27 on this machine)" in line
    for told in ["test_case.py::test_marked (not here)", "test_case.py::test_by_fixture (no engine)",
                 "test_module.py (could not import 'no_such_module'"]:
        assert told in line, line
    assert "test_expected" not in line and summary([]) == "0 skipped"
