"""Every answer of aws-api against botocore's service models, successes and refusals."""

import json
import os
import urllib.request

import botocore.exceptions
import pytest
from model_check import ModelCheck

TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }],
})
POLICY = json.dumps({
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b%2F"},
})


def refused(call, code, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return caught.value.response["Error"]["Message"]


def test_iam(stack):
    iam = stack.client("iam")
    check = ModelCheck(iam)
    role = iam.create_role(
        RoleName="model-role", AssumeRolePolicyDocument=TRUST, Description="d",
        Tags=[{"Key": "k", "Value": ""}])["Role"]
    assert role["Arn"] == "arn:aws:iam::111122223333:role/model-role"
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert refused(
        iam.create_role, "EntityAlreadyExists", RoleName="model-role",
        AssumeRolePolicyDocument=TRUST) == "Role with name model-role already exists."
    assert iam.get_role(RoleName="model-role")["Role"]["MaxSessionDuration"] == 3600
    assert "model-role" in [r["RoleName"] for r in iam.list_roles()["Roles"]]
    first = iam.list_roles(MaxItems=1)
    assert first["IsTruncated"]
    iam.list_roles(Marker=first["Marker"])
    iam.update_assume_role_policy(RoleName="model-role", PolicyDocument=TRUST)
    iam.put_role_policy(RoleName="model-role", PolicyName="p", PolicyDocument=POLICY)
    document = iam.get_role_policy(RoleName="model-role", PolicyName="p")["PolicyDocument"]
    assert document == json.loads(POLICY)
    assert iam.list_role_policies(RoleName="model-role")["PolicyNames"] == ["p"]
    assert refused(iam.delete_role, "DeleteConflict", RoleName="model-role") == (
        "Cannot delete entity, must delete policies first.")
    iam.delete_role_policy(RoleName="model-role", PolicyName="p")
    refused(iam.get_role_policy, "NoSuchEntity", RoleName="model-role", PolicyName="p")
    article = POLICY.replace("2012-10-17", "2012-01-01")
    refused(iam.put_role_policy, "MalformedPolicyDocument", RoleName="model-role",
            PolicyName="p", PolicyDocument=article)
    refused(iam.update_assume_role_policy, "MalformedPolicyDocument", RoleName="model-role",
            PolicyDocument="{")
    iam.delete_role(RoleName="model-role")
    assert refused(iam.get_role, "NoSuchEntity", RoleName="model-role") == (
        "The role with name model-role cannot be found.")

    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["Roles"] == len(iam.list_roles()["Roles"])
    assert (summary["RolesQuota"], summary["Policies"]) == (1000, 0)

    arn = iam.create_open_id_connect_provider(
        Url="https://model.example/id", ClientIDList=["sts.amazonaws.com"],
        ThumbprintList=["a" * 40])["OpenIDConnectProviderArn"]
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    assert provider["Url"] == "model.example/id"
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert arn in [item["Arn"] for item in listed]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    refused(iam.delete_open_id_connect_provider, "NoSuchEntity", OpenIDConnectProviderArn=arn)
    refused(iam.list_users, "InvalidAction")
    assert not check.problems


def test_sts(stack):
    sts = stack.client("sts")
    check = ModelCheck(sts)
    assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::111122223333:root"
    refused(sts.get_session_token, "InvalidAction")
    assert not check.problems


def test_eks(stack):
    eks = stack.client("eks")
    check = ModelCheck(eks)
    assert "local" in eks.list_clusters()["clusters"]
    cluster = eks.describe_cluster(name="local")["cluster"]
    assert cluster["identity"]["oidc"]["issuer"] == stack["kubernetes"]["issuer"]
    wanted = dict(
        clusterName="local", namespace="model", serviceAccount="account",
        roleArn="arn:aws:iam::111122223333:role/s3-reader-role", tags={"a": "b"},
        clientRequestToken="token-1")
    made = eks.create_pod_identity_association(**wanted)["association"]
    again = eks.create_pod_identity_association(**wanted)["association"]
    assert again["associationId"] == made["associationId"]
    text = refused(eks.create_pod_identity_association, "ResourceInUseException",
                   **{**wanted, "clientRequestToken": "token-2"})
    assert text == f"Association already exists: {made['associationId']}"
    named = dict(clusterName="local", associationId=made["associationId"])
    assert eks.describe_pod_identity_association(**named)["association"]["tags"] == {"a": "b"}
    assert eks.list_pod_identity_associations(clusterName="local", namespace="model")[
        "associations"][0]["associationId"] == made["associationId"]
    page = eks.list_pod_identity_associations(clusterName="local", maxResults=1)
    assert page["nextToken"]
    changed = eks.update_pod_identity_association(
        **named, roleArn="arn:aws:iam::111122223333:role/s3-writer-role")["association"]
    assert changed["roleArn"].endswith("s3-writer-role")
    eks.delete_pod_identity_association(**named)
    refused(eks.describe_pod_identity_association, "ResourceNotFoundException", **named)
    cases = [
        (dict(clusterName="nope"), "ResourceNotFoundException", "No cluster found for name: nope."),
        (dict(roleArn="arn:aws:iam::111122223333:role/nope"), "InvalidParameterException",
         "Role provided in the request does not exist."),
    ]
    for change, code, message in cases:
        fresh = {**wanted, "clientRequestToken": "token-3", **change}
        assert refused(eks.create_pod_identity_association, code, **fresh) == message
    refused(eks.list_nodegroups, "UnknownOperationException", clusterName="local")
    assert not check.problems


def test_eks_auth(stack):
    auth = stack.client("eks-auth")
    check = ModelCheck(auth)
    program = (
        "import os; print(open(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']).read())")
    token = stack.run_as("default/s3-reader-sa", "python3", "-c", program).stdout.strip()
    # The token's pod is gone, its signature and expiry are good: EKS Auth does not look at pods.
    answer = auth.assume_role_for_pod_identity(clusterName="local", token=token)
    assert answer["assumedRoleUser"]["assumeRoleId"].startswith("AROA")
    left = answer["credentials"]["expiration"].timestamp() - __import__("time").time()
    assert 21500 < left <= 21600
    head, body, signature = token.split(".")
    refused(auth.assume_role_for_pod_identity, "InvalidTokenException", clusterName="local",
            token=f"{head}.{body}.{signature[:-8]}AAAAAAAA")
    refused(auth.assume_role_for_pod_identity, "InvalidTokenException", clusterName="local",
            token="a.b.c")
    assert refused(auth.assume_role_for_pod_identity, "ResourceNotFoundException",
                   clusterName="nope", token=token) == "No cluster found for name: nope."
    assert not check.problems


def test_s3(stack):
    s3 = stack.client("s3")
    check = ModelCheck(s3)
    bucket = "your-bucket-name"
    assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    s3.head_bucket(Bucket=bucket)
    s3.get_bucket_location(Bucket=bucket)
    for number in range(5):
        s3.put_object(Bucket=bucket, Key=f"model/{number} é+&<", Body=b"0123456789" * 10,
                      ContentType="text/x", Metadata={"a": "b"})
    page = s3.list_objects_v2(Bucket=bucket, Prefix="model/", MaxKeys=2)
    assert page["KeyCount"] == 2 and page["IsTruncated"]
    rest = s3.list_objects_v2(
        Bucket=bucket, Prefix="model/", ContinuationToken=page["NextContinuationToken"])
    assert [o["Key"] for o in page["Contents"] + rest["Contents"]] == [
        f"model/{number} é+&<" for number in range(5)]
    folders = s3.list_objects_v2(Bucket=bucket, Delimiter="/")["CommonPrefixes"]
    assert {"Prefix": "model/"} in folders
    got = s3.get_object(Bucket=bucket, Key="model/0 é+&<", Range="bytes=5-14")
    assert got["Body"].read() == b"5678901234" and got["ContentRange"] == "bytes 5-14/100"
    head = s3.head_object(Bucket=bucket, Key="model/0 é+&<")
    assert (head["ContentType"], head["Metadata"]) == ("text/x", {"a": "b"})
    url = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": "model/0 é+&<"}, ExpiresIn=60)
    assert urllib.request.urlopen(url).read() == b"0123456789" * 10
    for number in range(5):
        s3.delete_object(Bucket=bucket, Key=f"model/{number} é+&<")
    refused(s3.get_object, "NoSuchKey", Bucket=bucket, Key="model/0 é+&<")
    refused(s3.head_object, "404", Bucket=bucket, Key="model/0")
    refused(s3.list_objects_v2, "NoSuchBucket", Bucket="no-such-bucket")
    refused(s3.create_multipart_upload, "NotImplemented", Bucket=bucket, Key="k")
    assert not check.problems


def test_buckets(stack):
    s3 = stack.client("s3")
    check = ModelCheck(s3)
    assert s3.create_bucket(Bucket="made-here")["Location"] == "/made-here"
    # In us-east-1 alone, one's own bucket can be made again.
    s3.create_bucket(Bucket="made-here", CreateBucketConfiguration={})
    s3.put_object(Bucket="made-here", Key="a/b", Body=b"1")
    refused(s3.delete_bucket, "BucketNotEmpty", Bucket="made-here")
    s3.delete_object(Bucket="made-here", Key="a/b")
    s3.delete_bucket(Bucket="made-here")
    refused(s3.delete_bucket, "NoSuchBucket", Bucket="made-here")
    refused(s3.create_bucket, "InvalidBucketName", Bucket="a.-b-")
    refused(s3.create_bucket, "InvalidLocationConstraint", Bucket="made-there",
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert "made-there" not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    # A bucket of the name that an upload's folder could have, removed while another is written.
    for name in ["tmp", "uploads"]:
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="k", Body=b"1", Metadata={"of": name})
        assert s3.head_object(Bucket=name, Key="k")["Metadata"] == {"of": name}
        s3.delete_object(Bucket=name, Key="k")
        s3.delete_bucket(Bucket=name)
    assert not check.problems


def test_unknown_services_are_refused_cleanly(stack):
    import boto3

    for service, call in [("sqs", "list_queues"), ("dynamodb", "list_tables"),
                          ("lambda", "list_functions"), ("route53", "list_hosted_zones"),
                          ("cloudfront", "list_distributions")]:
        client = boto3.client(
            service, region_name="us-east-1", endpoint_url=stack["aws"]["url"],
            aws_access_key_id="test", aws_secret_access_key="test")
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            getattr(client, call)()
        response = caught.value.response["ResponseMetadata"]
        assert response["HTTPStatusCode"] in (400, 403, 404, 501)
        assert response["RetryAttempts"] == 0
        message = f"No service {service} answers here; this address has sts, iam, eks"
        assert message in caught.value.response["Error"]["Message"]


def test_s3_at_the_main_address(stack):
    """Programs that know AWS_ENDPOINT_URL alone send S3 there; the signature says what it is."""
    import boto3
    from botocore.config import Config

    bucket = "at-the-main-address"
    s3 = boto3.client(
        "s3", region_name=stack["region"], endpoint_url=stack["aws"]["url"],
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        aws_access_key_id=stack["aws"]["accessKeyId"],
        aws_secret_access_key=stack["aws"]["secretAccessKey"])
    s3.create_bucket(Bucket=bucket)
    body = os.urandom(12_000_000)  # more than a request that is no object may have
    s3.put_object(Bucket=bucket, Key="large", Body=body)
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == body
    address = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "large"})
    assert address.startswith(stack["aws"]["url"])
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == body
    # Listed at S3's own address too, in the one log of events once each.
    assert stack.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    puts = [event for event in stack.events() if event["operation"] == "PutObject"
            and event.get("bucket") == bucket]
    assert len(puts) == 1, puts
    assert puts[0]["outcome"] == "ok"
    with pytest.raises(botocore.exceptions.ClientError, match="NoSuchKey"):
        s3.get_object(Bucket=bucket, Key="nothing")
    with pytest.raises(botocore.exceptions.ClientError, match="404"):
        s3.head_object(Bucket=bucket, Key="nothing")
    s3.delete_object(Bucket=bucket, Key="large")
    s3.delete_bucket(Bucket=bucket)


def test_a_bucket_keeps_its_date(stack):
    s3, bucket = stack.client("s3"), "keeps-its-date"

    def made():
        return next(found["CreationDate"] for found in s3.list_buckets()["Buckets"]
                    if found["Name"] == bucket)

    s3.create_bucket(Bucket=bucket)
    first = made()
    for number in range(3):
        s3.put_object(Bucket=bucket, Key=f"k{number}", Body=b"x")
        s3.delete_object(Bucket=bucket, Key=f"k{number}")
        assert made() == first
    s3.delete_bucket(Bucket=bucket)
