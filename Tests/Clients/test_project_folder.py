"""Who else may write a project's folder is said once; nothing is made in a folder that is gone."""

import os

import pytest
from conftest import PODID, command
from hostile_checkout import Checkout, one_line

OTHER = 54_242


@pytest.mark.parametrize("mode, owner, group, reason", [
    (0o777, 0, 0, "may be written by others"), (0o775, 0, OTHER, "may be written by others"),
    (0o755, OTHER, 0, "belongs to another user"), (0o1777, 0, 0, None), (0o755, 0, 0, None),
    (0o775, 0, 0, None),
])
@pytest.mark.parametrize("above", [False, True])
def test_a_folder_that_others_may_write_is_named_once(tmp_path, mode, owner, group, reason, above):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user: that is untested")
    outer = tmp_path / "outer"
    outer.mkdir()
    checkout = Checkout(outer / "project")
    checkout.environment["XDG_STATE_HOME"] = str(tmp_path / "state")
    shared = outer if above else checkout.folder
    os.chown(shared, owner, group)
    shared.chmod(mode)
    try:
        for words in (["up", "--detach", "--free-ports"], ["status"],
                      ["run", "--service-account", "s3-reader-sa", "--", "true"], ["down"]):
            done = checkout.podid(*words)
            assert done.returncode == 0, done
            if reason is None:
                assert done.stderr == ""
            else:
                assert done.stderr.count("\n") == 1 and f"{shared} {reason}" in done.stderr, words
    finally:
        checkout.podid("down")


@pytest.mark.parametrize("words", [
    ["up"], ["up", "--detach"], ["up", "--state", "state"], ["up", "--stack-file", "stack.json"],
    ["status"], ["env"], ["status", "--stack", "stack.json"]], ids=" ".join)
def test_in_a_folder_that_was_removed_nothing_is_made_elsewhere(tmp_path, words):
    checkout = Checkout(tmp_path / "gone")
    before = sorted(os.listdir("/"))
    script = 'cd "$1" && rmdir "$1" && shift && exec "$@"'
    done = command(["sh", "-c", script, "sh", str(checkout.folder), PODID, *words],
                   checkout.environment, False, timeout=20)
    one_line(done, "the folder that podid was started in cannot be told")
    assert sorted(os.listdir("/")) == before and not (tmp_path / "xdg-state").exists()
