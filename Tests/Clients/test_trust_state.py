"""A state folder of a checkout is trusted by origin, and so is the register that tells it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import BIN, PODID, REPOSITORY, command
from hostile_checkout import FREE, Checkout, clone, one_line, tree  # noqa: F401


def test_a_state_of_a_clone_is_not_taken_over(clone, tmp_path):
    author = Checkout(tmp_path / "author")
    author.environment["XDG_STATE_HOME"] = str(tmp_path / "authors-home")
    author.up()
    author.podid("down", check=True)
    shutil.copytree(author.folder / ".podid", clone.folder / ".podid",
                    ignore=shutil.ignore_patterns("..*"))
    for path in [clone.folder / ".podid", *(clone.folder / ".podid").rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    before = tree(clone.folder)
    state = clone.folder / ".podid" / "state"
    one_line(clone.podid("up", *FREE), str(state), "--state DIR")
    one_line(clone.podid("up", "--detach", *FREE), str(state), "--state DIR")
    for name in ("kubernetes-api", "aws-api", "node-agent"):
        done = command([BIN / name], clone.environment, False, cwd=clone.folder, timeout=60)
        one_line(done, ".podid/state", "--state DIR")
    assert tree(clone.folder) == before
    # Said by the user it is taken, and closed to others; from then on it is known.
    up = clone.up("--state", ".podid/state")
    assert "was open to others; its folders are 0700 now" in up.stderr
    for path in [state, *state.rglob("*")]:
        if "pods" not in path.parts and "buckets" not in path.parts:
            assert path.lstat().st_mode & 0o077 == 0, path
    clone.podid("status", check=True)
    clone.podid("down", check=True)
    assert clone.up().stderr == ""
    clone.podid("down", check=True)


@pytest.mark.parametrize("words", [
    ["up"], ["up", "--state", ".podid/state"],
    ["up", "--ephemeral", "--stack-file", ".podid/s.json"],
    ["up", "--state", "elsewhere"], ["kubernetes-api"], ["aws-api", "--state", ".podid/state"],
    ["node-agent"]], ids=" ".join)
def test_a_linked_podid_folder_is_refused_before_anything_is_made(clone, words):
    outside = clone.folder.parent / "outside"
    outside.mkdir()
    (clone.folder / ".podid").symlink_to("../outside")
    if words[0] == "up":
        done = clone.podid(*words, *FREE, timeout=60)
    else:
        done = command([BIN / words[0], *words[1:]], clone.environment, False, cwd=clone.folder,
                       timeout=20)
    one_line(done, ".podid: is a symbolic link")
    assert list(outside.iterdir()) == [] and not (clone.folder / "elsewhere").exists()


def test_two_at_once_in_one_checkout(clone):
    up = [subprocess.Popen([PODID, "up", *FREE], env=clone.environment, cwd=clone.folder, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    try:
        ready = [process for process in up
                 if any(line == "podid is ready\n" for line in process.stdout)]
        assert len(ready) == 1
        (other,) = [process for process in up if process not in ready]
        assert other.wait(120) == 1 and "in use by process" in other.stderr.read()
        clone.podid("status", check=True)
        assert len(json.loads(clone.podid("list", "--json", check=True).stdout)) == 1
    finally:
        for process in up:
            process.terminate()
            process.communicate(timeout=120)


@pytest.mark.parametrize("home", ["/proc/sys/podid", "/dev/null/podid", "linked", "shared", "open"])
def test_without_a_register_the_stack_is_named(clone, home):
    """Where the home for states cannot be written, or others could change what is in it."""
    folder = clone.folder.parent / "home"
    if not home.startswith("/"):
        folder.mkdir(mode=0o700)
        if home == "linked":
            (folder / "elsewhere").mkdir(mode=0o700)
            (folder / "podid").symlink_to("elsewhere")
        elif home == "shared":
            folder.chmod(0o770)
        else:
            (folder / "podid").mkdir(mode=0o750)
            (folder / "podid").chmod(0o750)
        home = str(folder)
    clone.environment["XDG_STATE_HOME"] = home
    up = clone.up()
    assert up.stderr.count("\n") == 1 and "register cannot be used" in up.stderr
    line = f"export PODID_STACK={clone.folder}/.podid/stack.json"
    assert line in up.stdout.splitlines()
    one_line(clone.podid("status"), ".podid/stack.json", "--stack FILE")
    clone.environment["PODID_STACK"] = line.split("=")[1]
    clone.podid("status", check=True)
    clone.podid("down", check=True)
    del clone.environment["PODID_STACK"]
    one_line(clone.podid("up", *FREE), ".podid/state", "--state DIR")
    clone.up("--state", ".podid/state")
    clone.podid("down", "--stack", ".podid/stack.json", check=True)


def test_another_user(clone):
    """Root finds a user's stack file, and a user without a home runs podid."""
    if os.geteuid() != 0:
        pytest.skip("two users need root: another user's stack file is untested")
    folder = clone.folder.parent
    while folder != Path("/tmp"):
        folder.chmod(0o755)
        folder = folder.parent
    home = clone.folder.parent
    os.chown(home, 4242, 4242)
    os.chown(clone.folder, 4242, 4242)
    tools = home / "bin"
    shutil.copytree(BIN.resolve(), tools, ignore=lambda _, names: [
        name for name in names
        if name not in ("podid", "kubernetes-api", "aws-api", "node-agent")])
    theirs = {name: value for name, value in clone.environment.items()
              if name not in ("HOME", "XDG_STATE_HOME")}
    theirs["PODID_SEED_DIR"] = str(home / "seed")
    shutil.copytree(REPOSITORY / "seed", home / "seed")
    words = ["setpriv", "--reuid=4242", "--regid=4242", "--clear-groups", str(tools / "podid")]

    def podid(*more, check=True, **variables):
        return command([*words, *more], {**theirs, **variables}, check, cwd=clone.folder)

    up = podid("up", "--detach", *FREE)
    assert "this user has no home" in up.stderr and "export PODID_STACK=" in up.stdout
    path = str(clone.folder / ".podid" / "stack.json")
    try:
        one_line(clone.podid("status"), "belongs to another user")
        one_line(clone.podid("down", "--stack", path), "belongs to another user")
    finally:
        podid("down", "--stack", path)
    # A home that sudo leaves is root's neither: root's register is not made there.
    podid("up", "--detach", "--state", ".podid/state", *FREE, HOME=str(home))
    try:
        podid("status", HOME=str(home))
        register = home / ".local" / "state" / "podid"
        assert register.stat().st_uid == 4242 and sorted(
            entry.name.split("-")[0] for entry in register.iterdir()) == [
                "kubeconfig", "seal", "stack", "state"]
        environment = {**clone.environment, "XDG_STATE_HOME": str(home / ".local" / "state")}
        done = command([PODID, "list"], environment, False, cwd=home)
        one_line(done, "belongs to another user")
    finally:
        podid("down", HOME=str(home))


def test_servers_started_by_hand_keep_their_own_state(clone):
    """The default state folder of a server is this user's own, the first time and the next."""
    words = [BIN / "node-agent", "--kubeconfig", "none", "--cluster-name", "local"]
    words += [word for name in ("listen", "admin-listen", "probe-listen", "metrics-listen")
              for word in (f"--{name}", "127.0.0.1:0")]
    for _ in range(2):
        process = subprocess.Popen(words, env=clone.environment, cwd=clone.folder, text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert '"ready"' in process.stdout.readline()
        process.terminate()
        process.communicate(timeout=120)
        assert process.returncode == 0


def test_a_reset_that_renews_the_keys_leaves_the_stack_found(clone):
    clone.environment["PODID_AWS_API_ROOT_CREDENTIALS"] = "random"
    clone.up()
    path = clone.folder / ".podid" / "stack.json"
    before = json.loads(path.read_text())
    clone.podid("reset", check=True)
    assert json.loads(path.read_text())["aws"]["secretAccessKey"] != before["aws"]["secretAccessKey"]
    clone.podid("status", check=True)
    assert len(json.loads(clone.podid("list", "--json", check=True).stdout)) == 1
    clone.podid("down", check=True)
    assert not path.exists()
    assert not list((clone.folder.parent / "xdg-state" / "podid").glob("stack-*"))
