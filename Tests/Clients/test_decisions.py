"""What decides over a pod's calls beside its policies: tags, the way it calls, the account, seeds."""

import json
import sys
import textwrap

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from conftest import start_stack, stop_stack
from explain_world import BOTH, GRANT, ROLE, TRUST, World, statement
from servers import free_port

LISTED = """
import boto3, sys
s3 = boto3.client('s3', **eval(sys.argv[1]))
try:
    s3.list_objects_v2(Bucket='your-bucket-name')
    print('listed')
except Exception as error:
    print(error.response['Error']['Code'])
"""
CALLER = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"


def listed(stack, account, **client):
    return stack.run_as(
        f"default/{account}", sys.executable, "-c", LISTED, repr(client)).stdout.strip()


def test_tags_of_a_role_are_those_of_its_sessions(stack):
    world = World(stack, "d-tags")
    world.whole()
    world.policy({**GRANT, "Statement": [{
        **GRANT["Statement"][0],
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}]})
    assert listed(stack, "d-tags") == "AccessDenied"
    warning = next(one for one in world.explain()[1]["warnings"] if one["hop"] == "events")
    assert "without asking for aws:PrincipalTag/team" in warning["text"]
    world.iam.tag_role(RoleName="d-tags", Tags=[{"Key": "Team", "Value": "red"}])
    assert listed(stack, "d-tags") == "listed"
    done = stack.podid(
        "can", "--service-account", "default/d-tags", "s3:ListBucket",
        "arn:aws:s3:::your-bucket-name", check=False)
    assert done.returncode == 0, done.stdout
    assert world.iam.list_role_tags(RoleName="d-tags")["Tags"] == [
        {"Key": "Team", "Value": "red"}]
    world.iam.untag_role(RoleName="d-tags", TagKeys=["team"])
    assert listed(stack, "d-tags") == "AccessDenied"


def test_a_call_by_tls_is_one_by_tls_for_every_service(tmp_path):
    address = f"127.0.0.1:{free_port()}"
    secure = "https://" + address
    process, stack = start_stack(tmp_path, variables={"PODID_AWS_API_TLS_LISTEN": address})
    try:
        world = World(stack, "d-tls")
        world.whole()
        world.policy({**GRANT, "Statement": [GRANT["Statement"][0], {
            "Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]})
        authority = f"{stack['state']}/aws-api/ca.crt"
        assert listed(stack, "d-tls") == "AccessDenied"
        assert listed(stack, "d-tls", endpoint_url=secure, verify=authority) == "listed"
        root = dict(
            endpoint_url=secure, verify=authority, region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test")
        assert boto3.client("sts", **root).get_caller_identity()["Account"] == "111122223333"
        assert boto3.client("eks", **root).list_clusters()["clusters"] == ["local"]
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(secure, timeout=10)
    finally:
        stop_stack(process)


def test_another_account_is_the_seeds_too(tmp_path):
    process, stack = start_stack(
        tmp_path, variables={"PODID_AWS_API_ACCOUNT": "022233334444"})
    try:
        for account in ("s3-reader-sa", "s3-writer-sa"):
            arn = stack.run_as(f"default/{account}", sys.executable, "-c", CALLER).stdout
            assert arn.startswith("arn:aws:sts::022233334444:assumed-role/")
        assert stack.podid("explain", "--service-account", "default/s3-reader-sa")
        found = stack.client("eks").list_pod_identity_associations(clusterName="local")
        assert ":022233334444:" in found["associations"][0].get("ownerArn", ":022233334444:")
    finally:
        stop_stack(process)


def seed(folder, text):
    (folder / "aws").mkdir(parents=True, exist_ok=True)
    (folder / "aws" / "a.yaml").write_text(textwrap.dedent(text))
    return str(folder)


def test_what_a_seed_changes_of_a_role_is_changed(stack, tmp_path):
    def apply(description, seconds, tags, more=""):
        return stack.podid("seed", seed(tmp_path / "seed", f"""
            roles:
              - RoleName: d-seeded
                Description: {description}
                MaxSessionDuration: {seconds}
                Tags: {tags}
                AssumeRolePolicyDocument: {json.dumps(TRUST)}
                {more}
            associations:
              - namespace: default
                serviceAccount: d-seeded
                roleArn: {ROLE}d-seeded
                tags: {{team: {description}}}
            openIDConnectProviders:
              - Url: https://oidc.d-seeded.example
                ClientIDList: [{description}]
            """), check=False)

    iam, eks = stack.client("iam"), stack.client("eks")
    assert apply("first", 3600, "[{Key: team, Value: red}, {Key: old, Value: x}]").stdout.count(
        "created") == 3
    assert apply("first", 3600, "[{Key: team, Value: red}, {Key: old, Value: x}]").stdout.count(
        "unchanged") == 3
    assert apply("second", 7200, "[{Key: Team, Value: blue}]").stdout.count("updated") == 3
    role = iam.get_role(RoleName="d-seeded")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("second", 7200)
    assert role["Tags"] == [{"Key": "Team", "Value": "blue"}]
    found = eks.list_pod_identity_associations(
        clusterName="local", serviceAccount="d-seeded")["associations"][0]
    assert eks.list_tags_for_resource(resourceArn=found["associationArn"])["tags"] == {
        "team": "second"}
    provider = iam.get_open_id_connect_provider(
        OpenIDConnectProviderArn="arn:aws:iam::111122223333:oidc-provider/oidc.d-seeded.example")
    assert provider["ClientIDList"] == ["second"]
    moved = apply("second", 7200, "[]", "Path: /team/")
    assert moved.returncode == 1 and "a path cannot be changed to /team/" in moved.stderr


def test_roles_of_a_seed_may_name_each_other(stack, tmp_path):
    def role(name, *trusted):
        principals = [f"arn:aws:iam::111122223333:role/{other}" for other in trusted]
        trust = {**TRUST, "Statement": TRUST["Statement"] + [
            {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": BOTH}]}
        return {"RoleName": name, "AssumeRolePolicyDocument": trust}

    roles = [role("d-last", "d-first"), role("d-self", "d-self"), role("d-one", "d-two"),
             role("d-two", "d-one"), role("d-first", "d-one")]
    folder = seed(tmp_path / "seed", json.dumps({"roles": roles}))
    assert stack.podid("seed", folder).stdout.count("created") == 5
    assert stack.podid("seed", folder).stdout.count("unchanged") == 5
    iam = stack.client("iam")
    for made in roles:
        found = iam.get_role(RoleName=made["RoleName"])["Role"]["AssumeRolePolicyDocument"]
        assert found == made["AssumeRolePolicyDocument"]
    lost = seed(tmp_path / "lost", json.dumps({"roles": [role("d-lost", "d-absent")]}))
    done = stack.podid("seed", lost, check=False)
    assert done.returncode == 1
    assert 'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/d-absent"' in (
        done.stderr)


def test_principals_and_sizes_are_refused_as_iam_refuses_them(stack):
    world = World(stack, "d-refused")
    for principal in ({"Service": "pod.eks.amazonaws.com"}, {"AWS": ROLE + "absent"}):
        with pytest.raises(ClientError, match="Invalid principal in policy") as refusal:
            world.role(trust=statement(Principal=principal))
        assert refusal.value.response["Error"]["Code"] == "MalformedPolicyDocument"
    world.role()
    long = {**GRANT, "Statement": [{**GRANT["Statement"][0], "Action": "s3:" + "a" * 5000}]}
    world.iam.put_role_policy(
        RoleName="d-refused", PolicyName="one", PolicyDocument=json.dumps(long))
    with pytest.raises(ClientError, match="Maximum policy size of 10240 bytes exceeded for role"):
        world.iam.put_role_policy(
            RoleName="d-refused", PolicyName="two", PolicyDocument=json.dumps(long))


def test_a_target_that_names_the_role_needs_no_policy_of_it(stack):
    world = World(stack, "d-chain")
    world.service_account()
    first = world.role(policy=None)
    target = world.role("d-chain-target", statement(Principal={"AWS": first}))
    world.associate(first, targetRoleArn=target)
    arn = stack.run_as("default/d-chain", sys.executable, "-c", CALLER).stdout
    assert ":assumed-role/d-chain-target/" in arn
    code, found = world.explain()
    assert code == 0, found["steps"][-1]


def test_a_pods_own_endpoint_is_left_out_and_named(stack):
    world = World(stack, "d-endpoint")
    world.whole()
    names = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
    world.make_pod(env=[
        {"name": names[0], "value": "http://127.0.0.1:9"},
        {"name": names[1], "value": "http://127.0.0.1:9"}, {"name": names[2], "value": "true"}])
    done = stack.podid(
        "run", "--service-account", "default/d-endpoint", "--pod", world.pod, "--",
        sys.executable, "-c", CALLER)
    assert ":assumed-role/d-endpoint/" in done.stdout
    assert all(name in done.stderr for name in names)
    code, found = world.explain()
    warning = next(one for one in found["warnings"] if one["hop"] == "pod")
    assert code == 0 and all(name in warning["text"] for name in names)
    world.mend(warning["mend"])
    assert [one for one in world.explain()[1]["warnings"] if one["hop"] == "pod"] == []


@pytest.mark.parametrize("spec, message", [
    ({"containers": [{"name": "c", "image": "x", "volumeMounts": [
        {"name": "a", "mountPath": "/x"}, {"name": "b", "mountPath": "/x"}]}],
      "volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "emptyDir": {}}]},
     'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/x": must be unique'),
    ({"containers": [{"name": "c", "image": "x"}], "volumes": [{"name": "t", "projected": {
        "sources": [{"serviceAccountToken": {
            "audience": "a", "expirationSeconds": 500, "path": "t"}}]}}]},
     "may not be less than 10 minutes"),
])
def test_pods_that_kubernetes_refuses(stack, spec, message):
    with pytest.raises(AssertionError) as refusal:
        stack.api("POST", "/api/v1/namespaces/default/pods", {
            "metadata": {"name": "d-refused"}, "spec": spec})
    answer = json.loads(str(refusal.value).split("\n")[0])
    assert answer["code"] == 422 and message in answer["message"]
