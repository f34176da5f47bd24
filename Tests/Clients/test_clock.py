"""Moves of the stack's clock, forth and back, beside pods that go on running."""

import base64
import json
import time
from datetime import datetime
from pathlib import Path

import pytest
import requests
from conftest import start_stack, stop_stack
from test_pod import IDENTITY

ACCOUNT = "default/s3-reader-sa"


def claims(path):
    middle = path.read_text().split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def token_of(stack, name):
    """The file of the token of a pod of the node, which is made."""
    stack.api("POST", "/api/v1/namespaces/default/pods", {
        "metadata": {"name": name},
        "spec": {"serviceAccountName": "s3-reader-sa",
                 "containers": [{"name": "app", "image": "app"}]}})
    stack.podid("wait", "pod", f"default/{name}")
    return Path(stack["agent"]["pods"]) / "default" / name / IDENTITY


@pytest.fixture
def pod(own_stack):
    return token_of(own_stack, "stays")


def credentials(stack, token):
    return requests.get(
        stack["agent"]["url"], headers={"Authorization": token.read_text()}, timeout=60)


def expiry(answer):
    return datetime.fromisoformat(answer.json()["Expiration"]).timestamp()


@pytest.mark.parametrize("steps", [["20h"], ["25h"], ["1h", "40h"], ["30s"]])
def test_a_pod_goes_on_after_a_reset(own_stack, pod, steps):
    first = credentials(own_stack, pod)
    assert first.status_code == 200
    for step in steps:
        own_stack.podid("clock", "advance", step)
        assert credentials(own_stack, pod).status_code == 200
    moved = claims(pod)["iat"]
    own_stack.podid("clock", "reset")
    last = credentials(own_stack, pod)
    assert last.status_code == 200, last.text
    assert claims(pod)["iat"] <= moved
    # Nothing of the moved time is handed out: six hours from now at most.
    assert abs(expiry(last) - expiry(first)) < 120
    found = own_stack.podid("explain", "--pod", "stays", "--service-account", ACCOUNT)
    assert "nothing in its environment hides it" in found.stdout


@pytest.mark.parametrize("lifetime, step, is_warned", [
    (None, "7h", True), (None, "1h", False), ("60s", "1m", False), ("60s", "7h", False)])
def test_advance_tells_of_credentials_that_sdks_will_not_renew(
        tmp_path, request, lifetime, step, is_warned):
    flags = ["--credential-lifetime", lifetime] if lifetime else []
    process, stack = start_stack(tmp_path, *flags)
    request.addfinalizer(lambda: stop_stack(process))
    other = token_of(stack, "leaves")
    stays = token_of(stack, "stays")
    for token in other, stays:
        assert credentials(stack, token).status_code == 200
    stack.api("DELETE", "/api/v1/namespaces/default/pods/leaves")
    done = stack.podid("clock", "advance", step)
    if is_warned:
        line, = done.stderr.splitlines()
        assert "default/stays holds" in line and "--credential-lifetime 60s" in line
        assert " 346 min" in line or " 345 min" in line
    else:
        assert done.stderr == ""
    # What is over is not said again.
    assert stack.podid("clock", "reset").stderr == ""


@pytest.mark.parametrize("text", ["x", "-5s", "0s", "6x"])
def test_a_lifetime_that_is_none(own_stack, text):
    for words in ["test", "--credential-lifetime", text, "--", "true"], [
            "up", "--ephemeral", "--credential-lifetime", text]:
        done = own_stack.podid(*words, check=False)
        assert done.returncode == 64 and len(done.stderr.splitlines()) == 1


def test_a_test_with_short_credentials(own_stack):
    done = own_stack.podid(
        "test", "--credential-lifetime", "90s", "--service-account", ACCOUNT, "--", "sh", "-c",
        'curl -s -H "Authorization: $(cat $AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)" '
        '"$AWS_CONTAINER_CREDENTIALS_FULL_URI"')
    left = datetime.fromisoformat(json.loads(done.stdout)["Expiration"]).timestamp() - time.time()
    assert 0 < left <= 90
