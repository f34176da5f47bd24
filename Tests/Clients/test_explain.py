"""`podid explain`: broken set-ups, each named with a command that mends it, which is then run."""

import json
import shlex
import shutil
import time

import pytest
from conftest import command

TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"]}]}
ANNOTATION = "pod-identity.eks.amazonaws.com/role"
ROLE = "arn:aws:iam::111122223333:role/"


class World:
    """A ServiceAccount of its own for each case, in the stack that all share."""

    def __init__(self, stack, name):
        self.stack, self.name = stack, name
        self.iam, self.eks = stack.client("iam"), stack.client("eks")

    def role(self, name=None, trust=TRUST):
        name = name or self.name
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return ROLE + name

    def account(self, **annotations):
        metadata = {"name": self.name, "annotations": annotations}
        self.stack.api("POST", "/api/v1/namespaces/default/serviceaccounts", {
            "metadata": metadata})

    def associate(self, role, **more):
        return self.eks.create_pod_identity_association(
            clusterName="local", namespace="default", serviceAccount=self.name, roleArn=role,
            **more)["association"]["associationId"]

    def trust(self, trust):
        self.iam.update_assume_role_policy(
            RoleName=self.name, PolicyDocument=json.dumps(trust))

    def explain(self, namespace="default"):
        done = self.stack.podid(
            "explain", "--service-account", f"{namespace}/{self.name}", "--json", check=False)
        return done.returncode, json.loads(done.stdout)


def statement(**changes):
    return {**TRUST, "Statement": [{**TRUST["Statement"][0], **changes}]}


def no_namespace(world):
    world.namespace = "ns-" + world.name


def no_account(world):
    world.associate(world.role())


def no_association(world):
    world.role()
    world.account()


def irsa_annotation_only(world):
    world.account(**{"eks.amazonaws.com/role-arn": world.role()})


def annotated_role_is_missing(world):
    world.account(**{ANNOTATION: ROLE + world.name})


def annotation_is_no_arn(world):
    world.role()
    world.account(**{ANNOTATION: world.name})


def annotation_of_another_account(world):
    world.role()
    world.account(**{ANNOTATION: "arn:aws:iam::999999999999:role/" + world.name})


def annotated_role_does_not_trust(world):
    world.role(trust=statement(Principal={"Service": "ec2.amazonaws.com"}))
    world.account(**{ANNOTATION: ROLE + world.name})


def role_was_deleted(world):
    world.associate(world.role())
    world.account()
    world.iam.delete_role(RoleName=world.name)


def trust_lacks_tag_session(world):
    world.associate(world.role())
    world.account()
    world.trust(statement(Action="sts:AssumeRole"))


def trust_lacks_the_service(world):
    world.associate(world.role())
    world.account()
    world.trust(statement(Principal={"Service": "ec2.amazonaws.com"}))


def trust_denies(world):
    world.associate(world.role())
    world.account()
    world.trust({**TRUST, "Statement": TRUST["Statement"] + [{
        "Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"}]})


def trust_wants_another_namespace(world):
    world.associate(world.role())
    world.account()
    world.trust(statement(Condition={
        "StringEquals": {"aws:RequestTag/kubernetes-namespace": "prod"}}))


def trust_wants_another_cluster(world):
    world.associate(world.role())
    world.account()
    world.trust(statement(Condition={"ArnEquals": {
        "aws:SourceArn": "arn:aws:eks:us-east-1:111122223333:cluster/other"}}))


CASES = [
    (no_namespace, "namespace", "not found", 3),
    (no_account, "service account", "not found", 1),
    (no_association, "association", "neither an association nor the annotation", 1),
    (irsa_annotation_only, "association", "IRSA's annotation", 1),
    (annotated_role_is_missing, "association", "does not exist", 1),
    (annotation_is_no_arn, "association", "not the ARN of a role", 1),
    (annotation_of_another_account, "association", "another account", 1),
    (annotated_role_does_not_trust, "association", "", 1),
    (role_was_deleted, "role", "does not exist", 1),
    (trust_lacks_tag_session, "trust policy", "sts:TagSession", 1),
    (trust_lacks_the_service, "trust policy", "Principal is Service ec2.amazonaws.com", 1),
    (trust_denies, "trust policy", "effect", 1),
    (trust_wants_another_namespace, "trust policy", "kubernetes-namespace", 1),
    (trust_wants_another_cluster, "trust policy", "SourceArn", 1),
]


@pytest.mark.parametrize("broken, hop, text, steps", CASES, ids=[c[0].__name__ for c in CASES])
def test_broken_set_ups_are_named_and_mended(stack, broken, hop, text, steps):
    world = World(stack, "x-" + broken.__name__.replace("_", "-"))
    world.namespace = "default"
    broken(world)
    code, found = world.explain(world.namespace)
    step = found["steps"][-1]
    assert code == 1 and not step["ok"]
    assert step["hop"] == hop and text in step["text"], step
    # The cause that is named is mended by its command; where the account was missing altogether,
    # the next causes come to light one by one.
    environment = {**stack.environment, **{
        line.split("=", 1)[0].removeprefix("export "): line.split("=", 1)[1].strip("'")
        for line in stack.podid("env").stdout.splitlines()}}
    for _ in range(steps):
        words = shlex.split(step["mend"])
        if shutil.which(words[0]) is None:
            pytest.skip(f"no {words[0]} on this machine: named, but not mended: {step['mend']}")
        done = command(words, environment, True)
        assert done.returncode == 0
        for _ in range(60):  # the annotation's association follows by itself, with a back-off
            code, found = world.explain(world.namespace)
            if found["steps"][-1]["ok"] or found["steps"][-1]["mend"] != step["mend"]:
                break
            time.sleep(0.25)
        step = found["steps"][-1]
        if step["ok"]:
            break
    assert code == 0, step


def test_a_whole_set_up_is_explained_hop_by_hop(stack):
    done = stack.podid("explain", "--service-account", "default/s3-reader-sa")
    for hop in ("namespace", "service account", "association", "role", "trust policy",
                "pod mutation", "token", "EKS Auth", "session tags"):
        assert f"✓ {hop}" in done.stdout


def test_can_names_the_deciding_statement(stack):
    words = ["can", "--service-account", "default/s3-reader-sa"]
    arn = "arn:aws:s3:::your-bucket-name/hello.txt"
    done = stack.podid(*words, "s3:GetObject", arn)
    assert "policy s3-read, statement ReadTheBucket" in done.stdout
    done = stack.podid(*words, "s3:PutObject", arn, check=False)
    assert done.returncode == 1 and "does not name s3:PutObject" in done.stdout
    assert stack.podid(*words, "nonsense", arn, check=False).returncode == 64
