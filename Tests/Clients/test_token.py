"""podid token: what a pod's token says, and nothing that could be used."""

import json

import pytest
from test_clock import token_of


@pytest.fixture
def token(own_stack):
    return token_of(own_stack, "shown")


def test_a_token_is_told_without_what_makes_it_one(own_stack, token):
    raw = token.read_text()
    done = own_stack.podid("token", "shown")
    lines = dict(line.split(None, 1) for line in done.stdout.splitlines()[:7])
    assert lines["issuer"] == own_stack["kubernetes"]["issuer"]
    assert lines["subject"] == "system:serviceaccount:default:s3-reader-sa"
    assert lines["audience"] == "pods.eks.amazonaws.com"
    assert lines["pod"].startswith("default/shown (uid ")
    assert lines["ServiceAccount"].startswith("default/s3-reader-sa (uid ")
    assert ", in 2" in lines["expires"] and lines["credentials"] == "given for it"
    found = json.loads(own_stack.podid("token", "default/shown", "--json").stdout)
    assert found["claims"]["sub"] == lines["subject"] and found["header"]["alg"] == "RS256"
    assert found["accepted"] and 79_000 < found["secondsLeft"] <= 86_400
    for part in raw.split("."):
        assert part not in done.stdout + json.dumps(found)


def test_the_stacks_clock_says_how_long_it_lasts(own_stack, token):
    before = json.loads(own_stack.podid("token", "shown", "--json").stdout)
    own_stack.podid("clock", "advance", "1h")
    after = json.loads(own_stack.podid("token", "shown", "--json").stdout)
    if after["claims"]["iat"] == before["claims"]["iat"]:  # else the node has renewed it
        assert 3_600 <= before["secondsLeft"] - after["secondsLeft"] < 3_700


def test_what_is_not_there_is_said(own_stack, token):
    for words, reason in [
            (["nobody"], 'pods "nobody" not found'),
            (["shown", "--path", "/etc/passwd"], "has no volume at /etc/passwd; podid explain "),
            (["shown", "--path", "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/x"],
             "the token of pod default/shown: ")]:
        done = own_stack.podid("token", *words, check=False)
        assert (done.returncode, done.stdout) == (1, "") and reason in done.stderr, done
        assert done.stderr.count("\n") == 1
    for words in [[], ["a", "b"], ["a/b/c"], ["x", "--audience", "y"]]:
        done = own_stack.podid("token", *words, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (64, "", 1), done
