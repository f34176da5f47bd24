"""Where /proc is not mounted, flags are kept, and what needs it says so instead of trapping."""

import os
import shutil
import subprocess

import pytest
from conftest import BIN, clean_environment

SERVERS = ["kubernetes-api", "aws-api", "node-agent"]
HIDDEN = 'mount -t tmpfs none /proc && exec "$@"'


def hidden(tmp_path, *words):
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("no mount namespace without root and unshare: a missing /proc is untested")
    space = ["unshare", "--mount", "sh", "-c", HIDDEN, "sh"]
    if subprocess.run([*space, "true"], capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here: a missing /proc is untested")
    return subprocess.run(
        [*space, str(BIN / words[0]), *words[1:]], env=clean_environment(tmp_path), cwd=tmp_path,
        capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize("program", [*SERVERS, "podid"])
def test_words_that_need_nothing_are_answered(program, tmp_path):
    for words, code in [(["--version"], 0), (["--help"], 0), (["--nonsense"], 64)]:
        done = hidden(tmp_path, program, *words)
        assert done.returncode == code, done
        text = done.stdout if code == 0 else done.stderr
        assert text.startswith(program) and (text.count("\n") == 1 or words == ["--help"])
        assert (done.stderr if code == 0 else done.stdout) == ""


@pytest.mark.parametrize("words", [
    [SERVERS[0]], [SERVERS[1]], [SERVERS[2]], [SERVERS[1], "--check"], ["podid", "up"],
    ["podid", "up", "--detach"], ["podid", "list"], ["podid", "status"],
    ["podid", "test", "--", "true"], ["podid", "demo"]], ids=" ".join)
def test_what_needs_it_says_so(words, tmp_path):
    # More than once: the pool of threads traps by chance.
    for _ in range(5):
        done = hidden(tmp_path, *words)
        assert (done.returncode, done.stdout) == (1, ""), done
        assert done.stderr == (
            f"{words[0]}: /proc does not show this process: mount it (mount -t proc proc /proc)\n")
    assert os.listdir(tmp_path) == []


def test_no_word_is_lost(tmp_path):
    """What the kernel passes comes as it is: empty words, and many."""
    many = ["--cluster", "c=https://127.0.0.1:1"] * 2000
    for words, text in [(["--region", ""], '--region must not be empty, not ""'),
                        ([*many, "--x"], "unknown flag --x"), ([*many, ""], "unexpected argument ")]:
        done = subprocess.run([str(BIN / "aws-api"), *words], env=clean_environment(tmp_path),
                              capture_output=True, text=True, timeout=30)
        assert done.returncode == 64 and text in done.stderr, done
