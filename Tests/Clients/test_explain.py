"""`podid explain`: broken set-ups, each named with a command that mends it, which is then run."""

import shlex

import explain_accounts
import explain_pods
import explain_roles
import pytest
from explain_world import ANNOTATION, ROLE, World

CASES = explain_accounts.CASES + explain_roles.CASES + explain_pods.CASES


@pytest.mark.parametrize("broken, hop, text", CASES, ids=[c[0].__name__ for c in CASES])
def test_broken_set_ups_are_named_and_mended_by_one_command(stack, broken, hop, text):
    world = World(stack, "x-" + broken.__name__.replace("_", "-")[:40].strip("-"))
    broken(world)
    code, found = world.explain()
    step = found["steps"][-1]
    assert code == 1 and not found["ok"] and not step["ok"]
    assert step["hop"] == hop and text in step["text"], step
    assert all(step["ok"] and step["mend"] is None for step in found["steps"][:-1])
    done = world.mend(step["mend"])
    # Where the question was wrong, the mend is the right question.
    if step["mend"].startswith("podid explain "):
        assert "✓ EKS Auth" in done.stdout
        return
    code, found = world.explain()
    assert code == 0, found["steps"][-1]


def test_what_others_wrote_stays_one_word_of_the_command(stack):
    world = World(stack, "x-quoted")
    written = "$(touch pwned);'\x1b[31m"
    world.service_account(**{ANNOTATION: written})
    code, found = world.explain()
    assert code == 1 and written in found["steps"][-1]["text"]
    words = shlex.split(found["steps"][-1]["mend"])
    assert written in words and f"{ANNOTATION}={ROLE}{written}" in words
    text = stack.podid("explain", "--service-account", "x-quoted", check=False).stdout
    assert "touch pwned" in text and "\x1b" not in text


def test_a_whole_set_up_is_explained_hop_by_hop(stack):
    done = stack.podid("explain", "--service-account", "default/s3-reader-sa")
    for hop in ("namespace", "service account", "association", "role", "trust policy",
                "pod mutation", "token", "EKS Auth", "session tags", "agent", "STS", "node"):
        assert f"✓ {hop}" in done.stdout
