"""Where the kernel gives no threads, each program ends with a line: it neither hangs nor is deaf, and
leaves nothing running."""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from conftest import BIN, REPOSITORY, clean_environment

SERVERS = ["kubernetes-api", "aws-api", "node-agent"]
NOBODY = 54_242


@pytest.fixture(scope="module")
def programs():
    """The programs and the seed where another user may read them, which pytest's folders are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chmod(folder, 0o755)
        for program in [*SERVERS, "podid"]:
            shutil.copy(BIN / program, folder / program)
        shutil.copytree(REPOSITORY / "seed", folder / "seed")
        yield folder


def run(programs, tmp_path, words, limits, user=None):
    def limit():
        for name, value in limits.items():
            resource.setrlimit(name, (value, value))

    environment = {**clean_environment(tmp_path), "PODID_SEED_DIR": str(programs / "seed")}
    process = subprocess.Popen(
        [str(programs / words[0]), *words[1:]], env=environment, cwd=tmp_path, preexec_fn=limit,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        **({"user": user, "group": user, "extra_groups": []} if user else {}))
    started = time.monotonic()
    try:
        _, errors = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=8)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            pytest.fail(f"{words} hangs, deaf to SIGTERM")
        pytest.fail(f"{words} hangs")
    return process.returncode, errors, time.monotonic() - started


def words_of(program):
    if program == "podid":
        return ["podid", "up", "--ephemeral", "--free-ports"]
    own = {"node-agent": ["probe-listen", "metrics-listen"], "aws-api": ["s3-listen"]}
    flags = ["listen", "admin-listen", *own.get(program, [])]
    return [program, "--state", "state",
            *(word for flag in flags for word in ("--" + flag, "127.0.0.1:0"))]


def least_memory():
    """Bytes of address space that a program asks for: its own, and a stack each of its threads."""
    return (176 << 20) + (os.cpu_count() + 8) * (8 << 20)


LIMITS = [
    *[(resource.RLIMIT_AS, "ulimit -v", value) for value in
      [60_000 << 10, 95_000 << 10, 165_000 << 10, least_memory() - 4096]],
    *[(resource.RLIMIT_NOFILE, "ulimit -n", value) for value in [10, 24, 40, 63]],
]


@pytest.mark.parametrize("program", ["podid", *SERVERS])
@pytest.mark.parametrize("limit,word,value", LIMITS, ids=[f"{row[1]} {row[2]}" for row in LIMITS])
def test_too_low_a_limit_ends_each_with_a_line(program, limit, word, value, programs, tmp_path):
    code, errors, _ = run(programs, tmp_path, words_of(program), {limit: value})
    assert code == 1 and errors.count("\n") == 1, (code, errors)
    assert errors.startswith(f"{program}: the limit of ") and word in errors


def test_the_least_limits_are_enough_for_a_stack(programs, tmp_path):
    limits = {resource.RLIMIT_AS: least_memory(), resource.RLIMIT_NOFILE: 64}
    words = ["podid", "test", "--service-account", "default/s3-reader-sa", "--", "sh", "-c",
             "curl -sS --fail -H \"Authorization: $(cat $AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)\" "
             "$AWS_CONTAINER_CREDENTIALS_FULL_URI >/dev/null"]
    code, errors, _ = run(programs, tmp_path, words, limits)
    assert (code, errors) == (0, "")


@pytest.mark.parametrize("program,pids", [
    ("podid", 2), ("podid", 6), ("podid", 14), ("podid", 30), ("kubernetes-api", 3),
    ("aws-api", 3), ("node-agent", 3)])
def test_few_pids_end_each_with_a_line(program, pids, programs):
    if os.geteuid() != 0:
        pytest.skip("only root may become a user whose processes nobody else has: pids untested")
    # A user of its own each, for the limit counts all that a user runs.
    user = NOBODY + pids + 100 * len(program) + ord(program[0])
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, user, user)
        code, errors, _ = run(
            programs, folder, words_of(program), {resource.RLIMIT_NPROC: pids}, user=user)
    assert code == 1, errors
    assert "Resource temporarily unavailable" in errors
    assert "raise the pids limit" in errors or len(errors.splitlines()) == 1
