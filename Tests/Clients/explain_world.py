"""What the cases of `podid explain` are built from, and how a mend is run."""

import json
import os
import shutil

import pytest
from conftest import BIN, command

SERVICE = "pods.eks.amazonaws.com"
BOTH = ["sts:AssumeRole", "sts:TagSession"]
TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": BOTH}]}
ANNOTATION = "pod-identity.eks.amazonaws.com/role"
ROLE = "arn:aws:iam::111122223333:role/"
GRANT = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}

# As IRSA has it.
OIDC = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.example.com"},
    "Condition": {"StringEquals": {"oidc.example.com:aud": "sts.amazonaws.com"}}}]}


def statement(**changes):
    return {**TRUST, "Statement": [{**TRUST["Statement"][0], **changes}]}


def condition(operator, key, value):
    return statement(Condition={operator: {key: value}})


class World:
    """A ServiceAccount of its own for each case, in the stack that all share."""

    clients = {}

    def __init__(self, stack, name):
        self.stack, self.name, self.namespace = stack, name, "default"
        self.account = name  # what is asked for
        self.pod = None
        self.iam, self.eks = self.client("iam"), self.client("eks")

    def client(self, service):
        key = (self.stack.path, service)
        if key not in World.clients:
            World.clients[key] = self.stack.client(service)
        return World.clients[key]

    def role(self, name=None, trust=TRUST, policy=GRANT, path="/"):
        name = name or self.name
        made = self.iam.create_role(
            RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(trust))
        if policy:
            self.policy(policy, name)
        return made["Role"]["Arn"]

    def policy(self, document, role=None):
        self.iam.put_role_policy(
            RoleName=role or self.name, PolicyName="p", PolicyDocument=json.dumps(document))

    def service_account(self, name=None, namespace="default", **annotations):
        self.stack.api("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", {
            "metadata": {"name": name or self.name, "annotations": annotations}})

    def associate(self, role, name=None, namespace="default", **more):
        return self.eks.create_pod_identity_association(
            clusterName="local", namespace=namespace, serviceAccount=name or self.name,
            roleArn=role, **more)["association"]["associationId"]

    def whole(self, trust=None, **more):
        """All that an account needs; then its trust policy is changed."""
        self.service_account()
        identity = self.associate(self.role(), **more)
        if trust:
            self.trust(trust)
        return identity

    def trust(self, trust, name=None):
        self.iam.update_assume_role_policy(
            RoleName=name or self.name, PolicyDocument=json.dumps(trust))

    def make_pod(self, annotations=None, labels=None, volumes=(), **container):
        """A pod of the account."""
        self.pod = "pod-" + self.name
        self.stack.api("POST", "/api/v1/namespaces/default/pods", {
            "metadata": {"name": self.pod, "annotations": annotations or {},
                         "labels": labels or {}},
            "spec": {"serviceAccountName": self.name, "volumes": list(volumes), "containers": [
                {"name": "app", "image": "app", **container}]}})

    def explain(self):
        pod = ["--pod", self.pod] if self.pod else []
        done = self.stack.podid(
            "explain", "--service-account", f"{self.namespace}/{self.account}", "--json", *pod,
            check=False)
        assert done.returncode in (0, 1), done
        return done.returncode, json.loads(done.stdout)

    def mend(self, text):
        """Runs a mend as the user's shell would, podid being on its PATH."""
        words = {word for word in ("aws", "kubectl") if word + " " in text}
        for word in words:
            if shutil.which(word) is None:
                pytest.skip(f"no {word} on this machine: named, but not mended: {text}")
        return command(["sh", "-c", text], shell_environment(self.stack), True)


def shell_environment(stack):
    """After eval "$(podid env)"."""
    if not hasattr(stack, "shell_variables"):
        done = stack.podid("env", "--format", "json", check=False)
        stack.shell_variables = json.loads(done.stdout) if done.returncode == 0 else {}
    path = f"{BIN}:{os.environ['PATH']}"
    return {**stack.environment, **stack.shell_variables, "PATH": path}
