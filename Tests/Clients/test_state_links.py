"""What podid and its servers write in place is a file of theirs: no pipe, and no other's by a link."""

import os

import pytest
from hostile_checkout import FREE, clone, one_line  # noqa: F401

WRITTEN = [
    "lock", "aws-api/lock", "kubernetes-api/lock", "node-agent/lock", "logs/aws-api.log",
    "logs/kubernetes-api.log", "logs/node-agent.log", "logs/podid.log", "kubernetes-api/issuer"]


@pytest.fixture
def state(clone):
    """A state of this user's, of a stack that was stopped."""
    clone.up()
    clone.podid("down", check=True)
    return clone.folder / ".podid" / "state"


def databases(state):
    found = [str(path.relative_to(state)) for path in state.rglob("*.db")]
    assert len(found) == 2, found
    return found


def up_fails(clone, path):
    for words in (["up"], ["up", "--detach"]):
        done = clone.podid(*words, *FREE, timeout=60)
        assert done.returncode == 1 and str(path) in done.stderr, (path, done)
        assert "hard link" in done.stderr or "regular file" in done.stderr, (path, done)
        assert done.stderr.count("\n") == 1, (path, done)


def test_a_pipe_in_the_state_is_refused_at_once(clone, state):
    for name in [*WRITTEN, *databases(state)]:
        path = state / name
        kept = path.with_name("kept")
        if path.exists():
            path.rename(kept)
        os.mkfifo(path, 0o600)
        up_fails(clone, path)
        path.unlink()
        if kept.exists():
            kept.rename(path)
    clone.up()


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_hard_link_in_the_state_is_refused_and_its_file_left_alone(clone, state, mode):
    own = clone.folder.parent / "own"
    for name in [*WRITTEN, *databases(state), *(f"{name}-wal" for name in databases(state))]:
        path = state / name
        # The content is what is there, so that nothing but the link is to be refused.
        own.write_bytes(path.read_bytes() if path.exists() else b"")
        own.chmod(mode)
        before = (own.read_bytes(), own.stat().st_mtime_ns)
        path.unlink(missing_ok=True)
        os.link(own, path)
        up_fails(clone, path)
        assert (own.read_bytes(), own.stat().st_mtime_ns) == before, name
        assert own.stat().st_mode & 0o777 == mode, name
        path.unlink()
        if before[0]:
            path.write_bytes(before[0])
            path.chmod(0o600)
        own.unlink()
    clone.up()
