"""The README's blocks about containers, run as they stand there."""

import re
import shutil
import subprocess
import sys
import textwrap

import pytest
import yaml
from conftest import clean_environment
from engine import REPOSITORY
from host_podid import Host
from own_app import added_lines, own_app
from project import Project

READER = "assumed-role/s3-reader-role/"


def section():
    text = (REPOSITORY / "README.md").read_text()
    start = text.index("## In docker compose")
    return text[start:text.index("\n## ", start + 1)]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", section(), re.S)


def test_the_lines_that_an_own_app_adds_are_few():
    assert len(added_lines()) <= 10


def test_the_commands(engine, tmp_path):
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl on this machine: the README's block for the host is untested")
    lines = [line for block in blocks("sh") for line in block.strip().splitlines()]
    # The image was made before, from binaries that were built outside.
    lines.remove("docker compose -f compose/compose.yaml build")
    if engine.bridge is None:
        # No containers without a network of their own.
        lines = lines[:lines.index("docker compose -f compose/compose.yaml down -v") + 1]
    script = "\n".join(lines)
    for name, url in [("kubeconfig", str(tmp_path / "kubeconfig"))]:
        script = script.replace(f"> {name}", f"> {url}").replace(f"--kubeconfig {name}",
                                                                 f"--kubeconfig {url}")
    environment = {**clean_environment(tmp_path), **{
        name: engine.environment[name] for name in ["DOCKER_HOST", "DOCKER_CONFIG"]}}
    project = Project(engine, "podid")
    try:
        done = subprocess.run(
            ["bash", "-ec", script], env=environment, cwd=REPOSITORY, capture_output=True,
            text=True, timeout=600)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        project.down("-v", check=False)
    for text in [READER, "assumed-role/s3-writer-role/", "hello.txt", "s3-reader-sa   0",
                 '"associations"', "✓ EKS Auth"]:
        assert text in done.stdout
    assert engine.docker("ps", "-aq").stdout == ""
    assert project.left() == []


def test_the_head_says_whose_ports_they_are():
    """The Quick start leaves a stack at the same ports."""
    assert "`podid down` first" in section()[:section().index("```")]


def test_waiting_for_a_container_ends_where_none_starts(tmp_path):
    line, = [line for line in "".join(blocks("sh")).splitlines() if "podid status" in line]
    for name, code in [("docker", 1), ("sleep", 0)]:
        (tmp_path / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tmp_path / name).chmod(0o755)
    for shell in ["sh", "bash"]:
        subprocess.run([shell, "-ec", line], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, timeout=30,
                       check=True)


def test_an_own_app_and_a_second_one(engine, tmp_path):
    second = blocks("yaml")[1].replace("my-app", "amazon/aws-cli:2.27.50")
    second += "\n"
    second = second.replace("    depends_on: {second-pod", "    entrypoint: [sleep, infinity]\n"
                            "    stop_signal: SIGKILL\n    depends_on: {second-pod")
    with own_app(engine, tmp_path, further=second, up=("--scale", "app=3")) as project:
        names = set()
        for index in "123":
            said = project.compose("exec", "-T", "--index", index, "app", "aws", "sts",
                                   "get-caller-identity").stdout
            assert READER in said
            names.add(said)
        assert len(names) == 1
        assert "assumed-role/s3-writer-role/" in project.exec(
            "second", "aws", "sts", "get-caller-identity").stdout


def test_the_testcontainers_recipe(engine, tmp_path):
    pytest.importorskip("testcontainers")
    if engine.bridge is None:
        pytest.skip("no bridge for containers without a network of their own")
    source = tmp_path / "recipe.py"
    source.write_text(textwrap.dedent(blocks("python")[0]))
    environment = {**clean_environment(tmp_path), **{
        name: engine.environment[name] for name in ["DOCKER_HOST", "DOCKER_CONFIG"]},
        # The container that tidies up after lost tests cannot be pulled here.
        "TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, str(source)], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert READER in done.stdout


def test_the_service_of_github_actions(engine, tmp_path):
    """The runner's `docker create` with the block's own values, and the step as the runner's shell
    runs it."""
    block, steps = blocks("yaml")[2].split("steps:\n")
    environment = {name: value.strip('"') for name, value in re.findall(
        r'(PODID_\w+): ("[^"]+"|\w+)', block)}
    assert len(environment) == 1
    options = re.search(r"options: (.*)", block)[1]
    ports = re.findall(r'"(\d+:\d+)"', block)
    words = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
    words += [word for port in ports for word in ("-p", f"127.0.0.1:0:{port.split(':')[1]}")]
    words += ["--health-cmd", "podid status", "--health-interval", "2s", "--health-retries", "30"]
    assert options == ' '.join(
        f'"{word}"' if " " in word else word for word in words[-6:])
    name = "podid-actions"
    engine.docker("network", "create", name)
    try:
        engine.docker("run", "-d", "--name", name, "--network", name, *words, "podid:local")
        health = ""
        for _ in range(60):
            health = engine.docker(
                "inspect", name, "--format", "{{.State.Health.Status}}").stdout.strip()
            if health != "starting":
                break
            subprocess.run(["sleep", "0.5"], check=True)  # nobody tells when it is healthy
        assert health == "healthy"
        said = engine.docker("logs", name).stdout.strip().splitlines()
        assert said[-1] == "podid is ready"
        step, = yaml.safe_load(steps)
        assert step["env"] == {"PODID_CONTAINER": "${{ job.services.podid.id }}"}
        host = Host(engine, tmp_path, PODID_CONTAINER=name)
        (tmp_path / "step.sh").write_text(step["run"])
        done = host.run("bash", "-e", str(tmp_path / "step.sh"))
        assert "hello.txt" in done.stdout and ":root" in done.stdout
        # What `env` has of a pod is enough for the step as well.
        done = host.run("bash", "-ec", 'eval "$(./podid env --service-account default/s3-reader-sa)"\n'
                        "aws sts get-caller-identity")
        assert READER in done.stdout
        host.podid("env", "--delete", "--service-account", "default/s3-reader-sa")
    finally:
        engine.docker("rm", "-f", "-v", name)
        engine.docker("network", "rm", name)
