"""A folder in which podid is run as if it were a checkout of somebody else's repository."""

import json
from pathlib import Path

import pytest
from conftest import PODID, clean_environment, command

FREE = ["--free-ports"]


def described(state, url="http://127.0.0.1:1", **more):
    """A stack file as its author likes it."""
    return {
        "version": 1, "id": "ab" * 16, "cluster": "local", "region": "us-east-1",
        "account": "111122223333", "node": "local-node", "state": str(state), "adminToken": "t",
        "kubernetes": {"url": url, "admin": url, "pid": 4194303, "issuer": "i",
                       "kubeconfig": f"{state}/kubernetes-api/admin/kubeconfig"},
        "aws": {"url": url, "admin": url, "accessKeyId": "test", "secretAccessKey": "test",
                "pid": 4194303},
        "s3": {"url": url, "pid": 4194303},
        "agent": {"url": url + "/v1/credentials", "admin": url, "pods": f"{state}/pods",
                  "pid": 4194303}, **more}


class Checkout:
    """A folder in which podid is run, as one user."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.environment = clean_environment(folder.parent)

    def podid(self, *words, check=False, **options):
        return command([PODID, *words], self.environment, check, cwd=self.folder, **options)

    def up(self, *words):
        return self.podid("up", "--detach", *FREE, *words, check=True)

    def plant(self, content):
        """Writes `.podid/stack.json` as git does."""
        (self.folder / ".podid").mkdir(exist_ok=True, mode=0o755)
        path = self.folder / ".podid" / "stack.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(0o644)
        return path


@pytest.fixture
def clone(tmp_path):
    checkout = Checkout(tmp_path / "clone")
    yield checkout
    if (checkout.folder / ".podid" / "stack.json").is_file():
        checkout.podid("down", "--stack", str(checkout.folder / ".podid" / "stack.json"))


def one_line(done, *texts):
    # `podid env` prints what leads a shell nowhere, which has nothing of a file in it.
    is_dead_end = "env" in done.args and done.stdout.endswith("\nfalse\n")
    said = "" if is_dead_end else done.stdout
    assert done.returncode == 1 and said == "" and done.stderr.count("\n") == 1, done
    for text in texts:
        assert text in done.stderr, done.stderr


def tree(folder):
    return {str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns,
                        path.read_bytes() if path.is_file() else None)
            for path in sorted(Path(folder).rglob("*"))}
