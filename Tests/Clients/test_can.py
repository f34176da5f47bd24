"""`podid can` against what aws-api then decides, asked by boto3 as that pod."""

import json
import re

import boto3
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import REPOSITORY
from explain_world import BOTH, GRANT, ROLE, World, statement

BUCKET = "arn:aws:s3:::can-bucket"
OBJECT = BUCKET + "/default/a.txt"
TAG = "aws:PrincipalTag/kubernetes-"


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def when(operator, key, value):
    return {"Condition": {operator: {key: value}}}


def get(key="default/a.txt"):
    return "s3", "get_object", {"Bucket": "can-bucket", "Key": key}


def put(key="default/new.txt"):
    return "s3", "put_object", {"Bucket": "can-bucket", "Key": key, "Body": b"x"}


def listing(**more):
    return "s3", "list_objects_v2", {"Bucket": "can-bucket", **more}


# The action and resource that podid is asked for, with the request's keys; the call that boto3
# makes; the statements of the role's policy; whether it is allowed, as AWS would have it.
ROWS = {
    "allowed": ("s3:GetObject", OBJECT, [], get(), [allow("s3:GetObject", OBJECT)], True),
    "another action": ("s3:PutObject", OBJECT, [], put("default/a.txt"),
                       [allow("s3:GetObject", OBJECT)], False),
    "action by wildcard": ("s3:GetObject", OBJECT, [], get(), [allow("s3:Get*")], True),
    "action in another case": ("s3:GetObject", OBJECT, [], get(), [allow("S3:getobject")], True),
    "another bucket": ("s3:GetObject", OBJECT, [], get(),
                       [allow("s3:GetObject", "arn:aws:s3:::other/*")], False),
    "bucket's ARN for its objects": ("s3:GetObject", OBJECT, [], get(),
                                     [allow("s3:*", BUCKET)], False),
    "objects' ARN for the bucket": ("s3:ListBucket", BUCKET, [], listing(),
                                    [allow("s3:*", BUCKET + "/*")], False),
    "listing": ("s3:ListBucket", BUCKET, [], listing(), [allow("s3:ListBucket", BUCKET)], True),
    "denied outright": ("s3:GetObject", OBJECT, [], get(),
                        [allow("s3:*"), deny("s3:GetObject", BUCKET + "/default/*")], False),
    "denied elsewhere": ("s3:GetObject", OBJECT, [], get(),
                         [allow("s3:*"), deny("s3:GetObject", BUCKET + "/prod/*")], True),
    "NotAction": ("s3:DeleteObject", OBJECT + "x", [], (
        "s3", "delete_object", {"Bucket": "can-bucket", "Key": "default/a.txtx"}),
        [{"Effect": "Allow", "NotAction": "s3:DeleteObject", "Resource": "*"}], False),
    "NotResource": ("s3:GetObject", OBJECT, [], get(),
                    [{"Effect": "Allow", "Action": "s3:*", "NotResource": BUCKET + "/prod/*"}],
                    True),
    "prefix of the namespace": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:GetObject", BUCKET + "/${aws:PrincipalTag/kubernetes-namespace}/*")], True),
    "prefix of another namespace": ("s3:GetObject", BUCKET + "/prod/b.txt", [],
                                    get("prod/b.txt"), [
        allow("s3:GetObject", BUCKET + "/${aws:PrincipalTag/kubernetes-namespace}/*")], False),
    "tag of the account": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("StringEquals", TAG + "service-account", "can-table"))], True),
    "tag of another account": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("StringEquals", TAG + "service-account", "other"))], False),
    "tag of the pod": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("StringLike", TAG + "pod-name", "podid-env-*"))], True),
    "tag of another pod": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("StringEquals", TAG + "pod-uid", "POD-UID-OF-ANOTHER"))], False),
    "prefix asked for": ("s3:ListBucket", BUCKET, ["s3:prefix=default/"],
                         listing(Prefix="default/"), [
        allow("s3:ListBucket", BUCKET, **when("StringLike", "s3:prefix", "default/*"))], True),
    "another prefix": ("s3:ListBucket", BUCKET, ["s3:prefix=prod/", "s3:delimiter=/"],
                       listing(Prefix="prod/", Delimiter="/"), [
        allow("s3:ListBucket", BUCKET, **when("StringLike", "s3:prefix", "default/*"))], False),
    "no prefix": ("s3:ListBucket", BUCKET, [], listing(), [
        allow("s3:ListBucket", BUCKET, **when("StringLike", "s3:prefix", "default/*"))], False),
    "no prefix, if there is one": ("s3:ListBucket", BUCKET, [], listing(), [
        allow("s3:ListBucket", **when("StringLikeIfExists", "s3:prefix", "default/*"))], True),
    "few keys": ("s3:ListBucket", BUCKET, ["s3:max-keys=5"], listing(MaxKeys=5), [
        allow("s3:ListBucket", **when("NumericLessThanEquals", "s3:max-keys", "10"))], True),
    "from loopback": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("IpAddress", "aws:SourceIp", "127.0.0.0/8"))], True),
    "from elsewhere": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))], False),
    "over TLS": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*"), deny("s3:*", **when("Bool", "aws:SecureTransport", "false"))], False),
    "in another region": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*"), deny("*", **when("StringNotEquals", "aws:RequestedRegion", "eu-west-1"))],
        False),
    "before a date": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))], False),
    "by the role": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("ArnEquals", "aws:PrincipalArn", ROLE + "can-table"))], True),
    "a tag that is missing": ("s3:GetObject", OBJECT, [], get(), [
        allow("s3:*", **when("Null", "aws:PrincipalTag/team", "false"))], False),
    "all buckets": ("s3:ListAllMyBuckets", "arn:aws:s3:::*", [], ("s3", "list_buckets", {}),
                    [allow("s3:ListAllMyBuckets")], True),
    "where the bucket is": ("s3:GetBucketLocation", BUCKET, [], (
        "s3", "get_bucket_location", {"Bucket": "can-bucket"}), [allow("s3:List*")], False),
    "a head": ("s3:GetObject", OBJECT, [], (
        "s3", "head_object", {"Bucket": "can-bucket", "Key": "default/a.txt"}),
        [allow("s3:GetObject")], True),
    "a role": ("iam:GetRole", ROLE + "can-table", [], (
        "iam", "get_role", {"RoleName": "can-table"}), [allow("iam:*", ROLE + "can-*")], True),
    "another role": ("iam:GetRole", ROLE + "s3-reader-role", [], (
        "iam", "get_role", {"RoleName": "s3-reader-role"}), [allow("iam:*", ROLE + "can-*")],
        False),
    "a cluster": ("eks:DescribeCluster", "arn:aws:eks:us-east-1:111122223333:cluster/local", [], (
        "eks", "describe_cluster", {"name": "local"}), [
        allow("eks:*", "arn:aws:eks:*:111122223333:cluster/local")], True),
    "no statement": ("s3:GetObject", OBJECT, [], get(), None, False),
}


class Pod(World):
    """The pod of an account, its calls and what podid says of them."""

    def __init__(self, stack, name, trust=None, **more):
        super().__init__(stack, name)
        self.whole(trust, **more)
        self.services = {}

    def take(self):
        """Credentials as the pod has them."""
        words = ["env", "--service-account", f"default/{self.name}", "--format", "json"]
        self.variables = json.loads(self.stack.podid(*words).stdout)
        with open(self.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]) as file:
            token = file.read()
        self.services = {}
        answer = requests.get(
            self.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
            headers={"Authorization": token}, timeout=60)
        assert answer.ok, answer.text
        self.credentials = answer.json()
        return self

    def caller(self, service):
        url = self.stack["s3" if service == "s3" else "aws"]["url"]
        if service not in self.services:
            self.services[service] = boto3.client(
                service, region_name="us-east-1", endpoint_url=url,
                aws_access_key_id=self.credentials["AccessKeyId"],
                aws_secret_access_key=self.credentials["SecretAccessKey"],
                aws_session_token=self.credentials["Token"],
                config=Config(retries={"total_max_attempts": 1}))
        return self.services[service]

    def may(self, service, operation, arguments):
        try:
            getattr(self.caller(service), operation)(**arguments)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 403, error
            return False
        return True

    def can(self, action, resource, *words, pod=True):
        named = ["--pod", f"podid-env-{self.name}"] if pod else []
        done = self.stack.podid(
            "can", "--service-account", f"default/{self.name}", "--json", *named, *words,
            action, resource, check=False)
        assert done.returncode in (0, 1), done
        found = json.loads(done.stdout)
        assert found["allowed"] == (done.returncode == 0)
        return found


@pytest.fixture(scope="module")
def bucket(stack):
    s3 = stack.client("s3")
    s3.create_bucket(Bucket="can-bucket")
    for key in ("default/a.txt", "prod/b.txt"):
        s3.put_object(Bucket="can-bucket", Key=key, Body=b"x")


@pytest.fixture(scope="module")
def pod(stack, bucket):
    return Pod(stack, "can-table").take()


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_it_says_what_aws_api_decides(pod, row):
    action, resource, keys, call, statements, expected = row
    if statements is None:
        pod.iam.delete_role_policy(RoleName=pod.name, PolicyName="p")
    else:
        pod.policy({"Version": "2012-10-17", "Statement": statements})
    words = [word for key in keys for word in ("--context", key)]
    found = pod.can(action, resource, *words)
    assert found["allowed"] == pod.may(*call) == expected, found
    assert (found["deciding"] is not None) == (expected or "denies it" in found["reason"])
    assert len(found["statements"]) == len(statements or [])


def test_the_session_policy_narrows(stack, bucket):
    narrowed = Pod(stack, "can-session", disableSessionTags=True, policy=json.dumps({
        "Version": "2012-10-17", "Statement": [allow("s3:GetObject", BUCKET + "/default/*")]}))
    narrowed.take()
    for action, resource, call in [
        ("s3:GetObject", OBJECT, get()),
        ("s3:GetObject", BUCKET + "/prod/b.txt", get("prod/b.txt")),
        ("s3:PutObject", BUCKET + "/default/new.txt", put()),
    ]:
        found = narrowed.can(action, resource)
        assert found["allowed"] == narrowed.may(*call) == (call == get()), found
    assert "session policy does not allow it" in found["reason"]
    # Without tags there is nothing that a condition on them could match.
    narrowed.policy({"Version": "2012-10-17", "Statement": [
        allow("s3:*", **when("StringEquals", TAG + "namespace", "default"))]})
    found = narrowed.can("s3:GetObject", OBJECT)
    assert found["allowed"] is narrowed.may(*get()) is False
    assert found["statements"][0]["conditions"][0]["actual"] is None


def test_the_target_role_decides(stack, bucket):
    target = World(stack, "can-target")
    target.role(trust=statement(Principal={"AWS": "*"}), policy={
        "Version": "2012-10-17", "Statement": [allow("s3:GetObject", BUCKET + "/*")]})
    chained = Pod(stack, "can-chained", targetRoleArn=ROLE + "can-target")
    chained.policy({"Version": "2012-10-17", "Statement": [allow(BOTH), allow("s3:PutObject")]})
    chained.take()
    for action, call in [("s3:GetObject", get()), ("s3:PutObject", put("default/a.txt"))]:
        found = chained.can(action, OBJECT)
        assert found["role"] == ROLE + "can-target"
        assert found["allowed"] == chained.may(*call) == (action == "s3:GetObject"), found


def test_every_condition_is_shown_with_what_the_session_has(pod):
    pod.policy({"Version": "2012-10-17", "Statement": [{**allow("s3:ListBucket", BUCKET), **{
        "Sid": "List", "Condition": {
            "StringLike": {"s3:prefix": ["${aws:PrincipalTag/kubernetes-namespace}/*", ""]},
            "StringEquals": {TAG + "pod-name": "podid-env-can-table"}}}}]})
    words = ["can", "--service-account", "default/can-table"]
    ask = ["--context", "s3:prefix=default/", "s3:ListBucket", BUCKET]
    done = pod.stack.podid(*words, "--pod", "podid-env-can-table", *ask)
    assert "policy p, statement List" in done.stdout
    assert '✓ StringLike s3:prefix "default/*" or "": the request has "default/"' in done.stdout
    assert f'✓ StringEquals {TAG}pod-name "podid-env-can-table"' in done.stdout
    # Whose pod it is matters.
    done = pod.stack.podid(*words, *ask, check=False)
    assert done.returncode == 1 and 'the request has "POD"' in done.stdout
    assert "with --pod NAME" in done.stdout
    found = pod.can("s3:ListBucket", BUCKET, "--context", "s3:prefix=prod/")
    assert found["statements"][0]["conditions"] == [
        {"operator": "StringLike", "key": "s3:prefix", "wanted": ["default/*", ""],
         "actual": ["prod/"], "holds": False},
        {"operator": "StringEquals", "key": TAG + "pod-name",
         "wanted": ["podid-env-can-table"], "actual": ["podid-env-can-table"], "holds": True}]


def test_action_and_resource_that_do_not_go_together_get_a_hint(pod):
    pod.policy({"Version": "2012-10-17", "Statement": [
        allow("s3:*", BUCKET), allow("s3:GetObject", BUCKET + "/*")]})
    assert "ask for " + BUCKET in pod.can("s3:ListBucket", BUCKET + "/*")["hint"]
    assert "/KEY" in pod.can("s3:PutObject", BUCKET + "-2")["hint"]
    assert pod.can("s3:GetObject", OBJECT)["hint"] is None


def test_an_action_that_nobody_asks_for_is_told(pod):
    pod.policy({"Version": "2012-10-17", "Statement": [allow("s3:Put*")]})
    for action, isAllowed in [("s3:PutObjct", True), ("s3:GetObjct", False)]:
        found = pod.can(action, OBJECT)
        assert found["allowed"] is isAllowed
        assert found["hint"].startswith(action + " is not among the actions known here, ")
        assert found["hint"].endswith("; the nearest is " + action.replace("jc", "jec"))


AWS_ROOMS = ("AWSDoor", "IAM", "STS", "EKS", "EKSAuth", "S3", "AWSAPI")


def test_the_actions_that_the_servers_ask_for_are_known(stack):
    room = REPOSITORY / "Sources/PodIdentity"
    constants = dict(re.findall(
        r'static let (\w+) = "(\w+)"', (room / "EventOperation.swift").read_text()))
    source = re.sub(r"EventOperation\.(\w+)", lambda match: f'"{constants[match[1]]}"',
                    (room / "AWSOperations.swift").read_text())
    # By service, without the operations where the actions are named apart.
    known = {f"{service}:{name}"
             for service, lists in re.findall(r'service: "([a-z0-9-]+)",(.*?\])\)', source, re.S)
             for name in re.findall(r'"(\w+)"', lists.split("ownActions:")[-1])}
    asked = set()
    sources = [path for room in AWS_ROOMS for path in (REPOSITORY / "Sources" / room).rglob("*.swift")]
    for path in sources:
        asked |= set(re.findall(r'"((?:s3|iam|eks|eks-auth|sts):[A-Z]\w+)"', path.read_text()))
    keys = {"iam:PassedToService", "s3:ResourceAccount", "sts:ExternalId", "sts:RoleSessionName",
            "sts:TransitiveTagKeys"}
    assert len(asked) > 15 and asked - keys <= known
    # Operations have the names of their actions, but for S3's and the catch-alls.
    catalogue = json.loads(stack.podid("fault", "list", "--json").stdout)["aws-api"]
    names = {action.split(":")[1] for action in known}
    files = {path.stem for path in sources if path.parent.name in ("IAM", "EKS", "EKSAuth", "STS")}
    assert set(catalogue["operations"]) & files <= names


def test_wrong_usage_is_refused(stack):
    account = ["--service-account", "default/s3-reader-sa"]
    for words, code, text in [
        ([*account, "nonsense", OBJECT], 64, "is no action"),
        ([*account, "s3:GetObject", "hello.txt"], 64, "is no ARN"),
        ([*account, "s3:GetObject"], 64, "usage"),
        ([*account, "--context", "prefix", "s3:GetObject", OBJECT], 64, "KEY=VALUE"),
        (["--service-account", "no-such", "s3:GetObject", OBJECT], 1, "podid explain"),
        ([*account, "--pod", "no-such", "s3:GetObject", OBJECT], 1, "not found"),
    ]:
        done = stack.podid("can", *words, check=False)
        assert (done.returncode, done.stdout) == (code, ""), done
        assert text in done.stderr and done.stderr.count("\n") == 1
    done = stack.podid("can", *account, "s3:GetObject", "arn:aws:s3:::your-bucket-name/hello.txt")
    assert "policy s3-read, statement ReadTheBucket" in done.stdout
    done = stack.podid(
        "can", *account, "s3:PutObject", "arn:aws:s3:::your-bucket-name/x", check=False)
    assert done.returncode == 1 and "does not name s3:PutObject" in done.stdout


def test_a_role_without_policies_may_do_nothing(pod):
    pod.policy(GRANT)
    pod.iam.delete_role_policy(RoleName=pod.name, PolicyName="p")
    assert "it has no policy" in pod.can("s3:GetObject", OBJECT)["reason"]
