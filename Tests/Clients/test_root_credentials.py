"""The root's keys: `test`/`test`, or a random pair that alone is taken, held against boto3."""

import json
import os
import stat
import subprocess
from pathlib import Path

import boto3
import botocore.exceptions
import pytest
import requests
from conftest import BIN, PODID, clean_environment, command, start_stack, stop_stack, until
from servers import Servers

# What each protocol says of a key that it does not know.
CALLS = {
    "sts": (lambda client: client.get_caller_identity(), "InvalidClientTokenId"),
    "iam": (lambda client: client.list_roles(), "InvalidClientTokenId"),
    "eks": (lambda client: client.describe_cluster(name="local"), "UnrecognizedClientException"),
    "eks-auth": (lambda client: client.assume_role_for_pod_identity(
        clusterName="local", token="a.b.c"), "UnrecognizedClientException"),
    "s3": (lambda client: client.list_buckets(), "InvalidAccessKeyId"),
}
RANDOM = {"PODID_AWS_API_ROOT_CREDENTIALS": "random"}


def outcome(aws, s3, service, pair):
    """`ok`, or the code of the refusal."""
    client = boto3.client(
        service, endpoint_url=s3 if service == "s3" else aws, region_name="us-east-1",
        aws_access_key_id=pair[0], aws_secret_access_key=pair[1])
    try:
        CALLS[service][0](client)
        return "ok"
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


@pytest.fixture(scope="module")
def exposed(tmp_path_factory):
    """aws-api with random keys: the servers, and the pairs that it wrote."""
    with Servers(tmp_path_factory.mktemp("aws")) as servers:
        servers.environment = RANDOM
        servers.start("aws")
        yield servers


def pair(state, owner="root"):
    key = json.loads((state / "aws-api" / owner / "credentials.json").read_text())
    return key["accessKeyId"], key["secretAccessKey"]


def asked(servers, service, keys):
    return outcome(servers.aws_url, "http://" + servers.address("s3"), service, keys)


@pytest.mark.parametrize("service", CALLS)
def test_only_the_random_pair_is_the_roots(exposed, service):
    id, secret = pair(exposed.state)
    known = "ok" if service != "eks-auth" else "InvalidTokenException"
    assert asked(exposed, service, (id, secret)) == known
    unknown = CALLS[service][1]
    others = [("test", "test"), ("test", secret), ("TEST", "test"), (id.lower(), secret),
              (id[:-1], secret), (id + "A", secret), ("AKIAIOSFODNN7EXAMPLE", secret)]
    for other in others:
        assert asked(exposed, service, other) == unknown, other
    wrong = {"sts": "SignatureDoesNotMatch", "iam": "SignatureDoesNotMatch",
             "s3": "SignatureDoesNotMatch"}.get(service, "InvalidSignatureException")
    for guess in ["test", secret[:-1], secret.swapcase(), pair(exposed.state, "node-agent")[1]]:
        assert asked(exposed, service, (id, guess)) == wrong, guess


@pytest.mark.parametrize("owner,service,result", [
    ("node-agent", "eks-auth", "InvalidTokenException"), ("node-agent", "sts", "ok"),
    ("node-agent", "iam", "AccessDenied"), ("node-agent", "eks", "AccessDeniedException"),
    ("node-agent", "s3", "AccessDenied"), ("kubernetes-api", "iam", "AccessDenied"),
    ("kubernetes-api", "eks-auth", "AccessDeniedException"), ("kubernetes-api", "s3", "AccessDenied"),
    ("kubernetes-api", "eks", "AccessDeniedException"),
])
def test_a_servers_own_pair_does_little(exposed, owner, service, result):
    assert asked(exposed, service, pair(exposed.state, owner)) == result


def test_the_files_are_the_owners_alone_and_last(exposed):
    folder = exposed.state / "aws-api"
    before = {owner: pair(exposed.state, owner) for owner in
              ["root", "kubernetes-api", "node-agent"]}
    for owner in before:
        assert stat.S_IMODE(os.stat(folder / owner).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(folder / owner / "credentials.json").st_mode) == 0o600
    exposed.stop("aws")
    exposed.start("aws")
    assert {owner: pair(exposed.state, owner) for owner in before} == before
    assert asked(exposed, "sts", before["root"]) == "ok"
    log = (exposed.logs / "aws.log").read_text()
    for id, secret in before.values():
        assert secret not in log


def test_test_test_on_loopback_needs_no_file(tmp_path):
    with Servers(tmp_path) as servers:
        servers.start("aws")
        for service in ["sts", "iam", "eks", "s3"]:
            assert asked(servers, service, ("test", "test")) == "ok"
        for owner in ["root", "kubernetes-api", "node-agent"]:
            assert not (servers.state / "aws-api" / owner).exists()


def test_servers_wait_for_their_keys_and_take_renewed_ones(tmp_path):
    """Each is ready before aws-api wrote anything; a reset's new keys count at once."""
    with Servers(tmp_path) as servers:
        for name, server in [("kubernetes", "kubernetes-api"), ("agent", "node-agent")]:
            variable = f"PODID_{server.upper().replace('-', '_')}_AWS_CREDENTIALS_FILE"
            servers.environment[variable] = str(
                servers.state / "aws-api" / server / "credentials.json")
        servers.environment.update(RANDOM)
        ready = {name: servers.start(name) for name in ["kubernetes", "agent", "aws"]}
        assert ready["agent"]["event"] == "ready"
        environment = {
            **clean_environment(tmp_path),
            "PODID_STACK_KUBECONFIG": f"{servers.state}/kubernetes-api/admin/kubeconfig",
            "PODID_STACK_ADMIN_TOKEN_FILE": f"{servers.state}/admin.token",
            "PODID_STACK_AWS_CREDENTIALS_FILE": str(
                servers.state / "aws-api" / "root" / "credentials.json"),
            "PODID_STACK_AWS_URL": servers.aws_url,
            "PODID_STACK_S3_URL": "http://" + servers.address("s3"),
            "PODID_STACK_AGENT_URL": f"http://{servers.address('agent')}/v1/credentials",
            **{f"PODID_STACK_{name.upper()}_ADMIN": "http://" + servers.address(f"{name}-admin")
               for name in ["kubernetes", "aws", "agent"]},
        }
        command([PODID, "reset"], environment, True)
        # The account's association was made by kubernetes-api, its token exchanged by node-agent.
        command([PODID, "explain", "--service-account", "default/s3-reader-sa"], environment, True)
        before = pair(servers.state)
        command([PODID, "reset"], environment, True)
        assert pair(servers.state) != before
        assert asked(servers, "sts", before) == "InvalidClientTokenId"
        id, secret = pair(servers.state)
        eks = boto3.client("eks", endpoint_url=servers.aws_url, region_name="us-east-1",
                           aws_access_key_id=id, aws_secret_access_key=secret)
        until(lambda: eks.list_pod_identity_associations(clusterName="local")["associations"])


def test_a_reset_renews_the_keys_of_the_stack_file(tmp_path):
    process, stack = start_stack(tmp_path, variables=RANDOM)
    try:
        old = stack["aws"]["accessKeyId"], stack["aws"]["secretAccessKey"]
        assert old[0].startswith("AKIA") and stack.client("sts").get_caller_identity()
        stack.podid("reset")
        renewed = json.loads(Path(stack.path).read_text())["aws"]
        new = renewed["accessKeyId"], renewed["secretAccessKey"]
        assert new[0].startswith("AKIA") and new[0] != old[0] and new[1] != old[1]
        assert stat.S_IMODE(os.stat(stack.path).st_mode) == 0o600
        urls = stack["aws"]["url"], stack["s3"]["url"]
        assert outcome(*urls, "sts", old) == "InvalidClientTokenId"
        assert outcome(*urls, "sts", new) == "ok"
        # What podid signs is signed with the new ones.
        assert "AKIA" in stack.podid("env").stdout and new[1] in stack.podid("env").stdout
        stack.podid("can", "--service-account", "default/s3-reader-sa", "s3:GetObject",
                    "arn:aws:s3:::your-bucket-name/hello.txt")
        done = stack.run_as("default/s3-reader-sa", "env")
        assert new[1] not in done.stdout and "AWS_SECRET_ACCESS_KEY" not in done.stdout
    finally:
        stop_stack(process)
    assert not os.path.exists(stack.path)


@pytest.mark.parametrize("servers,expected", [
    ({}, "random"), ({"PODID_AWS_API_ROOT_CREDENTIALS": "test"}, "test"),
])
def test_a_listener_that_is_not_loopback_makes_them_random(tmp_path, servers, expected):
    """In a network of its own, so that nobody outside can reach the listener."""
    unshare = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode != 0:
        pytest.skip("no network namespace can be made here")
    script = (
        'case $AWS_ACCESS_KEY_ID in AKIA*) echo random;; test) echo test;; esac;'
        " aws sts get-caller-identity --query Arn --output text;"
        " AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws sts get-caller-identity; echo $?")
    for name in ["LISTEN", "S3_LISTEN", "ADMIN_LISTEN"]:
        environment = {
            **clean_environment(tmp_path), **servers, f"PODID_AWS_API_{name}": "0.0.0.0:0"}
        done = command(
            [*unshare, "sh", "-c", 'ip link set lo up; exec "$@"', "sh", PODID, "test", "--", "sh",
             "-c", script], environment, True, cwd=tmp_path)
        lines = done.stdout.splitlines()
        assert lines[:2] == [expected, "arn:aws:iam::111122223333:root"], done.stderr
        assert (lines[-1] == "0") == (expected == "test"), name
        assert ("InvalidClientTokenId" in done.stderr) == (expected == "random")


@pytest.mark.parametrize("words", [
    ["--root-credentials", "Random"], ["--root-credentials", ""], ["--root-credentials=test,random"],
])
def test_a_bad_word_is_wrong_usage(tmp_path, words):
    done = command([BIN / "aws-api", "--state", tmp_path, *words], clean_environment(tmp_path), False)
    assert done.returncode == 64 and done.stderr.count("\n") == 1
    assert "--root-credentials must be one of test, random" in done.stderr
    done = command([PODID, "test", "--", "true"], {
        **clean_environment(tmp_path), "PODID_AWS_API_ROOT_CREDENTIALS": "Random"}, False)
    assert done.returncode == 64 and "must be one of test, random" in done.stderr


def test_the_console_takes_the_keys_of_a_reset(tmp_path):
    """With those of before it would show no association any more."""
    process, stack = start_stack(tmp_path, variables=RANDOM)
    console = subprocess.Popen([PODID, "console"], env=stack.environment, text=True,
                               stdout=subprocess.PIPE)
    try:
        session = requests.Session()
        page = session.get(console.stdout.readline().strip(), timeout=20).url
        stream = session.get(page.partition("?")[0] + "events", stream=True, timeout=20)
        heard = stream.iter_lines()
        next(line for line in heard if b'"associations":[{' in line)
        stack.podid("reset")
        next(line for line in heard if line == b"event: anew")
        next(line for line in heard if b'"associations":[{' in line)
    finally:
        console.terminate()
        console.wait(20)
        console.stdout.close()
        stop_stack(process)
