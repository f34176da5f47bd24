"""From inside an app's container: its token is no other's, and what is not its own is out of reach."""

import json

import pytest
from engine import REPOSITORY
from own_app import own_app, stack_keys

ATTACKS = REPOSITORY / "Tests/Clients/docker_compose/attacks.py"
WRITER = """
services:
  second-pod:
    extends: {file: podid/compose/pod.yaml, service: pod}
    environment: {PODID_POD_SERVICE_ACCOUNT: default/s3-writer-sa}
    volumes:
      - second-identity:/pod/var/run/secrets/pods.eks.amazonaws.com/serviceaccount
      - second-kubernetes:/pod/var/run/secrets/kubernetes.io/serviceaccount
volumes:
  second-identity: &tokens
    driver_opts: {type: tmpfs, device: tmpfs, o: "uid=65532,gid=65532,mode=0755,size=1m"}
  second-kubernetes: *tokens
"""


@pytest.fixture(scope="module")
def tried(engine, tmp_path_factory):
    """What each try came to, by kind."""
    with own_app(engine, tmp_path_factory.mktemp("own"), further=WRITER) as project:
        addresses = [
            network["IPAddress"] for service in ["kubernetes-api", "aws-api", "node-agent"]
            for name, network in project.inspect(service)["NetworkSettings"]["Networks"].items()
            if name.endswith("_control")]
        assert len(addresses) == 3
        secrets = [word for key in stack_keys(project) for word in key]
        done = project.exec("app", "python3", "-c", ATTACKS.read_text(), ",".join(addresses),
                            *(word[::-1] for word in secrets))
        by_kind = {}
        for line in done.stdout.splitlines():
            kind, what, outcome = json.loads(line)
            by_kind.setdefault(kind, []).append((what, outcome))
        yield by_kind


# Kind; what an attack may come to; how many there are at least.
TABLE = [
    ("forbidden", {403, 404}, 30), ("unauthorized", {401}, 30), ("anonymous", {401, 403, 404}, 30),
    ("agent", {400, 401, 403, 404}, 7),
    ("aws", {"AccessDenied", "AccessDeniedException", "InvalidTokenException",
             "ResourceNotFoundException", "InvalidAction"}, 17),
    ("root", {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"}, 64),
    ("leak", {"nothing"}, 100),
    ("file", {"missing"}, 8), ("write", {"Read-only file system"}, 4),
]


@pytest.mark.parametrize("kind,refusals,count", TABLE, ids=[row[0] for row in TABLE])
def test_every_attack_is_refused(tried, kind, refusals, count):
    rows = tried[kind]
    assert len(rows) >= count
    assert [row for row in rows if row[1] not in refusals] == []


def test_no_port_beyond_the_three_is_open(tried):
    assert len(tried["port"]) >= 25
    assert [row for row in tried["port"] if row[1] == "open"] == []


def test_an_app_has_its_own_files_alone(tried):
    (_, found), = tried["files"]
    assert found == [
        "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
        "/var/run/secrets/kubernetes.io/serviceaccount/namespace",
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token"]


def test_the_stacks_keys_are_in_nothing_that_an_app_can_read(tried):
    (count, found), = tried["keys"]
    assert count > 1000
    # What the search itself planted.
    assert found == ["/tmp/control"]


def test_what_is_its_own_works(tried):
    assert len(tried["allowed"]) == 7
    assert [row for row in tried["allowed"] if row[1] not in (200, 201)] == []
