"""Wrong usage, taken ports, broken state: a clear line, the right exit code, nothing lost."""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess

import pytest
from conftest import BIN, PODID, clean_environment, command
from servers import Servers

PROGRAMS = ["kubernetes-api", "aws-api", "node-agent", "podid"]


def run(tmp_path, *words, timeout=60):
    done = subprocess.run(
        words, env=clean_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True,
        timeout=timeout)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("program", PROGRAMS)
def test_unknown_flags_are_64_and_one_line(program, tmp_path):
    words = [BIN / program] + (["up"] if program == "podid" else [])
    code, _, error = run(tmp_path, *words, "--nosuch")
    assert code == 64 and len(error.splitlines()) == 1 and "--nosuch" in error


@pytest.mark.parametrize("program", PROGRAMS)
def test_help_and_version(program, tmp_path):
    word = "" if program == "podid" else "--"
    code, text, _ = run(tmp_path, BIN / program, word + "help")
    assert code == 0 and program in text
    code, text, _ = run(tmp_path, BIN / program, word + "version")
    assert code == 0 and text.startswith(program + " ")


@pytest.mark.parametrize("flag, value", [
    ("--listen", "nonsense"), ("--log-level", "loud"), ("--credential-lifetime", "x")])
def test_bad_values_are_64(flag, value, tmp_path):
    code, _, error = run(tmp_path, BIN / "aws-api", flag, value)
    assert code == 64 and flag in error and len(error.splitlines()) == 1


# By what stands for the value in --help.
WRONG = {
    "HOST:PORT": "x", "URL": "zzz", "ID": "abc", "REGION": "../x", "NAME": "a/b", "N": "x",
    "N|off": "x", "DURATION": "5x", "1.MINOR": "banana",
    "NAME=ISSUER[,jwks=URL][,ca=FILE]": "a=foo",
}
# Any text may be one of these.
FREE = {"FILE", "DIR", "KEY"}


def settings(program):
    """Every setting of a server as its help tells it: flag, variable, a wrong value."""
    text = subprocess.run([BIN / program, "--help"], capture_output=True, text=True).stdout
    found = re.findall(r"^  --(\S+) (\S+).*\n.*\[(PODID_\w+)\]$", text, re.MULTILINE)
    assert len(found) > 10
    for flag, placeholder, variable in found:
        free = placeholder in FREE or flag == "aws-access-key-id"
        wrong = WRONG.get(placeholder, "nosuch" if "|" in placeholder else None)
        assert free or wrong, (flag, placeholder)
        if not free:
            yield f"--{flag}", variable, wrong


@pytest.mark.parametrize("program", PROGRAMS[:3])
def test_a_wrong_value_of_any_setting_is_64_and_nothing_begins(program, tmp_path):
    environment = clean_environment(tmp_path)
    for flag, variable, wrong in settings(program):
        for words, more, name in [([flag, wrong], {}, flag), ([], {variable: wrong}, variable)]:
            done = subprocess.run(
                [BIN / program, *words], env={**environment, **more}, cwd=tmp_path,
                capture_output=True, text=True, timeout=30)
            assert (done.returncode, done.stdout) == (64, ""), (name, done)
            assert done.stderr.startswith(f"{program}: {name} "), done
            assert done.stderr.count("\n") == 1 and done.stderr.split().count(name) == 1, done
            assert os.listdir(tmp_path) == [], name


@pytest.mark.parametrize("variable, value", [
    ("PODID_AWS_API_ACCOUNT", "abc"), ("PODID_AWS_API_LISTEN", "here"),
    ("PODID_KUBERNETES_API_ISSUER", "foo"), ("PODID_NODE_AGENT_RATE_LIMIT", "x")])
@pytest.mark.parametrize("words", [
    ["up"], ["up", "--ephemeral"], ["up", "--detach"], ["test", "--", "true"]], ids=" ".join)
def test_podid_tells_a_wrong_variable_before_anything_is_started(words, variable, value, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = subprocess.run(
        [PODID, *words], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={**clean_environment(tmp_path), "TMPDIR": str(temporary), variable: value})
    assert (done.returncode, done.stdout) == (64, ""), done
    assert done.stderr.count("\n") == 1 and done.stderr.count(variable) == 1, done
    assert os.listdir(tmp_path) == ["tmp"] and os.listdir(temporary) == []


def test_a_kubeconfig_names_a_url(tmp_path):
    code, text, error = run(tmp_path, PODID, "kubeconfig", "--server", "127.0.0.1:1")
    assert (code, text, error.count("\n")) == (64, "", 1) and "--server must be an http" in error


def test_unknown_podid_command(tmp_path):
    code, _, error = run(tmp_path, PODID, "nosuch")
    assert code == 64 and "nosuch" in error


@pytest.mark.parametrize("flag", [
    "--kubernetes-listen", "--aws-listen", "--s3-listen", "--agent-listen", "--probe-listen",
    "--metrics-listen"])
def test_a_taken_port_is_named_with_the_flag_that_moves_it(flag, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, _, error = run(
            tmp_path, PODID, "up", "--ephemeral", "--free-ports", "--stack-file", "s.json",
            flag, address)
    assert code == 1
    assert address in error and flag in error
    assert not (tmp_path / "s.json").exists()


@pytest.fixture
def servers(tmp_path):
    servers = Servers(tmp_path)
    yield servers
    servers.stop_all()


def failing(servers, name):
    done = subprocess.run(
        [BIN / servers.program[name], *servers.flags(name)],
        env=clean_environment(servers.folder), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_state_in_use_names_the_holder(servers):
    servers.start("aws")
    holder = servers.processes["aws"].pid
    servers.ports.update({name: port + 0 for name, port in servers.ports.items()})
    assert f"in use by process {holder}" in failing(servers, "aws")


@pytest.mark.parametrize("name, database", [
    ("aws", "aws-api/aws.db"), ("kubernetes", "kubernetes-api/kubernetes.db")])
def test_newer_and_corrupt_databases_are_refused_and_kept(servers, name, database):
    servers.start(name)
    servers.stop(name)
    path = servers.state / database
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9999")
    kept = path.read_bytes()
    assert "newer" in failing(servers, name)
    path.write_bytes(b"this is no database" * 1000)
    for suffix in ("-wal", "-shm"):
        (path.parent / (path.name + suffix)).unlink(missing_ok=True)
    broken = path.read_bytes()
    error = failing(servers, name)
    assert database.split("/")[1] in error
    assert path.read_bytes() == broken and kept != broken


def test_a_state_folder_behind_a_symlink_is_refused(servers):
    shutil.rmtree(servers.state)
    target = servers.folder / "elsewhere"
    target.mkdir()
    os.symlink(target, servers.state)
    assert "symbolic link" in failing(servers, "aws")
    assert list(target.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere: not writable state untested")
def test_a_state_folder_that_is_not_writable(servers):
    servers.state.chmod(0o500)
    assert "ermission denied" in failing(servers, "aws")


def test_files_of_the_state_are_private(stack):
    state = stack["state"]
    modes = {}
    for folder, folders, files in os.walk(state):
        if f"{state}/pods" in folder or f"{state}/aws-api/buckets" in folder:
            continue
        for name in folders + files:
            path = os.path.join(folder, name)
            try:
                modes[path] = os.lstat(path).st_mode & 0o077
            except FileNotFoundError:
                pass  # the stack goes on meanwhile: a file that was put in another's place
    assert modes and not [path for path, mode in modes.items() if mode]


def test_a_broken_seed_is_named_with_its_line_before_anything_is_applied(own_stack, tmp_path):
    seed = tmp_path / "seed"
    (seed / "kubernetes").mkdir(parents=True)
    (seed / "aws").mkdir()
    (seed / "kubernetes" / "a.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: from-broken-seed}\n")
    (seed / "aws" / "b.yaml").write_text("roles:\n- roleName: r\n  : [\n")
    done = own_stack.podid("seed", str(seed), check=False)
    assert done.returncode == 1
    assert "b.yaml" in done.stderr and "line" in done.stderr or "b.yaml:" in done.stderr
    accounts = own_stack.kubectl("1.33", "get", "sa", "-o", "name").stdout
    assert "from-broken-seed" not in accounts


def test_a_seed_that_aws_refuses_is_told_why(stack, tmp_path):
    folder = tmp_path / "seed" / "aws"
    folder.mkdir(parents=True)
    with open(stack.path) as file:
        account = json.load(file)["account"]
    (folder / "app.yaml").write_text(
        "roles:\n"
        "  - RoleName: of-ec2\n"
        "    AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, "
        "Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]}\n"
        "associations:\n"
        "  - {namespace: default, serviceAccount: of-ec2, "
        f"roleArn: 'arn:aws:iam::{account}:role/of-ec2'}}\n")
    done = stack.podid("seed", str(folder.parent), check=False)
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stderr
    assert "app.yaml:5: association default/of-ec2: InvalidParameterException: " in done.stderr
    assert "lets pods.eks.amazonaws.com do sts:AssumeRole" in done.stderr


def test_secrets_never_reach_logs_or_events(own_stack):
    program = (
        "import os, json, urllib.request as u\n"
        "t = open(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']).read()\n"
        "r = u.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'],"
        " headers={'Authorization': t})\n"
        "print(json.dumps([t, json.loads(u.urlopen(r).read())]))\n")
    done = own_stack.run_as("default/s3-reader-sa", "python3", "-c", program)
    token, answer = json.loads(done.stdout)
    admin = own_stack["adminToken"]
    secrets = [token, token.split(".")[2], answer["SecretAccessKey"], answer["Token"], admin]
    texts = [own_stack.admin(port, "/events").text for port in ("kubernetes", "aws", "agent")]
    for folder, _, files in os.walk(os.path.join(own_stack["state"], "logs")):
        texts += [open(os.path.join(folder, name)).read() for name in files]
    assert any(texts)
    for secret in secrets:
        for text in texts:
            assert secret not in text and secret[:24] not in text


def test_a_taken_state_is_not_reset_by_a_second_up(own_stack, tmp_path):
    done = command(
        [PODID, "up", "--state", own_stack["state"], "--free-ports", "--stack-file",
         str(tmp_path / "second.json")],
        clean_environment(tmp_path), False)
    assert done.returncode == 1
    assert "runs with the state" in done.stderr
    assert own_stack.podid("status", check=False).returncode == 0
