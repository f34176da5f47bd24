"""What compose/podid does on a host with Docker alone: with a container of the image, as `up` and
`test` start it, and with docker compose."""

import json
import signal
import stat

import pytest
from engine import COMPOSE
from host_podid import READER, WRAPPER, Host, open_console, until
from project import Project

ROLE = "assumed-role/s3-reader-role/"
LIST = ["aws", "s3", "ls", "s3://your-bucket-name"]
IDENTITY = ["aws", "sts", "get-caller-identity"]


@pytest.fixture(scope="module", params=["container", "compose"])
def host(request, engine, tmp_path_factory):
    if request.param == "container" and engine.bridge is None:
        pytest.skip("no bridge for containers without a network of their own")
    host = Host(engine, tmp_path_factory.mktemp(request.param))
    if request.param == "container":
        said = host.podid("up").stdout
        assert "The stack runs in the container podid" in said
        yield host
        assert host.podid("down").stdout == "The stack is down.\n"
        assert host.podid("events", check=False).returncode == 1
    else:
        # As a project has it that includes the stack.
        (host.folder / "compose.yaml").write_text(f"include: [{COMPOSE}/compose.yaml]\n")
        host.environment["COMPOSE_PROJECT_NAME"] = "podid-host"
        project = Project(engine, "podid-host", **host.environment)
        try:
            project.up()
            yield host
        finally:
            project.down("-v", check=False)
        assert project.left() == []


def test_run_is_a_pod_of_the_host(host):
    said = host.podid("run", *READER, "--", *IDENTITY).stdout
    assert ROLE in said
    assert "hello.txt" in host.podid("run", *READER, "--", *LIST).stdout
    done = host.podid("run", *READER, "--", "sh", "-c", "exit 7", check=False)
    assert done.returncode == 7
    # Input and words go as they are.
    done = host.podid("run", *READER, "--", "sh", "-c", 'cat; printf "<%s>" "$@"', "sh", "a b", "$HOME'",
                      input="typed ")
    assert done.stdout == "typed <a b><$HOME'>"
    # Neither files nor pods are left.
    assert [place.name for place in host.state() if place.name.startswith("run.")] == []
    gone = host.podid("events", "--json", "--operation", "PodRemoved").stdout.splitlines()
    assert len(gone) >= 4


def test_run_takes_a_pod_that_exists(host):
    for _ in range(2):
        said = host.podid("run", *READER, "--pod", "s3-access-pod", "--", *IDENTITY).stdout
        assert "eks-local-s3-access--" in said
    # One that does not is made, and goes.
    said = host.podid("run", *READER, "--pod", "own-pod", "--", *IDENTITY).stdout
    assert "eks-local-own-pod-" in said
    host.podid("events", "--operation", "PodRemoved", "--count", "1..")
    assert host.podid("wait", "pod", "default/own-pod", "--timeout", "200ms", check=False).returncode


def test_a_pod_without_a_role_gets_no_credentials_and_a_word(host):
    done = host.podid("run", "--service-account", "default/default", "--", *IDENTITY, check=False)
    assert done.returncode != 0 and "Unable to locate credentials" in done.stderr
    assert "podid: default/default has neither an association nor the annotation" in done.stderr


def test_env_gives_a_shell_the_pod_and_keeps_its_token_fresh(host):
    """The root's, then a pod's, then no more of it."""
    done = host.sh(
        'eval "$(podid env)"; aws sts get-caller-identity --query Arn --output text\n'
        'echo "$KUBECONFIG"\n'
        'eval "$(podid env --service-account default/s3-reader-sa)"\n'
        "aws s3 ls s3://your-bucket-name; env | grep ^AWS_\n"
        # Tokens last a day: after two the one in the shell's file is another.
        "podid clock advance 50h >/dev/null; aws s3 ls s3://your-bucket-name && echo fresh\n"
        "podid clock reset >/dev/null; aws s3 ls s3://your-bucket-name && echo back\n"
        'eval "$(podid env)"; aws sts get-caller-identity --query Arn --output text')
    lines = done.stdout.splitlines()
    assert lines[0] == lines[-1] == "arn:aws:iam::111122223333:root"
    assert "fresh" in lines and "back" in lines and "hello.txt" in done.stdout
    variables = dict(line.split("=", 1) for line in lines if line.startswith("AWS_"))
    assert "AWS_ACCESS_KEY_ID" not in variables
    token = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    assert stat.S_IMODE(host.folder.joinpath(token).stat().st_mode) == 0o600
    config = json.loads(host.folder.joinpath(lines[1]).read_text())
    assert config["clusters"][0]["cluster"]["server"] == (
        f"https://127.0.0.1:{host.environment['PODID_KUBERNETES_PORT']}")
    host.podid("env", *READER, "--delete")
    assert not host.folder.joinpath(token).exists()


def test_env_for_other_tools_has_the_token_by_value(host):
    pod = json.loads(host.podid("env", *READER, "--format", "json").stdout)
    assert pod["AWS_CONTAINER_AUTHORIZATION_TOKEN"].count(".") == 2
    assert "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" not in pod
    done = host.run("env", *(f"{name}={value}" for name, value in pod.items()), *LIST)
    assert "hello.txt" in done.stdout
    host.podid("env", *READER, "--delete")


def test_what_runs_in_the_stack(host):
    assert "s3-reader-role" in host.podid("explain", *READER).stdout
    denied = host.podid("explain", "--service-account", "default/default", check=False)
    assert denied.returncode == 1 and "✗" in denied.stdout
    can = ["can", *READER, "s3:GetObject", "arn:aws:s3:::your-bucket-name/hello.txt"]
    assert host.podid(*can).returncode == 0
    host.podid("fault", "add", "status", "500", "--count", "1", "--id", "planted")
    assert "planted" in host.podid("fault", "list").stdout
    host.podid("run", *READER, "--", *LIST)
    host.podid("events", "--operation", "GetCredentials", "--outcome", "fault", "--count", "1..")
    host.podid("fault", "clear")
    assert "ListObjectsV2 as role s3-reader-role" in host.podid("callers").stdout
    assert host.podid("status").stdout.count("✓") == 5
    assert host.podid("seed", str(COMPOSE.parent / "seed")).stdout.count("unchanged") > 5
    assert "podid " in host.podid("version").stdout


def test_the_console_is_at_a_published_port_of_loopback(host):
    for _ in range(2):
        # The second one finds the port free.
        console = host.start("console")
        link = console.stdout.readline().strip()
        assert link.startswith(f"http://127.0.0.1:{host.environment['PODID_CONSOLE_PORT']}/?key="), (
            link, console.poll() is not None and console.stderr.read())
        page, browser = open_console(link)
        assert page.status_code == 200 and "podid" in page.text
        again, _ = open_console(link)
        assert again.status_code == 403
        rebound = browser.get(page.url, headers={"Host": "evil.example"}, timeout=10)
        assert rebound.status_code == 403
        console.send_signal(signal.SIGTERM)
        console.communicate(timeout=30)
        assert until(lambda: not reaches(link))


def reaches(link):
    import requests

    try:
        open_console(link)
    except requests.RequestException:
        return False
    return True


@pytest.mark.parametrize("words, said", [
    (["doctor", "--", "true"], "run the program with"), (["demo"], "demo-reader"),
    (["shell"], "use"), (["pod"], "pod.yaml"), (["list"], "docker ps"),
    (["fly"], 'no command "fly"'), (["run", *READER], "a command is needed"),
    (["run", "--", "true"], "--service-account"), (["run", "--bogus", "--", "true"], "--bogus"),
    (["env", "--pod"], "needs a value"), (["console", "--listen"], "PODID_CONSOLE_PORT"),
])
def test_what_cannot_work_says_what_to_use(host, words, said):
    done = host.podid(*words, check=False)
    assert done.returncode == 64 and said in done.stderr, done


def test_the_help_names_every_command(host):
    text = host.podid("help").stdout
    from_image = host.run("docker", "run", "--rm", "podid:local", "cat",
                          "/usr/local/share/podid/podid").stdout
    assert from_image == (COMPOSE / "podid").read_text()
    for name in ["up", "down", "test", "run", "env", "console", "explain", "can", "events", "fault",
                 "clock", "callers"]:
        assert name in text
    assert WRAPPER.endswith("compose/podid")
