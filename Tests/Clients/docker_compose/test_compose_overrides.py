"""The files that are laid over compose.yaml, and the single container."""

import json
import re
import subprocess

import pytest
import requests
from conftest import clean_environment
from engine import COMPOSE, REPOSITORY
from own_app import own_app, readme_block
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


def test_moto_for_other_services(engine, tmp_path):
    block = readme_block().replace(
        "include: [podid/compose/compose.yaml]",
        "include: [{path: [podid/compose/compose.yaml, podid/compose/compose.moto.yaml]}]")
    block = block.replace("service: app}", "service: app-moto}")
    with own_app(engine, tmp_path, block=block) as project:
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


def test_an_own_seed_account_region_and_lifetime(engine, tmp_path):
    seed = tmp_path / "seed"
    (seed / "aws").mkdir(parents=True)
    (seed / "kubernetes").mkdir()
    (seed / "s3" / "own-bucket").mkdir(parents=True)
    (seed / "s3" / "own-bucket" / "one.txt").write_text("one\n")
    (seed / "aws" / "own.yaml").write_text(SEED)
    (seed / "kubernetes" / "own.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: own, namespace: default}\n")
    block = readme_block().replace("default/s3-reader-sa", "own")
    with own_app(engine, tmp_path, block=block, PODID_SEED=str(seed), PODID_REGION="eu-west-1",
                 PODID_ACCOUNT="444455556666", PODID_CLUSTER="dev",
                 PODID_CREDENTIAL_LIFETIME="90s") as project:
        assert "arn:aws:sts::444455556666:assumed-role/own-role/eks-dev-own-" in project.exec(
            "app", *IDENTITY).stdout
        assert "created  object s3://own-bucket/one.txt" in project.logs("seed")
        assert "reader" not in project.logs("seed")
        assert project.exec("app", "printenv", "AWS_REGION").stdout.strip() == "eu-west-1"


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
        token = project.exec(
            "podid", "cat", pod["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).stdout
        port = {name: project.environment[f"PODID_{name}_PORT"] for name in
                ["AWS", "S3", "AGENT", "KUBERNETES"]}
        environment = {
            **clean_environment(tmp_path), "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI":
                f"http://127.0.0.1:{port['AGENT']}/v1/credentials",
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
