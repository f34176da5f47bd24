"""What goes wrong in a compose environment is told in its logs, and nothing is lost."""

import json
import socket

import pytest
from engine import AWS_CLI, COMPOSE
from own_app import own_app, readme_block
from project import Project, moved_ports

READER = "assumed-role/s3-reader-role/"


@pytest.fixture
def stack(engine):
    """A project that a test brings up in its own way."""
    projects = []

    def make(name="podid-bad", *files, **variables):
        projects.append(Project(engine, name, *files, **{**moved_ports(), **variables}))
        return projects[-1]

    yield make
    for project in reversed(projects):
        project.down("-v", check=False)
        assert project.left() == []


@pytest.mark.parametrize("file,text,message", [
    ("aws/bad.yaml", "roles:\n  - RoleName: [", "aws/bad.yaml:"),
    ("kubernetes/bad.yaml", "kind: ServiceAccount\n", "kubernetes/bad.yaml:1"),
    ("aws/bad.yaml", "rolls: []\n", 'aws/bad.yaml:1'),
])
def test_a_seed_that_does_not_parse(stack, tmp_path, file, text, message):
    place = tmp_path / "seed" / file
    place.parent.mkdir(parents=True)
    place.write_text(text)
    project = stack(PODID_SEED=str(tmp_path / "seed"))
    done = project.up(check=False)
    assert done.returncode != 0 and "seed" in done.stderr
    assert message in project.logs("seed")
    # Mended, it comes up; what was there stays.
    place.unlink()
    project.up()


def test_a_port_that_is_in_use(stack):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        project = stack(PODID_AWS_PORT=port)
        done = project.up(check=False)
        assert done.returncode != 0 and f"127.0.0.1:{port}" in done.stderr
    project.up()


def test_a_second_stack_finds_the_subnet_taken(stack):
    first, second = stack("podid-first"), stack("podid-second")
    first.up()
    done = second.up(check=False)
    assert done.returncode != 0
    # Docker's own words, with a network's name that says which file needs no subnet.
    assert "Pool overlaps with other one on this address space" in done.stderr
    assert "podid-second_pods-if-taken-use-compose.node.yaml" in done.stderr
    second.files = (COMPOSE / "compose.yaml", COMPOSE / "compose.node.yaml")
    second.up()
    assert READER in second.run("demo-reader").stdout
    assert first.inspect("node-agent")["State"]["Health"]["Status"] == "healthy"


def test_a_volume_that_is_read_only(stack, tmp_path):
    (tmp_path / "over.yaml").write_text(
        "services: {aws-api: {volumes: [\"aws-state:/state:ro\"]}}\n")
    project = stack("podid-bad", COMPOSE / "compose.yaml", tmp_path / "over.yaml")
    assert project.up(check=False).returncode != 0
    assert "/state: Read-only file system" in project.logs("aws-api")


@pytest.mark.parametrize("service", ["kubernetes-api", "aws-api", "node-agent"])
def test_a_limit_of_processes_that_is_too_low(stack, tmp_path, service):
    (tmp_path / "over.yaml").write_text(
        f"services: {{{service}: {{pids_limit: 5, restart: 'no'}}}}\n")
    project = stack("podid-bad", COMPOSE / "compose.yaml", tmp_path / "over.yaml")
    for _ in range(5):
        project.compose("up", "-d", "--no-deps", "--force-recreate", service)
        code = project.engine.docker(
            "wait", project.container(service), timeout=30).stdout.strip()
        said = project.logs(service).strip().splitlines()
        # Until runc has become the program, its own threads are under the limit as well; where Go's
        # runtime lacks one, it ends with 2 and many lines, and nothing of ours has begun.
        if code != "2" or not any(line.startswith("runtime: ") for line in said):
            break
    assert code == "1"
    assert len(said) == 1 and "thread" in said[0]


def test_a_volume_that_is_full(stack, tmp_path):
    (tmp_path / "over.yaml").write_text("""
volumes:
  aws-state:
    driver_opts: {type: tmpfs, device: tmpfs, o: "uid=65532,gid=65532,mode=0700,size=400k"}
""")
    project = stack("podid-bad", COMPOSE / "compose.yaml", tmp_path / "over.yaml")
    project.up()
    written = project.run(
        "demo-writer", "sh", "-c",
        "head -c 2000000 /dev/zero > /tmp/big && aws s3 cp /tmp/big s3://your-bucket-name/big",
        flags=("-e", "AWS_MAX_ATTEMPTS=1", "--entrypoint", ""), check=False)
    assert written.returncode != 0 and "InternalError" in written.stderr
    assert "No space left on device" in project.logs("aws-api")
    # What was there before is still served.
    assert "hello.txt" in project.run("demo-reader").stdout


def test_an_app_without_its_sidecar(engine, tmp_path):
    lonely = f"""
  lonely:
    image: {AWS_CLI}
    entrypoint: [sleep, infinity]
    stop_signal: SIGKILL
    extends: {{file: podid/compose/pod.yaml, service: app}}
    volumes: !reset []
"""
    with own_app(engine, tmp_path, further="services:" + lonely) as project:
        said = project.exec("lonely", "aws", "sts", "get-caller-identity", check=False)
        assert said.returncode != 0
        assert "eks-pod-identity-token" in said.stderr  # the file that nobody wrote
        assert READER in project.exec("app", "aws", "sts", "get-caller-identity").stdout


def test_accounts_without_a_role_or_not_there(engine, tmp_path):
    block = readme_block().replace("default/s3-reader-sa", "default/default")
    further = """
services:
  nobody-pod:
    profiles: [nobody]
    extends: {file: podid/compose/pod.yaml, service: pod}
    environment: {PODID_POD_SERVICE_ACCOUNT: default/nobody}
    volumes: !override ["kubernetes-node:/state/kubernetes-api/node:ro"]
"""
    with own_app(engine, tmp_path, block=block, further=further) as project:
        said = project.logs("app-pod")
        assert "default/default has neither an association nor the annotation" in said
        assert "podid explain --service-account default/default" in said
        failed = project.exec("app", "aws", "sts", "get-caller-identity", check=False)
        assert failed.returncode != 0
        project.compose("up", "-d", "nobody-pod")
        # Both are what the health check shows, not the log alone.
        assert 'serviceaccount "nobody" not found' in health(project, "nobody-pod", "not found")
        assert 'serviceaccount "nobody" not found' in project.logs("nobody-pod")
        assert "default/default has neither an association" in health(project, "app-pod", "default")
        assert project.inspect("app-pod")["State"]["Health"]["Status"] == "healthy"


def health(project, service, word):
    """The output of the last health checks, once it has a word."""
    for _ in range(100):
        checks = project.inspect(service)["State"]["Health"]["Log"] or []
        text = "".join(check["Output"] for check in checks)
        if word in text:
            return text
        project.exec("app", "sleep", "0.1")
    raise AssertionError(text)


def test_a_scaled_sidecar_says_what_to_scale(engine, tmp_path):
    with own_app(engine, tmp_path) as project:
        up = project.start("up", "-d", "--scale", "app-pod=2", "--no-recreate")
        up.communicate(timeout=90)
        assert up.returncode != 0
        ids = project.compose("ps", "-aq", "app-pod").stdout.split()
        assert len(ids) == 2
        logs = ""
        for _ in range(100):
            logs = project.logs("app-pod")
            if "scale the app, not its pod" in logs:
                break
            project.exec("app", "sleep", "0.1")
        assert "scale the app, not its pod" in logs
        assert READER in project.exec("app", "aws", "sts", "get-caller-identity").stdout
        states = [json.loads(project.engine.docker("inspect", found).stdout)[0]["State"]
                  for found in ids]
        assert any(state["Running"] for state in states)
