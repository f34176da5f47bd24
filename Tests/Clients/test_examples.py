"""The examples that need no container, their README's commands run as they stand."""

import os
import re
import shutil
import tempfile

import pytest
from conftest import BIN, REPOSITORY, clean_environment, command

EXAMPLES = REPOSITORY / "Tests" / "Examples"


def commands(example):
    text = (EXAMPLES / example / "README.md").read_text()
    lines = re.search(r"```sh\n(.*?)```", text, re.S)[1].splitlines()
    return [line for line in lines if not line.startswith("pip install ")]


@pytest.fixture
def place(tmp_path):
    """A folder for an example, and the environment of a shell in it."""
    # Whatever a stack leaves below the temporary folder would be seen there.
    temporary = tempfile.mkdtemp(prefix="podid-examples-")
    environment = clean_environment(tmp_path)
    environment.update(
        PATH=f"{BIN}:{environment['PATH']}", TMPDIR=temporary, PYTHONDONTWRITEBYTECODE="1")
    yield tmp_path / "example", environment
    left = os.listdir(temporary)
    shutil.rmtree(temporary)
    assert left == []


@pytest.mark.parametrize("line", commands("pytest-boto3"))
def test_pytest_and_boto3(place, line):
    folder, environment = place
    shutil.copytree(EXAMPLES / "pytest-boto3", folder)
    # Its droppings are pytest's own, not the stack's.
    environment["PYTEST_ADDOPTS"] = f"--basetemp={folder}/basetemp"
    done = command(["bash", "-c", line], environment, True, cwd=folder)
    is_parallel = "-n 2" in line
    assert ("5 passed" if is_parallel else "6 passed") in done.stdout
    assert ("2 workers" in done.stdout) == is_parallel


def test_a_failing_test_is_passed_on_with_the_events(place):
    folder, environment = place
    shutil.copytree(EXAMPLES / "pytest-boto3", folder)
    (folder / "test_notes.py").write_text(
        "import notes\n\ndef test_write():\n    notes.write('hello.txt', 'x')\n")
    done = command(["bash", "-c", commands("pytest-boto3")[0]], environment, False, cwd=folder)
    assert done.returncode == 1 and "1 failed" in done.stdout
    assert "statement ReadTheBucket: Action is s3:GetObject" in done.stderr


def test_a_shell_script(place):
    folder, environment = place
    shutil.copytree(EXAMPLES / "shell", folder)
    line, = commands("shell")
    done = command(["bash", "-c", line], environment, True, cwd=folder)
    assert done.stdout.splitlines()[-1] == "all as expected"
    assert len(done.stdout.splitlines()) == 5


def test_a_shell_script_that_fails_leaves_nothing_either(place):
    folder, environment = place
    shutil.copytree(EXAMPLES / "shell", folder)
    script = folder / "check.sh"
    script.write_text(script.read_text().replace("Hello from", "Bye from"))
    done = command(["bash", "-c", commands("shell")[0]], environment, False, cwd=folder)
    assert (done.returncode, done.stdout) == (1, "it reads\n")
