"""compose.yaml as it is shipped: healthy, hardened, reachable from the host, and lasting."""

import json
import re
import subprocess
import time

import pytest
from conftest import NEWEST_FIRST, clean_environment, kubectl_path, until

SERVERS = ["kubernetes-api", "aws-api", "node-agent"]
BUCKET = "s3://your-bucket-name"
IDENTITY = "aws sts get-caller-identity --query Arn --output text"
ISSUED = """
import os, urllib.request
token = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read()
url = os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
request = urllib.request.Request(url, headers=dict(Authorization=token))
print(urllib.request.urlopen(request).read().decode())
"""
LOAD = """
import time, botocore.session
end, good, bad = time.monotonic() + 12, 0, []
while time.monotonic() < end:
    try:
        client = botocore.session.get_session().create_client("sts")
        arn = client.get_caller_identity()["Arn"]
        assert ":assumed-role/s3-reader-role/" in arn, arn
        good += 1
    except Exception as error:
        bad.append(repr(error))
print(good, bad)
"""


def host_environment(project, home):
    """As `eval "$(docker compose run --rm podid env)"` sets it."""
    variables = json.loads(project.podid("env", "--format", "json").stdout)
    assert "KUBECONFIG" not in variables and "PODID_STACK" not in variables
    ports = project.environment
    assert variables["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{ports['PODID_AWS_PORT']}"
    assert variables["AWS_ENDPOINT_URL_S3"] == f"http://127.0.0.1:{ports['PODID_S3_PORT']}"
    assert variables["AWS_ACCESS_KEY_ID"].startswith("AKIA")
    return {**clean_environment(home), **variables}


def app(project, *words, service="demo-reader", check=True):
    """A command in a one-off app container of a demo service, beside its pod; the stack is up."""
    project.compose("--profile", "demo", "up", "--wait", "--no-deps", f"{service}-pod")
    return project.run(
        service, *words, flags=("--no-deps", "--entrypoint", ""), check=check).stdout


def test_every_server_is_healthy_and_hardened(project):
    for service in SERVERS:
        found = project.inspect(service)
        assert found["State"]["Health"]["Status"] == "healthy"
        host = found["HostConfig"]
        assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["CapAdd"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"] and not host["Privileged"]
        assert found["Config"]["User"] == "65532:65532"
        assert host["Memory"] > 0 and host["PidsLimit"] > 0
        assert not any("docker.sock" in mount["Source"] for mount in found["Mounts"])
        for published in (host["PortBindings"] or {}).values():
            assert [bound["HostIp"] for bound in published] == ["127.0.0.1"]
    assert project.inspect("seed")["State"]["ExitCode"] == 0


def test_only_agent_and_sidecars_have_the_nodes_kubeconfig(project):
    configuration = json.loads(
        project.compose("--profile", "*", "config", "--format", "json").stdout)
    holders = {}
    for name, service in configuration["services"].items():
        for mount in service.get("volumes") or []:
            holders.setdefault(mount.get("source", "-"), set()).add(name)
    assert holders["kubernetes-node"] == {
        "kubernetes-api", "node-agent", "demo-reader-pod", "demo-writer-pod"}
    assert holders["kubernetes-admin"] == {"kubernetes-api", "seed", "podid", "console"}
    assert holders["aws-root"] == {"aws-api", "seed", "podid", "console"}
    assert holders["aws-node-agent"] == {"aws-api", "node-agent"}
    assert holders["aws-kubernetes-api"] == {"aws-api", "kubernetes-api"}
    assert holders["aws-state"] == {"aws-api"} and holders["kubernetes-state"] == {"kubernetes-api"}
    for name in ["demo-reader", "demo-writer"]:
        service = configuration["services"][name]
        assert list(service["networks"]) == ["pods"]
        assert all(mount["read_only"] for mount in service["volumes"])


def test_the_demo_apps_print_their_own_roles_and_list_the_bucket(project):
    project.compose("--profile", "demo", "up", "-d")
    for service in ["demo-reader", "demo-writer"]:
        code = project.engine.docker("wait", project.container(service)).stdout.strip()
        said = project.logs(service)
        assert code == "0", said
        assert f"assumed-role/s3-{service[5:]}-role/eks-local-s3-{service[5:]}-" in said
        assert "hello.txt" in said
    assert '"username":"system:serviceaccount:default:s3-writer-sa"' in project.logs("demo-writer")
    # Through the agent, at the address that SDKs know.
    events = [json.loads(line) for line in project.podid("events", "--json").stdout.splitlines()]
    served = {event["subject"]["serviceAccount"] for event in events
              if event["service"] == "node-agent" and event["operation"] == "GetCredentials"
              and event["outcome"] == "ok"}
    assert served == {"s3-reader-sa", "s3-writer-sa"}


def test_the_hosts_own_aws_cli(project, tmp_path):
    def aws(*words):
        return subprocess.run(
            ["aws", *words], env=host_environment(project, tmp_path), capture_output=True,
            text=True, timeout=60, check=True).stdout

    assert "arn:aws:iam::111122223333:root" in aws("sts", "get-caller-identity")
    assert "hello.txt" in aws("s3", "ls", BUCKET)
    assert "s3-writer-sa" in aws("eks", "list-pod-identity-associations", "--cluster-name", "local")
    aws("s3", "mb", "s3://another-bucket")
    aws("s3", "rb", "s3://another-bucket")


@pytest.mark.parametrize("version", NEWEST_FIRST[:1])
def test_the_hosts_own_kubectl_verifies_tls(project, tmp_path, version):
    server = f"https://127.0.0.1:{project.environment['PODID_KUBERNETES_PORT']}"
    config = tmp_path / "kubeconfig"
    config.write_text(project.podid("kubeconfig", "--server", server).stdout)
    assert "insecure" not in config.read_text()

    def kubectl(*words, check=True):
        return subprocess.run(
            [kubectl_path(version), "--kubeconfig", config, *words], capture_output=True,
            env=clean_environment(tmp_path), text=True, timeout=60, check=check)

    assert "s3-reader-sa" in kubectl("get", "serviceaccounts").stdout
    assert "local-node   Ready" in kubectl("get", "nodes").stdout
    # Another authority is not believed.
    data = json.loads(config.read_text())
    data["clusters"][0]["cluster"].pop("certificate-authority-data")
    config.write_text(json.dumps(data))
    assert "certificate signed by unknown authority" in kubectl(
        "get", "nodes", check=False).stderr


def test_podid_in_a_service_of_its_own(project):
    assert "s3-reader-role" in project.podid(
        "explain", "--service-account", "default/s3-reader-sa").stdout
    assert project.podid("status").stdout.count("✓") == 5
    denied = project.podid("explain", "--service-account", "default/default", check=False)
    assert denied.returncode == 1
    down = project.podid("down", check=False)
    assert down.returncode == 1 and "docker compose down" in down.stderr
    again = project.run("seed", flags=("--no-deps",)).stdout
    assert "unchanged  role s3-reader-role" in again


def identity_with(project, credentials, home):
    environment = {
        **host_environment(project, home), "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["Token"]}
    return subprocess.run(
        ["aws", "sts", "get-caller-identity"], env=environment, capture_output=True, text=True,
        timeout=60, check=True).stdout


def issued(project):
    return json.loads(app(project, "python3", "-c", ISSUED))


@pytest.mark.parametrize("service", [*SERVERS, "demo-reader-pod"])
def test_a_restarted_container_loses_nothing(project, tmp_path, service):
    credentials = issued(project)
    project.compose("--profile", "demo", "restart", "-t", "5", service)
    project.up()
    assert "s3-reader-role" in identity_with(project, credentials, tmp_path)
    assert "s3-reader-role" in app(project, "sh", "-c", IDENTITY)


@pytest.mark.parametrize("service", SERVERS)
def test_a_killed_container_loses_nothing(project, tmp_path, service):
    credentials = issued(project)
    project.compose("kill", "-s", "KILL", service)
    project.up()
    assert "s3-reader-role" in identity_with(project, credentials, tmp_path)
    assert "s3-reader-role" in app(project, "sh", "-c", IDENTITY)


def test_a_killed_sidecar_comes_back_to_its_pod(project):
    def words(*of_compose):
        return project.compose("--profile", "demo", *of_compose)

    words("up", "-d", "--wait", "demo-reader-pod")
    before = re.findall(r"pod (\S+) is \w", project.logs("demo-reader-pod"))[-1]
    words("kill", "-s", "KILL", "demo-reader-pod")
    words("up", "-d", "--wait", "demo-reader-pod")
    assert f"pod {before} is adopted and Ready" in project.logs("demo-reader-pod")
    assert "s3-reader-role" in app(project, "sh", "-c", IDENTITY)


def test_an_agent_that_restarts_under_load(project):
    """Apps that ask all the time see an agent that is away for a moment, and no wrong answer."""
    load = project.start("run", "--rm", "-T", "--entrypoint", "", "demo-reader", "python3", "-c",
                         LOAD)
    time.sleep(4)  # the load is to be there first
    project.compose("restart", "-t", "5", "node-agent")
    out, errors = load.communicate(timeout=90)
    assert load.returncode == 0, errors
    good, bad = out.strip().split(" ", 1)
    # botocore asks three times, a second apart; a slow machine may need longer for the restart.
    assert int(good) >= 5 and bad.count("CredentialRetrievalError") <= 2, out
    assert bad == "[]" or set(re.findall(r"(\w+Error)\(", bad)) == {"CredentialRetrievalError"}, out


def test_a_reset_makes_new_keys_for_all(project, tmp_path):
    before = host_environment(project, tmp_path)
    assert "The stack is as new" in project.podid("reset").stdout
    after = host_environment(project, tmp_path)
    assert before["AWS_ACCESS_KEY_ID"] != after["AWS_ACCESS_KEY_ID"]
    for environment, text in [(before, "InvalidClientTokenId"), (after, ":root")]:
        said = subprocess.run(
            ["aws", "sts", "get-caller-identity"], env=environment, capture_output=True, text=True,
            timeout=60)
        assert text in said.stdout + said.stderr
    # kubernetes-api made the association, and node-agent exchanges tokens, with new keys too.
    until(lambda: "s3-reader-role" in app(project, "sh", "-c", IDENTITY, check=False), 30)


def test_state_and_credentials_survive_down_and_up(project, tmp_path):
    credentials = issued(project)
    app(project, "sh", "-c", f"echo kept | aws s3 cp - {BUCKET}/kept.txt", service="demo-writer")
    project.down()
    project.up()
    assert "s3-reader-role" in identity_with(project, credentials, tmp_path)
    assert "kept.txt" in app(project, "aws", "s3", "ls", BUCKET)
    assert "updated" not in project.logs("seed") and "unchanged  role" in project.logs("seed")
