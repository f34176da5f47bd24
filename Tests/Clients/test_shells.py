"""What a user's own shell gets of podid: `podid env` that works, fails and is taken back; `podid shell`."""

import os
import re
import shutil
import signal
import subprocess
import time

import pytest
from conftest import PODID, clean_environment, command
from terminal import Terminal

NOWHERE = "http://127.0.0.1:1/podid-env-failed"
SHELLS = ["bash", "dash", "zsh", "mksh"]
# What a user's shell has of real clouds and clusters.
USERS = {"AWS_PROFILE": "prod", "AWS_SECRET_ACCESS_KEY": "a user's 'own'\n\"key\"",
         "AWS_ENDPOINT_URL_STS": "https://sts.example", "KUBECONFIG": "/home/you/.kube/config",
         "AWS_MAX_ATTEMPTS": "7"}
SHOW = "env | grep -E '^(AWS_|KUBECONFIG|PODID_)' | sort"


def script(shell, text, folder, environment):
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine")
    return subprocess.run([shell, "-c", text], env=environment, cwd=folder, capture_output=True,
                          text=True, timeout=120)


@pytest.fixture
def users(tmp_path):
    """A user's environment, where no stack runs."""
    return {**clean_environment(tmp_path), **USERS}


@pytest.mark.parametrize("shell", SHELLS)
def test_without_a_stack_the_next_commands_lead_nowhere(users, tmp_path, shell):
    done = script(shell, f'eval "$({PODID} env)"; echo "code $?"; {SHOW}', tmp_path, users)
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert "code 1\n" in done.stdout and done.stderr.startswith("podid: ")
    assert "until podid env works, or eval \"$(podid env --unset)\"" in done.stderr
    assert shown["AWS_ENDPOINT_URL"] == shown["AWS_ENDPOINT_URL_S3"] == NOWHERE
    assert shown["AWS_ACCESS_KEY_ID"] == shown["AWS_SECRET_ACCESS_KEY"] == "podid-env-failed"
    assert shown["AWS_CONFIG_FILE"] == "/dev/null"
    assert not {"AWS_PROFILE", "AWS_ENDPOINT_URL_STS"} & set(shown)
    # What the user has is on no screen and in no other program's environment.
    assert "own" not in done.stdout + done.stderr and "sts.example" not in done.stdout
    # A script that stops at failures stops there.
    done = script(shell, f'set -e; eval "$({PODID} env)"; echo went on', tmp_path, users)
    assert done.returncode == 1 and done.stdout == ""


@pytest.mark.parametrize("words", [
    ["aws", "sts", "get-caller-identity"], ["aws", "s3", "ls"], ["aws", "eks", "list-clusters"],
    ["kubectl", "get", "pods"]], ids=" ".join)
def test_genuine_clients_reach_nobody_then(users, tmp_path, words):
    if not shutil.which(words[0]):
        pytest.skip(f"no {words[0]} on this machine")
    done = script("bash", f'eval "$({PODID} env)" 2>/dev/null; {" ".join(words)}', tmp_path, users)
    assert done.returncode != 0 and done.stdout == ""
    assert "podid-env-failed" in done.stderr


@pytest.mark.parametrize("words", [
    "--format=shell", "--service-account default/s3-reader-sa", "--servce-account x",
    "--stack /nonexistent", "--service-account a/b/c", "--format nonsense"])
def test_every_failure_in_the_form_of_a_shell_does_that(users, tmp_path, words):
    done = command([PODID, "env", *words.split()], users, False, cwd=tmp_path)
    assert done.returncode in (1, 64) and done.stderr.count("\n") == 1
    assert done.stdout.endswith("\nfalse\n") and f"AWS_ENDPOINT_URL='{NOWHERE}'" in done.stdout


@pytest.mark.parametrize("words", ["--format json", "--format=dotenv", "--delete", "--format dotenv"])
def test_other_forms_stay_empty(users, tmp_path, words):
    done = command([PODID, "env", *words.split()], users, False, cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""


@pytest.mark.parametrize("shell", SHELLS)
def test_unset_gives_the_shell_back_what_it_had(users, stack, tmp_path, shell):
    """After failures and successes in any order, and after a pod's variables."""
    calls = [f"{PODID} env --stack /nonexistent", f"PODID_STACK={stack.path} {PODID} env",
             f"PODID_STACK={stack.path} {PODID} env --service-account default/s3-reader-sa"]
    for order in ([0], [1], [0, 1], [1, 0, 0], [0, 2, 1], [2, 0, 1, 1]):
        takes = "; ".join(f'eval "$({calls[number]} 2>/dev/null)"' for number in order)
        done = script(shell, f'{SHOW}; echo --; {takes}; {SHOW}; echo --; '
                      f'eval "$({PODID} env --unset)"; {SHOW}; set | grep ^PODID_ENV_NAMES',
                      tmp_path, users)
        before, between, after = done.stdout.split("--\n")
        assert before == after, (order, done)
        assert done.stderr.count("\n") == done.stderr.count("lead nowhere") == order.count(0)
        if order[-1] == 1:
            assert f"AWS_ENDPOINT_URL={stack['aws']['url']}\n" in between
            # Neither the failure's nor a pod's variables are left.
            assert "AWS_MAX_ATTEMPTS=7" in between and "AWS_CONTAINER_CREDENTIALS_FULL_URI=" not in between
            assert "AWS_PROFILE=" not in between and "sts.example" not in between
    done = command([PODID, "env", "--unset"], users, True, cwd=tmp_path)
    assert done.stdout == "" and "nothing of podid env" in done.stderr


@pytest.mark.parametrize("shell", [*SHELLS, "fish"])
def test_a_shell_with_a_marked_prompt(stack, tmp_path, shell):
    """Whatever the user's own start files say of accounts and clusters."""
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine")
    for name in [".bashrc", ".zshrc", "own"]:
        (tmp_path / name).write_text("export KUBECONFIG=/real AWS_PROFILE=prod MINE=kept\n")
    (tmp_path / ".config" / "fish").mkdir(parents=True)
    (tmp_path / ".config/fish/config.fish").write_text(
        "set -gx KUBECONFIG /real\nset -gx AWS_PROFILE prod\nset -gx MINE kept\n")
    environment = {**stack.environment, "SHELL": shutil.which(shell), "HOME": str(tmp_path),
                   "ENV": str(tmp_path / "own"), "TERM": "dumb"}
    terminal = Terminal([PODID, "shell"], environment, tmp_path)
    terminal.until("(podid) ")
    terminal.type('echo "[$KUBECONFIG|$AWS_PROFILE|$MINE|$AWS_ENDPOINT_URL|$ENV|$ZDOTDIR]"; exit 3')
    terminal.until(f"|kept|{stack['aws']['url']}|{environment['ENV']}|]")
    assert terminal.end() == 3
    assert f"This shell speaks to the stack of {stack.path}" in terminal.said
    assert "/real" not in terminal.said.split("exit 3")[-1]
    assert re.search(r"\[[^\s|]*/podid/[^\s|]*\|\|kept\|", terminal.said), terminal.said


def test_a_shell_as_a_pod_which_goes_with_it(stack, tmp_path):
    environment = {**stack.environment, "SHELL": "/bin/sh", "TERM": "dumb"}
    terminal = Terminal([PODID, "shell", "--service-account", "s3-reader-sa"], environment, tmp_path)
    terminal.until("(podid default/s3-reader-sa) ")
    terminal.type("aws sts get-caller-identity --output text; exit")
    terminal.until("assumed-role/s3-reader-role/")
    assert terminal.end() == 0
    pods = stack.api("GET", "/api/v1/namespaces/default/pods")["items"]
    assert not [pod for pod in pods if pod["metadata"]["name"].startswith("s3-reader-sa-")]


def test_a_shell_that_is_no_terminals_runs_its_input(stack, tmp_path):
    done = subprocess.run(
        [PODID, "shell"], env={**stack.environment, "SHELL": "/bin/sh"}, cwd=tmp_path, text=True,
        input="echo $AWS_ENDPOINT_URL; exit 5\n", capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (5, f"{stack['aws']['url']}\n")


def test_a_shell_whose_podid_is_killed_leaves_no_folder(stack, tmp_path):
    environment = {**stack.environment, "SHELL": "/bin/sh", "TERM": "dumb", "TMPDIR": str(tmp_path)}
    terminal = Terminal([PODID, "shell"], environment, tmp_path)
    terminal.until("(podid) ")
    assert list(tmp_path.glob("podid-*"))
    os.kill(terminal.pid, signal.SIGKILL)
    os.waitpid(terminal.pid, 0)
    os.close(terminal.terminal)
    end = time.monotonic() + 60
    while list(tmp_path.glob("podid-*")):
        assert time.monotonic() < end, "the folder stays"
        time.sleep(0.05)  # nobody tells when its guard has removed it
