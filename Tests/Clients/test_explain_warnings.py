"""What `podid explain` warns of where the walk is well, and the command that ends each warning."""

import json

import pytest
from explain_world import ANNOTATION, GRANT, ROLE, World

LIST = ("import boto3\n"
        "try: boto3.client('s3').list_objects_v2(Bucket='your-bucket-name'); print('listed')\n"
        "except Exception as error: print(error)\n")


def warnings(world):
    code, found = world.explain()
    assert code == 0 and found["ok"], found
    return of_the_account(found)


def of_the_account(found):
    """Without what other tests called as the root in the stack that all share."""
    return [warning for warning in found["warnings"] if warning["hop"] != "root calls"]


def annotation_and_association_disagree(world):
    world.role(world.name + "-2")
    world.whole()
    world.stack.api(
        "PATCH", f"/api/v1/namespaces/default/serviceaccounts/{world.name}",
        {"metadata": {"annotations": {ANNOTATION: ROLE + world.name + "-2"}}},
        "application/merge-patch+json")


def irsa_beside_the_association(world):
    world.service_account(**{"eks.amazonaws.com/role-arn": world.role()})
    world.associate(ROLE + world.name)


def a_pod_that_is_older(world):
    world.service_account()
    world.make_pod()
    world.pod = None
    world.associate(world.role())


def a_fault_that_is_not_met(world):
    world.whole()
    world.stack.podid(
        "fault", "add", "hang", "--service-account", f"default/{world.name}", "--nth", "9",
        "--id", world.name)


CASES = [
    (annotation_and_association_disagree, "association", "that it did not make wins"),
    (irsa_beside_the_association, "service account", "also has IRSA's annotation"),
    (a_pod_that_is_older, "pod", "made before there was an association"),
    (a_fault_that_is_not_met, "fault", "action=hang"),
]


@pytest.mark.parametrize("case, hop, text", CASES, ids=[c[0].__name__ for c in CASES])
def test_a_warning_is_ended_by_its_command(stack, case, hop, text):
    world = World(stack, "w-" + case.__name__.replace("_", "-"))
    case(world)
    found = [warning for warning in warnings(world) if warning["hop"] == hop]
    assert len(found) == 1 and text in found[0]["text"], found
    world.mend(found[0]["mend"])
    assert [warning for warning in warnings(world) if warning["hop"] == hop] == []


def test_what_was_refused_lately_is_told_and_granted(stack):
    world = World(stack, "w-refused")
    world.whole()
    account = f"default/{world.name}"
    world.policy({**GRANT, "Statement": [{
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    assert warnings(world) == []
    assert "AccessDenied" in stack.run_as(account, "python3", "-c", LIST).stdout
    (found,) = warnings(world)
    assert found["hop"] == "events" and "ListObjectsV2" in found["text"]
    assert "which does not name s3:ListBucket" in found["text"]
    world.mend(found["mend"])
    assert stack.run_as(account, "python3", "-c", LIST).stdout == "listed\n"
    assert warnings(world) == []


def test_a_call_that_is_not_served_is_its_callers(stack):
    world = World(stack, "w-unserved")
    world.whole()
    account = f"default/{world.name}"
    done = stack.run_as(
        account, "sh", "-c", "head -c 9000000 /dev/zero | aws s3 cp - s3://your-bucket-name/big",
        check=False)
    assert "NotImplemented" in done.stderr
    (event,) = [json.loads(line) for line in stack.podid(
        "events", "--json", "--service-account", account, "--outcome", "NotImplemented"
    ).stdout.splitlines()]
    assert event["subject"]["pod"] and f"/{world.name}/" in event["caller"]
    (found,) = warnings(world)
    assert found["hop"] == "events" and "multipart_threshold" in found["text"], found


def test_a_role_without_policies_is_warned_of(stack):
    world = World(stack, "w-empty")
    world.service_account()
    world.associate(world.role(policy=None))
    (found,) = warnings(world)
    assert found["hop"] == "role" and "may do nothing" in found["text"]
    # What to grant is told as soon as something was refused.
    stack.run_as("default/w-empty", "python3", "-c", LIST)
    found = [warning for warning in warnings(world) if warning["hop"] == "events"]
    world.mend(found[0]["mend"])
    assert warnings(world) == []


def test_the_last_refusal_is_told_beside_a_walk_that_stops(stack):
    world = World(stack, "w-stops")
    world.whole()
    world.iam.update_assume_role_policy(RoleName=world.name, PolicyDocument=(
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"pods.eks.amazonaws.com"}}}'))
    said = stack.run_as("default/w-stops", "python3", "-c", LIST).stdout
    assert "does not have permissions" in said or "credentials" in said
    code, found = world.explain()
    assert code == 1 and found["steps"][-1]["hop"] == "trust policy"
    (warning,) = of_the_account(found)
    assert "AccessDenied" in warning["text"] and "sts:TagSession" in warning["text"]
    text = stack.podid("explain", "--service-account", "default/w-stops", check=False).stdout
    assert "✗ trust policy" in text and "! events" in text and "  mend it: aws iam" in text
