"""Keys, tokens and kubeconfigs of a state count as podid left them: a pull may bring others."""

import json

import pytest
from conftest import PODID, clean_environment, command, until
from hostile_checkout import one_line


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "checkout"
    folder.mkdir()
    environment = {**clean_environment(tmp_path), "XDG_STATE_HOME": str(tmp_path / "register")}

    def podid(*words, check=True):
        return command([PODID, *words], environment, check, cwd=folder)

    podid("up", "--detach", "--free-ports")
    # The key of the tokens is made once the server is ready.
    register = tmp_path / "register" / "podid"
    until(lambda: any("sa.key" in seal.read_text() for seal in register.glob("seal-*")))
    yield folder, podid
    podid("down", check=False)


def config(folder, user):
    return folder / ".podid" / "state" / "kubernetes-api" / user / "kubeconfig"


def planted(path, tmp_path):
    """A kubeconfig that runs a command."""
    found = json.loads(path.read_text())
    found["users"][0]["user"] = {"exec": {
        "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
        "command": "/bin/touch", "args": [str(tmp_path / "ran")]}}
    path.write_text(json.dumps(found))


def test_a_replaced_kubeconfig_is_neither_used_nor_shown(checkout, tmp_path):
    folder, podid = checkout
    planted(config(folder, "admin"), tmp_path)
    for words in (["env"], ["kubeconfig"], ["env", "--service-account", "default/s3-reader-sa"],
                  ["run", "--service-account", "default/s3-reader-sa", "--", "true"]):
        done = podid(*words, check=False)
        one_line(done, "is not as podid left it")
        assert str(tmp_path) not in done.stdout
    assert podid("down").returncode == 0
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", [
    "admin.token", "kubernetes-api/sa.key", "kubernetes-api/ca.key", "kubernetes-api/node/kubeconfig",
    "kubernetes-api/server.key", "kubernetes-api/issuer", "aws-api/credentials.key"])
def test_a_state_with_another_key_does_not_start(checkout, name):
    folder, podid = checkout
    podid("down")
    file = folder / ".podid" / "state" / name
    kept = file.read_bytes()
    file.write_bytes(kept + b" ")
    done = podid("up", "--detach", "--free-ports", check=False)
    assert done.returncode == 1 and name in done.stderr, done
    assert "is not as podid left it" in done.stderr and "--state" in done.stderr
    file.write_bytes(kept)
    podid("up", "--detach", "--free-ports")


def test_an_up_that_fails_leaves_the_state_as_podid_left_it(checkout, tmp_path):
    folder, podid = checkout
    podid("down")
    seed = tmp_path / "broken" / "kubernetes"
    seed.mkdir(parents=True)
    (seed / "map.yaml").write_text(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: Bad, namespace: default}}")
    # Its servers have written kubeconfigs with their new ports by then.
    failed = podid("up", "--detach", "--free-ports", "--seed", str(seed.parent), check=False)
    assert failed.returncode == 1 and "map.yaml:1" in failed.stderr, failed
    planted(config(folder, "node"), tmp_path)
    refused = podid("up", "--detach", "--free-ports", "--seed", str(seed.parent), check=False)
    assert "is not as podid left it" in refused.stderr, refused
    config(folder, "node").unlink()
    podid("up", "--detach", "--free-ports")
    assert "aws-api" in podid("status").stdout
    assert not (tmp_path / "ran").exists()


def test_a_reset_leaves_the_state_as_podid_left_it(checkout):
    folder, podid = checkout
    podid("reset")
    assert "aws-api" in podid("status").stdout
    podid("env")
    podid("down")
    podid("up", "--detach", "--free-ports")


def test_a_state_that_the_user_names_is_taken(checkout):
    folder, podid = checkout
    podid("down")
    token = folder / ".podid" / "state" / "admin.token"
    token.write_text(token.read_text().strip()[::-1] + "\n")
    state = str(folder / ".podid" / "state")
    podid("up", "--detach", "--free-ports", "--state", state)
    podid("down")
    # It is as podid left it from now on.
    podid("up", "--detach", "--free-ports")
