"""State survives restarts of each server, whether asked to stop or killed; peers may be away."""

import json
import signal
import urllib.error
import urllib.request

import boto3
import pytest
from conftest import command, clean_environment, kubectl_path
from crash_stores import ConfigMaps
from pace import Pace
from servers import Servers

TRUST = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }],
})
POD = json.dumps({
    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
    "spec": {"serviceAccountName": "app", "containers": [{"name": "c", "image": "i"}]},
})


@pytest.fixture
def servers(tmp_path):
    servers = Servers(tmp_path)
    yield servers
    servers.stop_all()


def client(servers, service, **keys):
    keys = keys or dict(aws_access_key_id="test", aws_secret_access_key="test")
    return boto3.client(service, region_name="us-east-1", endpoint_url=servers.aws_url, **keys)


def kubectl(servers, *words, **options):
    config = f"{servers.state}/kubernetes-api/admin/kubeconfig"
    return command(
        [kubectl_path("1.33"), "--kubeconfig", config, *words],
        clean_environment(servers.folder), True, **options,
    ).stdout


def revision(servers):
    """The list's resourceVersion, which kubectl leaves out of its own output."""
    return int(json.loads(kubectl(
        servers, "get", "--raw", "/api/v1/serviceaccounts"))["metadata"]["resourceVersion"])


def credentials(servers):
    """What the agent answers to the pod `p`."""
    folder = servers.state / "pods/default/p/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
    request = urllib.request.Request(
        f"http://{servers.address('agent')}/v1/credentials",
        headers={"Authorization": (folder / "eks-pod-identity-token").read_text()})
    answer = json.loads(urllib.request.urlopen(request, timeout=60).read())
    return dict(aws_access_key_id=answer["AccessKeyId"],
                aws_secret_access_key=answer["SecretAccessKey"],
                aws_session_token=answer["Token"])


def set_up(servers):
    client(servers, "iam").create_role(RoleName="app-role", AssumeRolePolicyDocument=TRUST)
    client(servers, "eks").create_pod_identity_association(
        clusterName="local", namespace="default", serviceAccount="app",
        roleArn="arn:aws:iam::111122223333:role/app-role")
    kubectl(servers, "create", "sa", "app")
    kubectl(servers, "create", "-f", "-", input=POD)
    kubectl(servers, "wait", "--for=condition=Ready", "pod/p", "--timeout=30s")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_everything_survives_a_restart_of_each_server(servers, how):
    ready = {name: servers.start(name) for name in ("kubernetes", "aws", "agent")}
    assert ready["aws"]["service"] == "aws-api"
    assert ready["aws"]["listen"][0] == servers.aws_url
    assert ready["kubernetes"]["pid"] == servers.processes["kubernetes"].pid
    set_up(servers)
    before = credentials(servers)
    uid = kubectl(servers, "get", "sa", "app", "-o", "jsonpath={.metadata.uid}")
    version = revision(servers)
    for name in ("aws", "kubernetes", "agent"):
        code = servers.stop(name, how)
        assert code == (0 if how == signal.SIGTERM else -signal.SIGKILL)
        servers.start(name)
    # Credentials issued before stay valid; identities and versions go on.
    arn = client(servers, "sts", **before).get_caller_identity()["Arn"]
    assert arn.startswith("arn:aws:sts::111122223333:assumed-role/app-role/eks-local-p-")
    assert kubectl(servers, "get", "sa", "app", "-o", "jsonpath={.metadata.uid}") == uid
    assert revision(servers) >= version
    assert client(servers, "eks").list_pod_identity_associations(clusterName="local")[
        "associations"]
    # The node's watch comes back: a new pod gets its files and becomes Ready.
    kubectl(servers, "create", "-f", "-", input=POD.replace('"p"', '"q"'))
    kubectl(servers, "wait", "--for=condition=Ready", "pod/q", "--timeout=30s")
    assert credentials(servers)["aws_access_key_id"].startswith("ASIA")


def test_servers_start_in_any_order_and_without_peers(servers):
    for name in ("agent", "aws", "kubernetes"):
        servers.start(name)
    set_up(servers)
    assert credentials(servers)["aws_access_key_id"].startswith("ASIA")


def test_a_dead_kubernetes_api_does_not_stop_known_keys(servers):
    for name in ("kubernetes", "aws", "agent"):
        servers.start(name)
    set_up(servers)
    credentials(servers)
    servers.stop("kubernetes")
    servers.stop("agent")
    servers.start("agent")  # an empty cache: the call goes to EKS Auth, which knows the keys
    assert credentials(servers)["aws_access_key_id"].startswith("ASIA")
    servers.stop("aws")
    servers.start("aws")
    servers.stop("agent")
    servers.start("agent")
    with pytest.raises(urllib.error.HTTPError) as caught:
        credentials(servers)
    assert caught.value.code == 503
    assert "(ServiceUnavailableException)" in caught.value.read().decode()


def test_admission_passes_pods_when_aws_is_away(servers):
    servers.start("kubernetes")
    kubectl(servers, "create", "sa", "app")
    with Pace() as pace:
        kubectl(servers, "create", "-f", "-", input=POD)
    assert pace.seconds < 5
    assert "eks-pod-identity" not in kubectl(servers, "get", "pod", "p", "-o", "json")


def test_a_watch_from_before_a_restart_is_told_to_list_anew(servers):
    """What changed before is not remembered: 410, as after etcd's compaction."""
    servers.start("kubernetes")
    maps = ConfigMaps(servers)
    maps.url = maps.root + "/api/v1/namespaces/default/configmaps"
    first = maps.create("a", "x")[1]
    last = maps.create("b", "x")[1]
    servers.stop("kubernetes", signal.SIGKILL)
    servers.start("kubernetes")
    for version, kind in ((first, "ERROR"), (last, "ADDED")):
        answer = maps.session.get(
            maps.url, stream=True, timeout=60,
            params={"watch": "true", "resourceVersion": str(version)})
        assert answer.status_code == 200
        if kind == "ADDED":
            maps.create("c", "x")
        event = json.loads(next(answer.iter_lines()))
        assert event["type"] == kind
        if kind == "ERROR":
            status = event["object"]
            assert (status["code"], status["reason"]) == (410, "Expired")
            assert status["message"].startswith(f"too old resource version: {first} (")
