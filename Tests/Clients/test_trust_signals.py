"""`podid down` signals nobody but a stack's own servers, whatever files and answers say."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PODID, clean_environment, command, freeze, until

NAMESPACE = ["unshare", "--pid", "--fork", "--mount-proc", "--net", "--kill-child"]


def test_no_lie_of_a_server_has_anybody_signalled(tmp_path):
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("no pid namespace without root, unshare and ip: lies about pids are untested")
    done = subprocess.run(
        [*NAMESPACE, sys.executable, str(Path(__file__).parent / "hostile_pids.py"), PODID,
         str(tmp_path)], capture_output=True, text=True, timeout=300,
        # A signal to the process group would reach it beyond the namespace.
        start_new_session=True)
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr)
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(seen) >= 24 * 3 * 2
    for line in seen:
        assert line["alive"] and line["code"] == 1, line
        if line["command"] == "down" or line["how"] == "found":
            assert line["stdout"] == "" and line["stderr"].count("\n") == 1, line
        if line["how"] == "found":
            assert "not as podid up wrote it" in line["stderr"], line
        elif line["case"].startswith("everywhere"):
            assert "no number that a server's process can have" in line["stderr"], line
        elif line["command"] == "down":
            expected = {
                "a foreign program": "which is no kubernetes-api of this podid",
                "another user's": "is another user's", "another server": "which is no kub",
                "nobody": "there is no process 4194303"}
            text = expected.get(line["case"], "is not running; the file is removed")
            assert text in line["stderr"], line


def detached(tmp_path, *words, **variables):
    environment = {**clean_environment(tmp_path), **variables}
    command([PODID, "up", "--detach", "--free-ports", *words], environment, True, cwd=tmp_path)
    return environment, json.loads((tmp_path / ".podid" / "stack.json").read_text())


def listed(environment):
    return json.loads(command([PODID, "list", "--json"], environment, True).stdout)


def test_list_shows_what_runs(tmp_path):
    environment, info = detached(tmp_path)
    kept = tmp_path / "elsewhere.json"
    command([PODID, "up", "--ephemeral", "--detach", "--free-ports", "--stack-file", str(kept)],
            environment, True, cwd=tmp_path)
    path = str(tmp_path / ".podid" / "stack.json")
    try:
        first, second = listed(environment)
        assert first["stack"] == path and first["state"] == info["state"]
        assert second["stack"] == str(kept)
        assert (first["kubernetes"], first["aws"], first["s3"], first["agent"]) == tuple(
            info[part]["url"] for part in ("kubernetes", "aws", "s3", "agent"))
        os.kill(first["pid"], 0)
        assert first["since"].endswith("Z") and first["since"] <= second["since"]
        text = command([PODID, "list"], environment, True).stdout
        assert text.count("\n") == 12 and path in text and info["aws"]["url"] in text
        # Another user's register, and one that is empty.
        other = {**environment, "XDG_STATE_HOME": str(tmp_path / "other")}
        assert command([PODID, "list"], other, True).stdout == "No stack is running.\n"
        assert not (tmp_path / "other").exists()
    finally:
        command([PODID, "down", "--stack", str(kept)], environment, True)
        command([PODID, "down"], environment, True, cwd=tmp_path)
    assert listed(environment) == []
    names = [path.name for path in (tmp_path / "xdg-state" / "podid").iterdir()]
    assert [name for name in names if name.startswith("stack-")] == []
    assert command([PODID, "list", "extra"], environment, False).returncode == 64


def test_a_stack_that_was_killed_is_dropped(tmp_path):
    environment, info = detached(tmp_path)
    (stack,) = listed(environment)
    os.kill(stack["pid"], signal.SIGKILL)
    # Its servers run on, so it is there, and podid down stops it.
    assert len(listed(environment)) == 1
    for member in ("kubernetes", "aws", "agent"):
        os.kill(info[member]["pid"], signal.SIGKILL)
    until(lambda: listed(environment) == [])
    assert not Path(stack["stack"]).exists()
    assert not list((tmp_path / "xdg-state" / "podid").glob("stack-*"))
    done = command([PODID, "status"], environment, False, cwd=tmp_path)
    assert done.returncode == 1 and "no stack is running here" in done.stderr
    # What is left of it is this user's own.
    command([PODID, "up", "--detach", "--free-ports"], environment, True, cwd=tmp_path)
    (stack,) = listed(environment)
    os.kill(stack["pid"], signal.SIGKILL)
    assert "stack.json is down.\n" in command([PODID, "down"], environment, True, cwd=tmp_path).stdout
    assert listed(environment) == []


def test_a_server_that_stands_still_is_not_taken_for_gone(tmp_path):
    environment, info = detached(tmp_path)
    pids = [info[member]["pid"] for member in ("kubernetes", "aws", "agent")]
    try:
        for pid in pids:
            freeze(pid)
        done = command([PODID, "down"], environment, False, cwd=tmp_path)
        assert done.returncode == 1 and f"kill {pids[0]}" in done.stderr
        assert done.stderr.count("\n") == 1 and len(listed(environment)) == 1
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        assert "down" in command([PODID, "down"], environment, True, cwd=tmp_path).stdout


def test_a_stack_outlives_the_next_build(tmp_path):
    """The programs of a running stack are replaced, or those of another folder stop it."""
    build = tmp_path / "bin"
    build.mkdir()
    for name in ("podid", "kubernetes-api", "aws-api", "node-agent"):
        shutil.copy(Path(PODID).parent / name, build / name)
    environment = {**clean_environment(tmp_path), "PODID_SEED_DIR": str(
        Path(__file__).resolve().parents[2] / "seed")}
    for other in (False, True):
        command([build / "podid", "up", "--detach", "--free-ports"], environment, True,
                cwd=tmp_path)
        for name in ("podid", "kubernetes-api", "aws-api", "node-agent"):
            shutil.copy(Path(PODID).parent / name, build / f"{name}.new")
            (build / f"{name}.new").rename(build / name)
        done = command([PODID if other else build / "podid", "down"], environment, True,
                       cwd=tmp_path)
        assert "stack.json is down.\n" in done.stdout
