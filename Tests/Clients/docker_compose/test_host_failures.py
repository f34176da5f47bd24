"""compose/podid where it fails: a shell that evaluates `env` reaches nothing real, whatever the cause,
and what is missing is said in one line. No engine is needed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from host_podid import READER, WRAPPER

SHELLS = ["sh", "bash", "mksh", "ksh"]
# What a user's shell has of real clouds and clusters.
USERS = {"AWS_PROFILE": "prod", "AWS_ACCESS_KEY_ID": "AKIAREAL", "KUBECONFIG": "/home/you/.kube/config",
         "AWS_ENDPOINT_URL_STS": "https://sts.example"}
NO_ENGINE = ('echo "WARNING: Error loading config file" >&2\n'
             'echo "Cannot connect to the Docker daemon at unix:///none. Is it running?" >&2\nexit 1\n')
# An engine in which the container runs, and answers as each test has it.
RUNS = 'case "$1" in version) echo 1;; compose) exit 1;; inspect) echo true;; port) echo 127.0.0.1:%s;;\n'
BROKEN = RUNS % "4576" + "exec) exit 3;; esac\n"
HALF = RUNS % "4576" + "exec) case \" $* \" in *' kubeconfig '*) exit 3;; esac; echo 'export A=1';; esac\n"
EMPTY = 'case "$1" in version) echo 1;; compose) exit 1;; esac\n'
CAUSES = {"no docker": None, "no engine": NO_ENGINE, "no stack": EMPTY, "no answer": BROKEN,
          "no kubeconfig": HALF}


class Failing:
    """A PATH of the usual programs, with the docker of a test or with none."""

    def __init__(self, folder):
        self.bin = folder / "bin"
        self.bin.mkdir()
        for place in ["/usr/bin", "/bin"]:
            for program in Path(place).iterdir():
                if program.name != "docker" and not (self.bin / program.name).exists():
                    (self.bin / program.name).symlink_to(program)
        self.folder = folder
        self.environment = {"PATH": str(self.bin), "HOME": str(folder / "home"), **USERS}

    def docker(self, text):
        if text is not None:
            (self.bin / "docker").write_text("#!/bin/sh\n" + text)
            (self.bin / "docker").chmod(0o755)

    def run(self, *words):
        return subprocess.run(words, env=self.environment, cwd=self.folder, capture_output=True,
                              text=True, timeout=60)

    def podid(self, *words):
        return self.run(WRAPPER, *words)

    def evaluated(self, shell, *words):
        """What a shell has after `eval "$(podid env ...)"`."""
        done = self.run("bash", "-c", 'eval "$("$@")" && echo went on; env', "bash", shell, WRAPPER,
                        "env", *words)
        assert "went on" not in done.stdout
        return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


@pytest.fixture
def host(tmp_path):
    return Failing(tmp_path)


def leads_nowhere(variables):
    for name, value in variables.items():
        if name.startswith("AWS_ENDPOINT_URL"):
            assert value == "http://127.0.0.1:9", name
    assert variables["AWS_ENDPOINT_URL"] and variables["AWS_ACCESS_KEY_ID"] == "no-stack"
    assert "AWS_PROFILE" not in variables
    # Below what is no folder: from a missing file kubectl goes to localhost:8080.
    assert variables["KUBECONFIG"].startswith("/dev/null/")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("cause, words", [
    ("no docker", []), ("no engine", []), ("no stack", []), ("no stack", READER), ("no answer", []),
    ("no answer", READER), ("no kubeconfig", []), ("no stack", ["--bogus"]), ("no stack", ["--pod"]),
    ("no stack", ["--", "true"]), ("no answer", ["--format", "yaml"])])
def test_env_leads_nowhere(host, shell, cause, words):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine")
    host.docker(CAUSES[cause])
    leads_nowhere(host.evaluated(shell, *words))


@pytest.mark.parametrize("shell", SHELLS)
def test_env_leads_nowhere_without_a_place_for_its_files(host, shell):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine")
    host.docker(HALF)
    (host.folder / "home").write_text("no folder\n")
    for words in [[], READER]:
        leads_nowhere(host.evaluated(shell, *words))
    del host.environment["HOME"]
    leads_nowhere(host.evaluated(shell))


@pytest.mark.parametrize("signal", ["HUP", "INT", "TERM"])
def test_env_leads_nowhere_when_it_is_stopped(host, signal):
    host.docker(f"kill -{signal} $PPID\n")
    # Not in the background, where a shell without job control ignores SIGINT.
    leads_nowhere(host.evaluated("sh"))


def test_other_formats_and_what_removes_a_pod_print_nothing(host):
    for words in [["--format", "json"], ["--format=dotenv"], [*READER, "--delete"]]:
        done = host.podid("env", *words)
        assert done.returncode == 1 and done.stdout == ""


def test_kubectl_leads_nowhere_where_its_port_is_not_published(host):
    host.docker(RUNS % "" + "exec) echo 'export A=1';; esac\n")
    done = host.run("bash", "-c", f'eval "$({WRAPPER} env)"; env')
    assert "\nA=1\n" in done.stdout and "KUBECONFIG=/dev/null/" in done.stdout
    assert "does not publish port 4576" in done.stderr
    # Nor does a pod of the host find the user's own cluster.
    done = host.run("bash", "-c", f'eval "$({WRAPPER} env {" ".join(READER)})"; env')
    assert "\nA=1\n" in done.stdout and "KUBECONFIG=/dev/null/" in done.stdout
    assert "AWS_ENDPOINT_URL_STS" not in done.stdout


@pytest.mark.parametrize("words", [
    ["env"], ["run", *READER, "--", "true"], ["explain", *READER], ["status"], ["events"], ["reset"],
    ["kubeconfig"], ["clock", "show"], ["console"], ["seed", "."], ["up"], ["down"], ["version"],
    ["test", *READER, "--", "true"]])
def test_one_line_says_what_is_missing(host, words):
    """With an engine's own reason; none of docker's lines twice, no advice that cannot work."""
    done = host.podid(*words)
    assert (done.returncode, done.stderr) == (1, "podid: there is no docker on PATH\n")
    host.docker(NO_ENGINE)
    done = host.podid(*words)
    assert (done.returncode, done.stderr) == (
        1, "podid: no Docker engine answers: Cannot connect to the Docker daemon at unix:///none. "
        "Is it running?\n")


def test_the_genuine_client_without_an_engine(host):
    client = shutil.which("docker", path=os.environ["PATH"])
    if not client:
        pytest.skip("no docker client on this machine")
    (host.bin / "docker").symlink_to(client)
    host.environment["DOCKER_HOST"] = f"unix://{host.folder}/none.sock"
    done = host.podid("down")
    assert done.returncode == 1 and done.stderr.startswith("podid: no Docker engine answers: ")
    assert "none.sock" in done.stderr and done.stderr.count("\n") == 1


def test_what_needs_no_engine_works_without(host):
    assert "compose/podid run" in host.podid("help").stdout
    for words, said in [(["doctor"], "run the program"), (["down", "now"], "takes no words"),
                        (["run", "--", "true"], "--service-account"), (["fly"], "no command")]:
        done = host.podid(*words)
        assert done.returncode == 64 and said in done.stderr
