"""Values of other types than botocore's model gives a member, in every member of every operation.

The values are those of Smithy's protocol tests of malformed restJson1 requests (integers, Booleans,
strings, maps), and their like for the query protocol, put into the requests of unmodified clients.
"""

import json
import urllib.parse

import botocore.exceptions
import pytest

WORDS = ["y", "Y", "yes", "Yes", "YES", "1", "on", "On", "ON",
         "n", "N", "no", "No", "NO", "0", "off", "Off", "OFF"]
BODY = {
    "boolean": ["true", "True", "TRUE", "false", "False", "FALSE", *WORDS, 1, 0, 1.5, [], {}],
    "string": [5, -1, 1.001, 1e300, True, False, [], ["a"], {}, {"a": "b"}],
    "map": ["x", "", 5, True, [], [{}], {"a": None}, {"a": 5}, {"a": True}, {"a": ["b"]},
            {"a": "b", "c": {}}],
}
QUERY = {
    "integer": ["-9223372000000000000", "9223372000000000000", "123000000000000000000000",
                "2147483648", "-2147483649", "true", "1.001", "2ABC", "0x42", "Infinity",
                "-Infinity", "NaN", " 5", "5 ", "1e2", "+", "-", "\u0665"],
}
FORM = {"integer": [*QUERY["integer"], ""]}
NAMES = {"clusterName": "local", "name": "local", "associationId": "a-0123456789abcdefg",
         "RoleName": "types", "PolicyName": "p", "namespace": "ns", "serviceAccount": "sa"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"]}]})
SERVED = {
    "eks": ["CreatePodIdentityAssociation", "ListPodIdentityAssociations",
            "DescribePodIdentityAssociation", "UpdatePodIdentityAssociation",
            "DeletePodIdentityAssociation", "ListClusters", "DescribeCluster", "TagResource",
            "UntagResource", "ListTagsForResource"],
    "eks-auth": ["AssumeRoleForPodIdentity"],
    "iam": ["CreateRole", "GetRole", "ListRoles", "UpdateRole", "UpdateRoleDescription",
            "DeleteRole", "UpdateAssumeRolePolicy", "TagRole", "UntagRole", "ListRoleTags",
            "PutRolePolicy", "GetRolePolicy", "ListRolePolicies", "DeleteRolePolicy",
            "ListAttachedRolePolicies", "ListInstanceProfilesForRole"],
}
# What is not served at all is refused as such.
ELSEWHERE = {("eks", "ListClusters", "include")}


@pytest.fixture(scope="module")
def role(stack):
    iam = stack.client("iam")
    iam.create_role(RoleName="types", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="types", PolicyName="p", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}))
    arn = iam.get_role(RoleName="types")["Role"]["Arn"]
    association = stack.client("eks").create_pod_identity_association(
        clusterName="local", namespace="types", serviceAccount="types", roleArn=arn)["association"]
    return {**NAMES, "roleArn": arn, "associationId": association["associationId"],
            "resourceArn": association["associationArn"], "AssumeRolePolicyDocument": TRUST,
            "PolicyDocument": TRUST, "token": "a.b.c", "tags": {"k": "v"}, "tagKeys": ["k"],
            "Description": "d", "Tags": [{"Key": "k", "Value": "v"}], "TagKeys": ["k"]}


def members(client, operation):
    """Each member that has malformed values, with where it is and what it is."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    protocol = client.meta.service_model.metadata["protocol"]
    for name, member in (shape.members if shape else {}).items():
        place = "form" if protocol == "query" else member.serialization.get("location", "body")
        table = {"form": FORM, "querystring": QUERY, "body": BODY}.get(place, {})
        for value in table.get(member.type_name, []):
            yield name, member.serialization.get("name", name), place, value


def refusal(client, operation, given, change):
    """The code and the status with which an operation is refused whose request is changed."""
    method = next(name for name, other in client.meta.method_to_api_mapping.items()
                  if other == operation)

    def put(request, **_):
        change(request)
    event = f"before-sign.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register(event, put)
    try:
        getattr(client, method)(**given)
    except botocore.exceptions.ClientError as error:
        return (error.response["Error"]["Code"],
                error.response["ResponseMetadata"]["HTTPStatusCode"])
    finally:
        client.meta.events.unregister(event, put)
    return None


def changed(wire, place, value):
    def change(request):
        if place == "form":
            request.data = {**request.data, wire: value}
        elif place == "querystring":
            request.url = f"{request.url.split('?')[0]}?{wire}={urllib.parse.quote(value)}"
            request.params = {}
        else:
            body = json.loads(request.data or b"{}")
            request.data = json.dumps({**body, wire: value}).encode()
    return change


@pytest.mark.parametrize(
    ("service", "operation"),
    [(service, operation) for service, names in SERVED.items() for operation in names])
def test_types(stack, role, service, operation):
    client = stack.client(service)
    shape = client.meta.service_model.operation_model(operation).input_shape
    required = shape.required_members if shape else []
    given = {name: role[name] for name in required}
    if operation in ("CreateRole", "CreatePodIdentityAssociation"):
        given |= {name: "another" for name in ("RoleName", "namespace") if name in given}
    expected = ("MalformedInput", 400) if service == "iam" else ("SerializationException", 400)
    found = []
    for name, wire, place, value in members(client, operation):
        if (service, operation, name) in ELSEWHERE:
            continue
        answer = refusal(client, operation, given, changed(wire, place, value))
        if answer != expected:
            found.append((name, value, answer))
    assert found == []


def test_the_table_has_every_kind(stack):
    """Or the test above would pass for want of members."""
    seen = {
        (service, place, name) for service, names in SERVED.items() for operation in names
        for name, _, place, _ in members(stack.client(service), operation)}
    assert seen >= {
        ("eks", "body", "disableSessionTags"), ("eks", "body", "roleArn"), ("eks", "body", "tags"),
        ("eks", "querystring", "maxResults"), ("eks-auth", "body", "token"),
        ("iam", "form", "MaxItems"), ("iam", "form", "MaxSessionDuration")}
