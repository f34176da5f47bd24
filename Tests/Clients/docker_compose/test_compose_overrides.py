"""The files that are laid over compose.yaml, and the single container."""

import json
import re
import subprocess
from datetime import datetime

import pytest
import requests
from conftest import clean_environment
from engine import COMPOSE, REPOSITORY
from host_podid import WRAPPER, Host
from own_app import own_app, readme_block, stack_keys
from project import Project, moved_ports

READER = "assumed-role/s3-reader-role/"
IDENTITY = ["aws", "sts", "get-caller-identity"]


@pytest.mark.parametrize("name,url", [
    ("ipv6", "http://[fd00:ec2::23]/v1/credentials"),
    ("node", "http://169.254.170.23/v1/credentials"),
])
def test_an_override_with_demo_and_own_app(engine, tmp_path, name, url):
    block = readme_block().replace(
        "include: [podid/compose/compose.yaml]",
        f"include: [{{path: [podid/compose/compose.yaml, podid/compose/compose.{name}.yaml]}}]")
    block = block.replace("service: app}", f"service: app-{name}}}")
    with own_app(engine, tmp_path, block=block) as project:
        assert READER in project.exec("app", *IDENTITY).stdout
        assert "hello.txt" in project.exec(
            "app", "aws", "s3", "ls", "s3://your-bucket-name").stdout
        said = project.exec("app", "printenv", "AWS_CONTAINER_CREDENTIALS_FULL_URI").stdout
        assert said.strip() == url
        demo = project.run("demo-reader").stdout
        assert READER in demo and "hello.txt" in demo
        if name == "node":
            # Both of the agent's addresses are on loopback, as on a node of EKS.
            script = ("import os,urllib.request as u; t=open(os.environ["
                      "'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']).read(); print(u.urlopen("
                      "u.Request('http://[fd00:ec2::23]/v1/credentials',"
                      "headers=dict(Authorization=t))).status)")
            assert project.exec("app", "python3", "-c", script).stdout.strip() == "200"
            subnets = json.dumps(project.inspect("node")["NetworkSettings"]["Networks"])
            assert "169.254.170." not in subnets
            no_admin_port_is_open(project)


def no_admin_port_is_open(project):
    """An app in the node's network reaches the admin port of no other server."""
    places = [["kubernetes-api", 4581], ["kubernetes-api.internal", 4581], ["aws-api", 4582],
              ["aws-api.internal", 4582]]
    for service, port in [("kubernetes-api", 4581), ("aws-api", 4582)]:
        networks = project.inspect(service)["NetworkSettings"]["Networks"]
        places += [[network["IPAddress"], port] for network in networks.values()]
    # All at once, for each that is not there takes its time.
    script = f"""
import socket
from concurrent.futures import ThreadPoolExecutor
places = {places + [["aws-api", 4577]]}
def is_open(place):
    try:
        socket.create_connection(tuple(place), 1).close()
        return True
    except OSError:
        return False
with ThreadPoolExecutor(len(places)) as pool:
    for place, there in zip(places, pool.map(is_open, places)):
        if there:
            print(*place)
"""
    assert project.exec("app", "python3", "-c", script).stdout == "aws-api 4577\n"


def test_moto_for_other_services(engine, tmp_path):
    block = readme_block().replace(
        "include: [podid/compose/compose.yaml]",
        "include: [{path: [podid/compose/compose.yaml, podid/compose/compose.moto.yaml]}]")
    block = block.replace("service: app}", "service: app-moto}")
    with own_app(engine, tmp_path, block=block, up=("node-agent",)) as project:
        # moto comes with the app, whichever way that is started.
        said = project.run("app", "aws", "ssm", "describe-parameters", flags=("--entrypoint", ""))
        assert '"Parameters": []' in said.stdout
        project.up()
        project.exec("app", "aws", "ssm", "put-parameter", "--name", "orders", "--value", "1",
                     "--type", "String")
        assert "orders" in project.exec("app", "aws", "ssm", "describe-parameters").stdout
        # Who it is and what it may do with S3 is still the stack's to say.
        assert READER in project.exec("app", *IDENTITY).stdout
        denied = project.exec(
            "app", "aws", "s3", "cp", "/etc/hostname", "s3://your-bucket-name/x", check=False)
        assert "AccessDenied" in denied.stderr


SEED = """
roles:
  - RoleName: own-role
    AssumeRolePolicyDocument:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Principal: {Service: pods.eks.amazonaws.com},
           Action: [sts:AssumeRole, sts:TagSession]}
associations:
  - {namespace: default, serviceAccount: own, roleArn: "arn:aws:iam::444455556666:role/own-role"}
"""


OWN = {"PODID_REGION": "eu-west-1", "PODID_ACCOUNT": "444455556666", "PODID_CLUSTER": "dev",
       "PODID_CREDENTIAL_LIFETIME": "90s"}


def own_seed(folder):
    seed = folder / "seed"
    (seed / "aws").mkdir(parents=True)
    (seed / "kubernetes").mkdir()
    (seed / "s3" / "own-bucket").mkdir(parents=True)
    (seed / "s3" / "own-bucket" / "one.txt").write_text("one\n")
    (seed / "aws" / "own.yaml").write_text(SEED)
    (seed / "kubernetes" / "own.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: own, namespace: default}\n")
    return str(seed)


def test_an_own_seed_account_region_and_lifetime(engine, tmp_path):
    block = readme_block().replace("default/s3-reader-sa", "own")
    with own_app(engine, tmp_path, block=block, PODID_SEED=own_seed(tmp_path), **OWN) as project:
        assert "arn:aws:sts::444455556666:assumed-role/own-role/eks-dev-own-" in project.exec(
            "app", *IDENTITY).stdout
        assert "created  object s3://own-bucket/one.txt" in project.logs("seed")
        assert "reader" not in project.logs("seed")
        assert project.exec("app", "printenv", "AWS_REGION").stdout.strip() == "eu-west-1"


def test_an_own_seed_account_region_and_lifetime_of_the_single_container(engine, tmp_path):
    project = Project(engine, "podid-one", COMPOSE / "compose.single.yaml", **moved_ports(),
                      PODID_SEED=own_seed(tmp_path), PODID_ROOT_CREDENTIALS="test", **OWN)
    try:
        project.up()
        host = Host(engine, tmp_path, PODID_CONTAINER=project.container("podid"))
        done = host.podid("run", "--service-account", "own", "--", "sh", "-c",
                          "aws sts get-caller-identity; env | grep AWS_REGION; "
                          'curl -sS -H "Authorization: $(cat "$AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")" '
                          '"$AWS_CONTAINER_CREDENTIALS_FULL_URI"; date -u +now=%s')
        assert "arn:aws:sts::444455556666:assumed-role/own-role/eks-dev-own-" in done.stdout, done
        assert "AWS_REGION=eu-west-1" in done.stdout
        ends = re.search(r'"Expiration":"([^"]+)"', done.stdout)[1]
        left = datetime.fromisoformat(ends).timestamp() - int(re.search("now=(.*)", done.stdout)[1])
        assert 0 < left <= 90
        said = host.run("sh", "-c", f'eval "$({WRAPPER} env)"; aws s3 ls; env').stdout
        assert "own-bucket" in said and "your-bucket-name" not in said
        assert "AWS_ACCESS_KEY_ID=test" in said
    finally:
        project.down("-v", check=False)
    assert project.left() == []


def test_no_container_is_told_the_keys(engine, tmp_path):
    """Nor is what `docker inspect` and the logs show; and `test`/`test` comes back when asked for."""
    identity = ["sh", "-c", "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test "
                "aws sts get-caller-identity --query Arn --output text"]
    with own_app(engine, tmp_path) as project:
        shown = project.logs() + json.dumps([
            project.inspect(service) for service in
            ["kubernetes-api", "aws-api", "node-agent", "seed", "app", "app-pod"]])
        for id, secret in stack_keys(project):
            assert secret not in shown
        refused = project.exec("app", *identity, check=False)
        assert refused.returncode != 0 and "InvalidClientTokenId" in refused.stderr
        project.environment["PODID_ROOT_CREDENTIALS"] = "test"
        project.up()
        assert project.exec("app", *identity).stdout.strip() == "arn:aws:iam::111122223333:root"
        # The servers and podid go on with their own.
        assert "s3-reader-role" in project.podid(
            "explain", "--service-account", "default/s3-reader-sa").stdout
        assert "AWS_ACCESS_KEY_ID='test'" in project.podid("env").stdout


def test_the_single_container(engine, tmp_path):
    project = Project(engine, "podid-one", COMPOSE / "compose.single.yaml", **moved_ports())
    # Beside a stack of the same file, for it takes no subnet.
    second = Project(engine, "podid-two", COMPOSE / "compose.single.yaml", **moved_ports())
    try:
        project.up()
        second.up()
        assert project.logs().strip().splitlines()[-1] == "podid is ready"
        said = project.exec(
            "podid", "podid", "run", "--service-account", "default/s3-reader-sa", "--", "env")
        assert "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:4580/" in said.stdout
        pod = json.loads(project.exec(
            "podid", "podid", "env", "--service-account", "default/s3-reader-sa", "--format",
            "json").stdout)
        # By value, and at the published port: the file is in the container.
        token = pod["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        assert "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" not in pod
        port = {name: project.environment[f"PODID_{name}_PORT"] for name in
                ["AWS", "S3", "AGENT", "KUBERNETES"]}
        environment = {
            **clean_environment(tmp_path), "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": pod["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port['AWS']}",
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port['S3']}"}
        listed = subprocess.run(
            ["aws", "s3", "ls", "s3://your-bucket-name"], env=environment, capture_output=True,
            text=True, timeout=60)
        assert "hello.txt" in listed.stdout, listed.stderr
        config = json.loads(project.exec("podid", "podid", "kubeconfig").stdout)
        authority = tmp_path / "ca.crt"
        import base64

        authority.write_bytes(base64.b64decode(
            config["clusters"][0]["cluster"]["certificate-authority-data"]))
        answer = requests.get(
            f"https://127.0.0.1:{port['KUBERNETES']}/api/v1/nodes", verify=str(authority),
            headers={"Authorization": "Bearer " + config["users"][0]["user"]["token"]}, timeout=10,
            proxies={"https": ""})
        assert answer.json()["items"][0]["metadata"]["name"] == "local-node"
        # The root's keys are random, and handed to the host.
        root = json.loads(project.exec("podid", "podid", "env", "--format", "json").stdout)
        assert root["AWS_ACCESS_KEY_ID"].startswith("AKIA") and "KUBECONFIG" not in root
        assert root["AWS_ENDPOINT_URL"] == f"http://127.0.0.1:{port['AWS']}"
        for keys, text in [({}, "arn:aws:iam::111122223333:root"), (
                {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"},
                "InvalidClientTokenId")]:
            said = subprocess.run(
                IDENTITY, env={**clean_environment(tmp_path), **root, **keys}, text=True,
                capture_output=True, timeout=60)
            assert text in said.stdout + said.stderr
        # Its admin ports are on its own loopback interface.
        assert not re.search(r"458[123]", json.dumps(project.inspect("podid")["HostConfig"]))
        project.compose("kill", "-s", "KILL", "podid")
        project.up()
        assert project.exec("podid", "podid", "status").stdout.count("✓") == 5
    finally:
        project.down("-v", check=False)
        second.down("-v", check=False)
    assert project.left() == [] and second.left() == []


def test_the_shipped_files_name_no_latest_and_no_secret():
    for file in sorted(COMPOSE.glob("*.yaml")):
        text = file.read_text()
        assert ":latest" not in text and "privileged:" not in text
        assert "docker.sock" not in text and "0.0.0.0:0" not in text
    assert (REPOSITORY / ".dockerignore").read_text().startswith("*\n")
