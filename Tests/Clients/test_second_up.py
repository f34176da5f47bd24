"""There is one stack at a place: a second `podid up` says whose it is, and leaves it and its file alone."""

import getpass
import json
import os
import subprocess

import pytest
from conftest import PODID, clean_environment, command, start_stack, stop_stack

FREE = ["--free-ports"]


def written(folder):
    """The stack files, with the times at which they were written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.json")
            if "xdg-state" not in path.parts}


def refused(environment, folder, *words):
    """What a `podid up` says that is refused at once, before it has made anything."""
    before = written(folder)
    done = command([PODID, "up", *words, *FREE], environment, False, cwd=folder)
    assert done.returncode == 1 and done.stdout == "", done
    assert written(folder) == before
    return done.stderr


@pytest.mark.parametrize("further", [
    [], ["--ephemeral", "--stack-file", ".podid/stack.json"], ["--state", "other"],
    ["--stack-file", "other.json"], ["--detach"],
    ["--state", ".podid/../.podid/state", "--stack-file", "other.json"],
], ids=" ".join)
def test_a_second_stack_at_the_place_of_the_first(tmp_path, further):
    environment = clean_environment(tmp_path)
    command([PODID, "up", "--detach", *FREE], environment, True, cwd=tmp_path)
    file = tmp_path / ".podid" / "stack.json"
    try:
        content = file.read_bytes()
        said = refused(environment, tmp_path, *further)
        assert f"a stack of user {getpass.getuser()} runs " in said
        assert f"podid down --stack {file} stops it" in said
        assert file.read_bytes() == content and not (tmp_path / "other").exists()
        # It is still the one that is found, and whole.
        assert "✗" not in command([PODID, "status"], environment, True, cwd=tmp_path).stdout
    finally:
        done = command([PODID, "down"], environment, False, cwd=tmp_path)
    assert done.stdout == f"The stack of {file} is down.\n"
    assert not (tmp_path / "other.json").exists()
    # What is left of a stack that was killed is in nobody's way.
    file.write_bytes(content)
    command([PODID, "up", "--detach", *FREE], environment, True, cwd=tmp_path)
    command([PODID, "down"], environment, True, cwd=tmp_path)


def test_a_file_that_is_named_and_that_another_register_has(tmp_path):
    """The same user with another home: the register knows nothing, the processes run all the same."""
    process, stack = start_stack(tmp_path)
    try:
        environment = {**stack.environment, "XDG_STATE_HOME": str(tmp_path / "elsewhere")}
        del environment["PODID_STACK"]
        said = refused(environment, tmp_path, "--ephemeral", "--stack-file", stack.path)
        assert f"podid down --stack {stack.path} stops it" in said
        assert json.loads(open(stack.path).read()) == stack.info
    finally:
        stop_stack(process)


def test_of_two_that_start_at_once_with_one_file_one_is_refused(tmp_path):
    environment = clean_environment(tmp_path)
    words = [PODID, "up", "--ephemeral", "--detach", "--stack-file", str(tmp_path / "s.json"), *FREE]
    starts = [subprocess.Popen(words, env=environment, cwd=tmp_path, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(*start.communicate(timeout=60), start.returncode) for start in starts]
    try:
        assert sorted(end[2] for end in ends) == [0, 1], ends
        assert any("podid down --stack " in end[1] for end in ends), ends
        stacks = json.loads(command([PODID, "list", "--json"], environment, True).stdout)
        assert [stack["stack"] for stack in stacks] == [str(tmp_path / "s.json")]
    finally:
        command([PODID, "down", "--stack", str(tmp_path / "s.json")], environment, True)


def test_where_the_file_of_an_ephemeral_stack_is_gone_its_folder_is(tmp_path):
    """A script that waits for `podid down` may look at the temporary folder at once."""
    temporary, file = tmp_path / "tmp", tmp_path / "s.json"
    temporary.mkdir()
    environment = {**clean_environment(tmp_path), "TMPDIR": str(temporary)}
    command([PODID, "up", "--ephemeral", "--detach", "--stack-file", str(file), *FREE], environment,
            True, cwd=tmp_path)
    assert [path.name.startswith("podid-") for path in temporary.iterdir()] == [True]
    down = subprocess.Popen([PODID, "down", "--stack", str(file)], env=environment, text=True,
                            stdout=subprocess.PIPE)
    while file.exists():  # as often as can be: what is looked for lasts a moment alone
        pass
    left = list(temporary.iterdir())
    assert down.communicate(timeout=60)[0] == f"The stack of {file} is down.\n"
    assert left == []


def test_a_file_of_another_user(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("two users need root: another user's stack file is untested")
    file = tmp_path / "s.json"
    file.write_text("{}")
    os.chown(file, 4242, 4242)
    said = refused(clean_environment(tmp_path), tmp_path, "--ephemeral", "--stack-file", str(file))
    assert f"{file} is a file of user 4242" in said and "--stack-file names another" in said
    assert file.read_text() == "{}"
