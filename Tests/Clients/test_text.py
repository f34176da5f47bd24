"""Names in callers' text are bytes: long runs of combining marks cost no more than other text, and
two texts that merely look alike stay two.

Swift's own comparison of texts takes the square of such a run: one request held a server for minutes.
"""

import json
import os
import re
import socket
import ssl
from pathlib import Path
from urllib.parse import quote, urlsplit

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from eks_auth_stub import token
from servers import Servers

# A request costs at most 50 ms of CPU times its MB in a release build; these builds are slower.
SECONDS_PER_MB = 1
COMPOSED, DECOMPOSED = "\u00e9", "e\u0301"


def marks(count):
    return "\u0301\u0323" * (count // 2)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with Servers(tmp_path_factory.mktemp("text")) as servers:
        servers.start("kubernetes")
        servers.start("aws")
        servers.agent_url = servers.agent_alone("http://127.0.0.1:9")["listen"][0]
        config = json.loads(
            (servers.state / "kubernetes-api" / "admin" / "kubeconfig").read_text())
        servers.bearer = config["users"][0]["user"]["token"]
        servers.ca = str(servers.state / "kubernetes-api" / "ca.crt")
        servers.admin_token = (servers.state / "admin.token").read_text().strip()
        yield servers
        for process in servers.processes.values():
            if process.poll() is None:
                process.kill()  # the old code would not end before its request does
                process.wait()
        servers.processes.clear()


def cpu(process):
    """Seconds of CPU that a process has taken."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def send(servers, url, method, target, fields=(), body=b""):
    """Sends one request over a connection of its own; the answer's status, 0 without an answer."""
    place = urlsplit(url)
    connection = socket.create_connection((place.hostname, place.port), timeout=60)
    if place.scheme == "https":
        context = ssl.create_default_context(cafile=servers.ca)
        connection = context.wrap_socket(connection, server_hostname=place.hostname)
    with connection:
        names = {name.lower() for name, _ in fields}
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [] if "host" in names else [f"Host: {place.netloc}"]
        lines += [f"{name}: {value}" for name, value in fields]
        lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
        connection.sendall("\r\n".join(lines).encode() + body)
        head = connection.recv(4096)
        while connection.recv(1 << 16):
            pass
    return int(head.split()[1]) if head else 0


def kubernetes(method, target, body, kind="application/json", **more):
    def row(servers):
        fields = [("Authorization", f"Bearer {servers.bearer}"), ("Content-Type", kind)]
        fields += list(more.items())
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return servers.kubernetes_url, method, target, fields, data
    return "kubernetes", row


def signed(service, method, target, body, kind="application/x-amz-json-1.1"):
    def row(servers):
        data = body.encode()
        request = AWSRequest(
            method, servers.aws_url + target, {"Content-Type": kind, "Host": servers.address("aws")},
            data)
        SigV4Auth(Credentials("test", "test"), service, "us-east-1").add_auth(request)
        return servers.aws_url, method, target, list(request.headers.items()), data
    return "aws", row


def plain(name, method, target, fields=(), body=b""):
    def row(servers):
        url = {"aws": servers.aws_url, "agent": servers.agent_url,
               "kubernetes": servers.kubernetes_url,
               "admin": "http://" + servers.address("aws-admin")}[name]
        given = [(field, value.replace("{admin}", servers.admin_token)) for field, value in fields]
        return url, method, target, given, body
    return "aws" if name == "admin" else name, row


def text(claims, header=None):
    return token(json.dumps(claims, ensure_ascii=False),
                 None if header is None else json.dumps(header, ensure_ascii=False))


FORM = "application/x-www-form-urlencoded"
REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
MAPS = "/api/v1/namespaces/default/configmaps"
JSON_PATCH, MERGE = "application/json-patch+json", "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
ASSUME = "/clusters/local/assume-role-for-pod-identity"
TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:" + marks(200_000)],
    "Condition": {"StringEquals" + marks(200_000): {"aws:SourceArn" + marks(200_000): "x"}}}]}
ROWS = {
    "agent, a claim's name": plain(
        "agent", "GET", "/v1/credentials", [("Authorization", text({"e" + marks(39_000): 0}))]),
    "agent, the algorithm": plain(
        "agent", "GET", "/v1/credentials",
        [("Authorization", text({"exp": 4102444800}, {"alg": "RS256" + marks(39_000)}))]),
    "agent, a member of the header": plain(
        "agent", "GET", "/v1/credentials",
        [("Authorization", text({"exp": 4102444800}, {"alg": "RS256", "a" + marks(200_000): 1}))]),
    "agent, the host": plain(
        "agent", "GET", "/v1/credentials", [("Host", "l" + marks(200_000))]),
    "kubernetes, a member's name": kubernetes("POST", REVIEWS, {"a" + marks(1_600_000): 0}),
    "kubernetes, many members": kubernetes(
        "POST", REVIEWS, {f"a{marks(4000)}{n}": 0 for n in range(300)}),
    "kubernetes, the kind": kubernetes("POST", REVIEWS, {"kind": "S" + marks(1_000_000)}),
    "kubernetes, a forged token": plain(
        "kubernetes", "GET", "/api", [("Authorization", "Bearer a" + marks(25_000))] ),
    "kubernetes, a token to review": kubernetes(
        "POST", "/apis/authentication.k8s.io/v1/tokenreviews",
        {"spec": {"token": text({"i" + marks(400_000): "x"})}}),
    "kubernetes, a JSON pointer": kubernetes(
        "PATCH", MAPS + "/kube-root-ca.crt",
        [{"op": "test", "path": "/data/a" + marks(1_000_000), "value": "x"}], JSON_PATCH),
    "kubernetes, a patch's operation": kubernetes(
        "PATCH", MAPS + "/kube-root-ca.crt",
        [{"op": "a" + marks(500_000), "path": "/data"}], JSON_PATCH),
    "kubernetes, a merge patch": kubernetes(
        "PATCH", MAPS + "/kube-root-ca.crt", {"d" + marks(1_000_000): {"x": "y"}}, MERGE),
    "kubernetes, a strategic patch": kubernetes(
        "PATCH", MAPS + "/kube-root-ca.crt",
        {"metadata": {"$patch": "r" + marks(600_000)}}, STRATEGIC),
    "kubernetes, an annotation": kubernetes(
        "POST", MAPS, {"metadata": {"name": "x", "annotations": {"a" + marks(1_000_000): "b"}}}),
    "kubernetes, a label selector": kubernetes(
        "GET", f"{MAPS}?labelSelector=a{quote(marks(1200))}%20in%20(b)", b""),
    "kubernetes, names of containers": kubernetes(
        "POST", "/api/v1/namespaces/default/pods",
        {"metadata": {"name": "x"},
         "spec": {"containers": [{"name": "a" + marks(400_000), "image": "i"}] * 2,
                  "volumes": [{"name": "v" + marks(300_000)}] * 2}}),
    "aws, names of a form": plain(
        "aws", "POST", "/", [("Content-Type", FORM)], ("A" + marks(480_000)).encode()),
    "aws, an action": signed("sts", "POST", "/", "Action=" + marks(400_000), FORM),
    "aws, a version": signed(
        "sts", "POST", "/", "Action=GetCallerIdentity&Version=2" + marks(400_000), FORM),
    "aws, a member of EKS Auth's body": signed(
        "eks-auth", "POST", ASSUME, json.dumps({"t" + marks(200_000): 0}, ensure_ascii=False)),
    "aws, a token's claim": signed(
        "eks-auth", "POST", ASSUME, json.dumps({"token": text({"i" + marks(300_000): 0})})),
    "aws, a token's algorithm": signed(
        "eks-auth", "POST", ASSUME, json.dumps(
            {"token": text({}, {"alg": "RS256" + marks(300_000), "kid": "a"})})),
    "aws, a trust policy": signed(
        "iam", "POST", "/", "Action=CreateRole&Version=2010-05-08&RoleName=m"
        "&AssumeRolePolicyDocument=" + quote(json.dumps(TRUST)), FORM),
    "aws, a tag": signed(
        "eks", "POST", "/clusters/local/pod-identity-associations", json.dumps(
            {"namespace": "a", "serviceAccount": "b", "roleArn": "c",
             "tags": {"k" + marks(400_000): "v"}}, ensure_ascii=False)),
    "admin, a fault's member": plain(
        "admin", "POST", "/faults", [("Authorization", "Bearer {admin}")],
        json.dumps({"action" + marks(500_000): "x"}, ensure_ascii=False).encode()),
    "admin, a fault's action": plain(
        "admin", "POST", "/faults", [("Authorization", "Bearer {admin}")],
        json.dumps({"action": "e" + marks(500_000)}, ensure_ascii=False).encode()),
}
# A head holds too few marks for one request to show: as many as make the old code slow.
REPEATED = {
    "kubernetes, a forged token": 40, "kubernetes, a label selector": 40,
}


@pytest.mark.parametrize("name", ROWS)
def test_marks_cost_no_more_than_their_length(servers, name):
    process, row = ROWS[name]
    url, method, target, fields, body = row(servers)
    size = len(body) + len(target) + sum(len(value.encode()) for _, value in fields)
    times = REPEATED.get(name, 1)
    before = cpu(servers.processes[process])
    for _ in range(times):
        status = send(servers, url, method, target, fields, body)
        assert status >= 200
    taken = cpu(servers.processes[process]) - before
    assert taken <= SECONDS_PER_MB * max(1, times * size / 1e6), f"{taken:.2f} s of CPU"


def test_events_are_selected_by_the_bytes_of_their_reason(servers):
    place = "/api/v1/namespaces/default/events"
    for name, reason in [("composed", COMPOSED), ("decomposed", DECOMPOSED)]:
        row = kubernetes("POST", place, {
            "metadata": {"name": name, "namespace": "default"}, "reason": reason,
            "involvedObject": {"namespace": "default"}})[1]
        assert send(servers, *row(servers)) == 201
    for name, reason in [("composed", COMPOSED), ("decomposed", DECOMPOSED)]:
        listed = get(servers, f"{place}?fieldSelector=reason%3D{quote(reason)}")
        assert [item["metadata"]["name"] for item in listed["items"]] == [name]


def get(servers, target):
    place = urlsplit(servers.kubernetes_url)
    context = ssl.create_default_context(cafile=servers.ca)
    with socket.create_connection((place.hostname, place.port), timeout=60) as raw:
        with context.wrap_socket(raw, server_hostname=place.hostname) as connection:
            connection.sendall(
                f"GET {target} HTTP/1.1\r\nHost: {place.netloc}\r\nConnection: close\r\n"
                f"Authorization: Bearer {servers.bearer}\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, body = answer.split(b"\r\n\r\n", 1)
    assert re.match(rb"HTTP/1.1 200 ", head), head
    return json.loads(body)


def test_tags_that_look_alike_are_two(servers):
    client = boto3.client(
        "eks", endpoint_url=servers.aws_url, region_name="us-east-1", aws_access_key_id="test",
        aws_secret_access_key="test", config=Config(retries={"total_max_attempts": 1}))
    iam = boto3.client(
        "iam", endpoint_url=servers.aws_url, region_name="us-east-1", aws_access_key_id="test",
        aws_secret_access_key="test")
    # One syllable of Hangul, and its letters: tags take letters, but no marks.
    syllable, letters = "\uac00", "\u1100\u1161"
    trust = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"]}}
    role = iam.create_role(
        RoleName="alike", AssumeRolePolicyDocument=json.dumps(trust),
        Tags=[{"Key": syllable, "Value": "1"}, {"Key": letters, "Value": "2"}])["Role"]
    assert {tag["Key"]: tag["Value"] for tag in role["Tags"]} == {syllable: "1", letters: "2"}
    made = client.create_pod_identity_association(
        clusterName="local", namespace="default", serviceAccount="alike", roleArn=role["Arn"],
        tags={syllable: "1", letters: "2"})["association"]
    assert made["tags"] == {syllable: "1", letters: "2"}
    client.untag_resource(resourceArn=made["associationArn"], tagKeys=[letters])
    left = client.list_tags_for_resource(resourceArn=made["associationArn"])["tags"]
    assert left == {syllable: "1"}


def test_a_mark_behind_a_separator_hides_no_part(servers):
    """`/` and `&` with a mark behind them are one Character, and separators all the same."""
    listed = get(servers, f"{MAPS}?limit=1&{quote(DECOMPOSED[1])}=x&labelSelector=nosuch")
    assert listed["items"] == []
    row = kubernetes("GET", f"/api/v1/namespaces/default/{quote(DECOMPOSED[1])}configmaps", b"")[1]
    assert send(servers, *row(servers)) == 404
