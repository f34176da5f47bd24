"""A state folder that an older version wrote is taken over whole.

`older_state/state` was written by the version that had every kind, service and fault in switches;
`expected.json` says what was in it.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from conftest import PODID, Stack, clean_environment, stop_stack

OLDER = Path(__file__).parent / "older_state"
EXPECTED = json.loads((OLDER / "expected.json").read_text())


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """A stack that goes on with a copy of that state; its seed adds nothing."""
    folder = tmp_path_factory.mktemp("older")
    shutil.copytree(OLDER / "state", folder / "state")
    buckets = folder / "state" / "aws-api" / "buckets"
    for path in buckets.glob(".podid/*/*.json"):
        # What is kept of an object counts for a file of this time, which a checkout does not keep.
        kept = json.loads(path.read_text())
        os.utime(buckets / path.parent.name / kept["key"], ns=(kept["modified"],) * 2)
    (folder / "seed" / "kubernetes").mkdir(parents=True)
    path = folder / "stack.json"
    process = subprocess.Popen(
        [PODID, "up", "--state", "state", "--free-ports", "--seed", "seed", "--stack-file", str(path)],
        env=clean_environment(folder), stdout=subprocess.PIPE, text=True, cwd=folder)
    said = ""
    for line in process.stdout:  # ends with the process
        said += line
        if "is ready" in line:
            break
    assert path.exists(), said
    yield Stack(path, folder)
    stop_stack(process)


def test_objects_of_the_cluster(older):
    account = older.api("GET", "/api/v1/namespaces/kept/serviceaccounts/app")
    assert account["metadata"]["uid"] == EXPECTED["uid"]
    settings = older.api("GET", "/api/v1/namespaces/kept/configmaps/settings")
    assert (settings["data"], settings["metadata"]["labels"]) == ({"colour": "blue"}, {"tier": "back"})
    secret = older.api("GET", "/api/v1/namespaces/kept/secrets/password")
    assert secret["data"] == {"user": "YWRtaW4="}
    service = older.api("GET", "/api/v1/namespaces/kept/services/web")
    assert service["spec"]["ports"][0]["port"] == 80


def test_keys_and_a_token_signed_by_them(older):
    keys = older.api("GET", "/openid/v1/jwks")["keys"]
    assert [key["kid"] for key in keys] == EXPECTED["keys"]
    review = older.api("POST", "/apis/authentication.k8s.io/v1/tokenreviews",
                       {"spec": {"token": EXPECTED["token"]}})
    assert review["status"].get("authenticated"), review
    assert review["status"]["user"]["username"] == "system:serviceaccount:kept:app"


def test_roles_and_associations(older):
    iam = older.client("iam")
    role = iam.get_role(RoleName="kept-role")["Role"]
    assert (role["Description"], role["Tags"]) == (
        "of an older version", [{"Key": "team", "Value": "a"}])
    policy = iam.get_role_policy(RoleName="kept-role", PolicyName="read")["PolicyDocument"]
    assert policy["Statement"][0]["Action"] == "s3:GetObject"
    found = older.client("eks").describe_pod_identity_association(
        clusterName=older["cluster"], associationId=EXPECTED["association"])["association"]
    assert (found["namespace"], found["serviceAccount"]) == ("kept", "app")
    assert found["roleArn"].endswith(":role/kept-role") and found["tags"] == {"by": "hand"}


def test_buckets_and_objects(older):
    found = older.client("s3").get_object(Bucket="kept-bucket", Key="folder/a.txt")
    assert (found["Body"].read(), found["ETag"]) == (b"kept", EXPECTED["etag"])
    assert (found["Metadata"], found["ContentType"]) == ({"colour": "blue"}, "text/x-kept")


def test_sealed_sessions_are_opened_by_the_kept_key(older):
    """They are over, which is not said of those that cannot be opened."""
    key, secret, token = EXPECTED["session"]
    sts = boto3.client("sts", region_name=older["region"], endpoint_url=older["aws"]["url"],
                       aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token)
    try:
        assert "kept-role" in sts.get_caller_identity()["Arn"]
    except ClientError as refused:
        assert refused.response["Error"]["Code"] == "ExpiredToken"


def test_a_pod_gets_its_role(older):
    done = older.run_as("kept/app", "aws", "s3", "cp", "s3://kept-bucket/folder/a.txt", "-")
    assert done.stdout == "kept"


def test_faults(older):
    kept = older.admin("agent", "/faults").json()["faults"]
    assert [(fault["action"], fault["namespace"]) for fault in kept] == [("status", "nobody")]
