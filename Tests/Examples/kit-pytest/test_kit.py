"""What an app's own tests may look like: denial, throttling, expiry, as another pod."""

import boto3
import pytest
from botocore.exceptions import ClientError

BUCKET = "your-bucket-name"


def test_what_the_role_may_not_do_is_denied(pod, expect):
    with pytest.raises(ClientError, match="AccessDenied"):
        boto3.client("s3").put_object(Bucket=BUCKET, Key="hello.txt", Body=b"other")
    (event,) = expect("s3-reader-role", "PutObject", f"{BUCKET}/hello.txt", outcome="AccessDenied")
    assert "s3:PutObject" in event["reason"]


def test_a_throttled_agent_is_asked_again(pod, podid, faults, expect):
    faults.add("error", "ThrottlingException", count=1, pod=pod.name)
    boto3.client("s3").get_object(Bucket=BUCKET, Key="hello.txt")
    expect("s3-reader-role", "GetObject", f"{BUCKET}/hello.txt")
    asked = [event for event in podid.events("--operation", "GetCredentials")
             if event["subject"].get("pod") == pod.name]
    # Short credentials are asked for more than once.
    assert [event["outcome"] for event in asked][:2] == ["ThrottlingException", "ok"]


def test_an_app_that_lives_on_renews_its_credentials(pod, clock, expect):
    session = boto3.Session()
    s3 = session.client("s3")
    first = session.get_credentials().get_frozen_credentials().access_key
    for _ in range(3):
        clock.advance("1m")
        assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] > 0
    assert session.get_credentials().get_frozen_credentials().access_key != first
    assert len(expect("s3-reader-role", "ListObjectsV2", BUCKET)) == 3


def test_credentials_that_are_kept_beyond_their_end_are_refused(pod, clock, expect):
    kept = boto3.Session().get_credentials().get_frozen_credentials()
    clock.advance("1m")
    stale = boto3.client(
        "s3", aws_access_key_id=kept.access_key, aws_secret_access_key=kept.secret_key,
        aws_session_token=kept.token)
    with pytest.raises(ClientError, match="ExpiredToken"):
        stale.list_objects_v2(Bucket=BUCKET)
    boto3.client("s3").list_objects_v2(Bucket=BUCKET)


@pytest.mark.service_account("default/s3-writer-sa")
def test_another_pod_is_another_role(pod, expect):
    done = pod.run("aws", "s3", "cp", "-", f"s3://{BUCKET}/{pod.name}.txt", input="written")
    assert done.returncode == 0, done.stderr
    expect("s3-writer-role", "PutObject", f"{BUCKET}/{pod.name}.txt")
