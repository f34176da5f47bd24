"""A checkout that somebody hostile wrote: its .podid folder, its seeds, its YAML. Nothing of it is
run, nobody is signalled, each command says why in one line, and Ctrl-C ends it within a second."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import BIN, PODID, clean_environment, start_stack, stop_stack

LIMIT = 1.6
ACCOUNT = ["--service-account", "default/s3-reader-sa"]
# What must not reach a terminal as it is: C0 but the line feed, DEL, C1, directions, separators.
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\u061c\ufeff]")


def hostile_seed(folder):
    """Every field that a manifest has, with what somebody would like to be run or shown."""
    bad = "\x1b]0;PWNED\x07\x9b2J\u202e\u2028\nFAKE: line"
    (folder / "kubernetes").mkdir(parents=True)
    (folder / "aws").mkdir()
    (folder / "s3" / "bucket-1").mkdir(parents=True)
    (folder / "s3" / "bucket-1" / "n\x1b]0;PWNED\x07\nFAKE: line").write_text("x")
    (folder / "kubernetes" / "all.yaml").write_text("---\n".join(json.dumps(item) + "\n" for item in [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
            "name": "app", "annotations": {"a": bad}}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {
            "BASH_ENV": "ran.sh", "a.b": "1", "LD_PRELOAD": "ran.so", "text": bad}}]))
    return folder


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "files").mkdir()
    (folder / "bin").mkdir()
    for name in ("git", "kubectl", "aws", "docker"):
        # Nothing that podid was not asked to run is run; the demo's AWS CLI is.
        script = folder / "bin" / name
        script.write_text(f"#!/bin/sh\ntouch {folder}/ran-{name}\nexit 1\n")
        script.chmod(0o755)
    (folder / "bin" / "aws").unlink()
    hostile_seed(folder / "seed")
    state = folder / ".podid" / "state"
    (state / "kubernetes-api" / "admin").mkdir(parents=True)
    (state / "aws-api").mkdir()
    (state / "admin.token").write_text("theirs\n")
    for name in ("sa.key", "ca.key", "ca.crt"):
        (state / "kubernetes-api" / name).write_text("theirs\n")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text(
        f"[core]\n\tfsmonitor = touch {folder}/ran-fsmonitor\n\tpager = touch {folder}/ran-pager\n")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return folder


def namespaced():
    """The words that put a program into namespaces of its own; none where that cannot be."""
    words = ["unshare", "--pid", "--fork", "--mount-proc", "--net"]
    if os.geteuid() != 0:
        words += ["--user", "--map-root-user"]
    if subprocess.run([*words, "true"], capture_output=True).returncode != 0:
        pytest.skip("this machine gives no namespaces, and without them signals would meet others")
    return words


def test_every_command_in_a_hostile_checkout(checkout):
    done = subprocess.run(
        [*namespaced(), sys.executable, str(Path(__file__).parent / "hostile_walk.py"), PODID,
         str(checkout)], capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, (done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    found = json.loads(done.stdout)
    assert found["unknown"] == [], "a command that is not walked through"
    walked = {row["words"][0] for row in found["walked"]}
    assert walked == set(found["commands"]) and len(walked) >= 20
    assert (found["ran"], found["alive"], found["caught"]) == ([], [True, True], [])
    for row in found["walked"]:
        assert row["code"] in (0, 1, 64, 130, -2), row
        assert row["seconds"] is None or row["seconds"] < LIMIT, row
        assert not STEERING.search(row["output"]) or row["words"][0] == "demo", row
        assert not STEERING.search(row["errors"]), row
        if row["code"] in (1, 64) and row["words"][0] not in ("demo", "test", "up", "doctor"):
            # That a file was open to others is told in a line of its own.
            reasons = [line for line in row["errors"].splitlines() if "it is 0600 now" not in line]
            assert len(reasons) <= 1 or row["output"], row
        # A stack file that was found, not named, leads to nobody.
        if "--stack" not in row["words"] and row["words"][0] in ("down", "env", "run", "reset"):
            assert row["code"] == 1, row


DEEP = 100_000


@pytest.mark.parametrize("text", [
    "[" * DEEP, "{a: " * DEEP, "[" * 500_000 + "]" * 500_000, "- " * DEEP, "? " * DEEP,
    ": " * DEEP, "&a " * DEEP, "- &a x\n" * DEEP, "".join(f"- &a{i} x\n" for i in range(DEEP)),
    "".join(f"%TAG !a{i}! x\n" for i in range(DEEP)), "a: &a [*a]", "a: &a {<<: *a}",
    "a: *nosuch", "\x1b[2J: 1", "a: 1\na: 2", "!!python/object/apply:os.system ['touch ran-yaml']",
    "a: !!js/function 'function(){}'", "\x00", "a: \xff", "\ufeff[", "'", "\"\\x\"", "|\n\t", "%",
    "---\n" * 100_000 + "[", "kind: Pod\napiVersion: v1\nmetadata: {name: \"a\x1b[2J\\nFAKE\"}\n",
    "kind: \"Po\\u001b[2Jd\"\napiVersion: v1", "apiVersion: v1\nkind: List\nitems: [[[[]]]]",
    "e\u0301\u0323" * 200_000 + ": 1", "kind: P" + "\u0301\u0323" * 200_000 + "\napiVersion: v1",
    "- " + "\u0301\u0323" * 300_000, "a: 1e999999999", "a: 0x" + "f" * 100_000,
    "a: " + "9" * 100_000, "a: .inf", "a: " + "1_" * 100_000,
], ids=lambda text: repr(text[:16]))
def test_yaml_of_every_bad_shape(stack, tmp_path, text):
    for place in ("kubernetes/x.yaml", "aws/x.yaml", "faults.yaml"):
        seed = tmp_path / place.split("/")[0]
        path = seed / place
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass") if "\xff" not in text else b"a: \xff")
        done = stack.podid("seed", str(seed), check=False, timeout=60, cwd=tmp_path)
        assert done.returncode == 1, (place, done)
        assert done.stderr.count("\n") == 1 and not STEERING.search(done.stderr), done.stderr[:500]
        assert len(done.stderr) < 5000 + 2 * len(text)
    assert not list(tmp_path.rglob("ran-*"))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """A stack with a pod that the seed made under the name that `podid env` adopts."""
    folder = tmp_path_factory.mktemp("attacked")
    seed = hostile_seed(folder / "seed")
    ran = folder / "ran"
    evil = folder / "evil"
    evil.mkdir()
    (evil / "sitecustomize.py").write_text(f"open('{ran}-python', 'w')\n")
    (evil / "env.sh").write_text(f"touch {ran}-bash\n")
    (evil / "node.js").write_text(f"require('fs').writeFileSync('{ran}-node', '')\n")
    (evil / "Evil.pm").write_text(f"open(F, '>{ran}-perl'); 1;\n")
    touch = f"touch {ran}-"
    data = {
        "BASH_ENV": f"{evil}/env.sh", "ENV": f"{evil}/env.sh", "PYTHONPATH": str(evil),
        "NODE_OPTIONS": f"--require {evil}/node.js", "PERL5OPT": "-MEvil", "PERL5LIB": str(evil),
        "PATH": f"{evil}:/usr/bin:/bin", "LD_PRELOAD": f"{evil}/x.so", "IFS": "x",
        "HTTPS_PROXY": "http://127.0.0.1:9", "ssl_cert_file": "/x", "LOCALDOMAIN": "example.org",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "@127.0.0.1:9/x",
        "PROMPT_COMMAND": touch + "prompt", "PS4": f"$({touch}ps4)", "GIT_PAGER": touch + "git",
        "LESSOPEN": f"|{touch}less", "EDITOR": touch + "editor", "AWS_PAGER": touch + "pager",
        "RANDOM": f"a[$({touch}random)]", "OPTIND": f"a[$({touch}optind)]",
        "HISTCMD": f"a[$({touch}histcmd)]", "MAILPATH": f"/etc/passwd?$({touch}mail)"}
    values = {
        "QUOTE": f"'; {touch}quote; '", "MARK": f"'\u0301; {touch}mark; '",
        "DOLLAR": f"$({touch}dollar)", "TICK": f"`{touch}tick`", "LINES_": f"a\n{touch}line\nLD_PRELOAD=x",
        "DOUBLE": f"\"; {touch}double; \"", "BACK": "\\", "ESCAPE": "\x1b]0;PWNED\x07\x9b\u202e",
        "a.b": "dotted", "a-b": "dashed", "1x": "digit", f"A;{touch}name;B": "x",
        f"$({touch}name2)": "x", "A B": "x"}
    (seed / "kubernetes" / "pod.yaml").write_text(json.dumps({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "evil"}, "data": data})
        + "\n---\n" + json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "podid-env-app"}, "spec": {
                "serviceAccountName": "app", "containers": [{
                    "name": "c", "image": "i", "envFrom": [
                        {"configMapRef": {"name": "evil"}}, {"configMapRef": {"name": "c"}}],
                    "env": [{"name": "BASH_FUNC_echo%%", "value": f"() {{ {touch}function; }}"}]
                    + [{"name": name, "value": value} for name, value in values.items()]}]}}))
    process, stack = start_stack(folder, "--seed", str(seed))
    yield stack, folder, values
    stop_stack(process)


APP = ["--service-account", "default/app"]


def ran(folder):
    return sorted(path.name for path in folder.glob("ran*"))


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh", "mksh"])
def test_env_of_a_hostile_pod_is_data_for_a_shell(attacked, shell):
    stack, folder, values = attacked
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine")
    script = (f'eval "$({PODID} env --service-account default/app)"\necho hi\n'
              'for n in 1 2; do cd / ; done; printenv QUOTE MARK DOLLAR TICK LINES_ DOUBLE BACK ESCAPE\n'
              'echo "$((OPTIND)) $RANDOM" >/dev/null; set -x; true; set +x')
    done = subprocess.run([shell, "-c", script], env=stack.environment, capture_output=True,
                          text=True, cwd=folder, timeout=60)
    assert ran(folder) == [] and done.stdout.startswith("hi\n"), done
    for name in ("QUOTE", "MARK", "DOLLAR", "TICK", "LINES_", "DOUBLE", "BACK", "ESCAPE"):
        assert values[name] + "\n" in done.stdout, name
    warnings = [line for line in done.stderr.splitlines() if line.startswith("podid:")]
    assert any("BASH_ENV" in line and "BASH_FUNC_echo%%" in line for line in warnings)
    assert any("a.b" in line and "1x" in line for line in warnings)
    assert not STEERING.search("\n".join(warnings))


@pytest.mark.parametrize("form", ["shell", "dotenv", "json"])
def test_each_form_of_env(attacked, form):
    stack, folder, values = attacked
    done = stack.podid("env", *APP, "--format", form)
    assert done.stderr.count("\n") <= 3
    if form == "json":
        found = json.loads(done.stdout)
        assert not STEERING.search(done.stdout)
        assert {name: found.get(name) for name in values} == values
        assert "BASH_ENV" not in found and "PYTHONPATH" not in found
        return
    names = re.findall(r"^(?:export )?([^=\n]*)=", done.stdout, re.M)
    if form == "dotenv":
        assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name) for name in names)
        # A reader that goes by lines finds no more in a value.
        assert len(names) == len(done.stdout.split("\n")) - 1 and "LD_PRELOAD" not in names
        # A shell that reads the file runs nothing of it either.
        (folder / "dotenv").write_text(done.stdout)
        subprocess.run(["bash", "-c", "set -a; . ./dotenv; echo hi"], cwd=folder, check=True,
                       capture_output=True)
    assert "a.b" not in names and "BASH_ENV" not in names
    assert ran(folder) == []


@pytest.mark.parametrize("command", [
    ["bash", "-c", "echo hi"], ["sh", "-c", "echo hi"], ["python3", "-c", "print('hi')"],
    ["node", "-e", "console.log('hi')"], ["perl", "-e", "print 'hi'"], ["aws", "--version"],
    ["bash", "-xc", "echo hi"], ["git", "--version"],
], ids=lambda words: words[0])
def test_run_of_a_hostile_pod_runs_the_command_alone(attacked, command):
    stack, folder, _ = attacked
    if not shutil.which(command[0]):
        pytest.skip(f"no {command[0]} on this machine")
    done = stack.podid("run", *APP, "--pod", "podid-env-app", "--", *command)
    assert done.returncode == 0 and ran(folder) == []
    assert "PYTHONPATH" in done.stderr and "--pod-env NAME" in done.stderr
    elsewhere = [line for line in done.stderr.splitlines() if "AWS SDKs elsewhere" in line]
    assert len(elsewhere) == 1 and all(name in elsewhere[0] for name in (
        "HTTPS_PROXY", "ssl_cert_file", "LOCALDOMAIN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"))
    assert len([line for line in done.stderr.splitlines() if line.startswith("podid:")]) <= 3


def test_run_passes_what_kubernetes_allows_as_bytes(attacked):
    stack, folder, values = attacked
    script = "import os, json; print(json.dumps({k: v for k, v in os.environ.items()}))"
    done = stack.podid("run", *APP, "--pod", "podid-env-app", "--", "python3", "-c", script)
    found = json.loads(done.stdout)
    assert {name: found.get(name) for name in values} == values
    path = stack.podid("run", *APP, "--pod", "podid-env-app", "--", "printenv", "PATH").stdout
    assert path == stack.environment["PATH"] + "\n"


def test_one_variable_is_admitted(attacked):
    stack, _, _ = attacked
    words = ["--pod", "podid-env-app", "--pod-env", "EDITOR", "--pod-env", "IFS"]
    done = stack.podid("run", *APP, *words, "--", "printenv", "EDITOR")
    assert "touch" in done.stdout and "EDITOR" not in done.stderr
    assert "export EDITOR=" in stack.podid("env", *APP, "--pod-env", "EDITOR").stdout
    assert "export EDITOR=" not in stack.podid("env", *APP).stdout


@pytest.mark.parametrize("name", ["a=b", "A=1; touch x; B", "a\nb", "\x1b[2J", "é", ""])
def test_names_that_kubernetes_refuses(attacked, tmp_path, name):
    stack, _, _ = attacked
    (tmp_path / "s" / "kubernetes").mkdir(parents=True)
    (tmp_path / "s" / "kubernetes" / "p.json").write_text(json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bad"}, "spec": {"containers": [
            {"name": "c", "image": "i", "env": [{"name": name, "value": "1"}]}]}}))
    done = stack.podid("seed", str(tmp_path / "s"), check=False)
    assert done.returncode == 1 and "spec.containers[0].env[0].name" in done.stderr
    assert done.stderr.count("\n") == 1 and not STEERING.search(done.stderr)


def test_what_a_seed_names_is_shown_and_steers_nothing(attacked):
    stack, folder, _ = attacked
    seed = str(folder / "seed")
    shown = [stack.podid("seed", seed, check=False)]
    shown += [stack.podid(*words, check=False) for words in (
        ["events"], ["events", "--json"], ["status"], ["explain", *APP], ["explain", *APP, "--json"],
        ["fault", "list"], ["seed", seed + "\x1b[2J\nFAKE"], ["\x1b[2J\nx"], ["seed", "--\x9bx"],
        ["run", "--service-account", "a/b/\x1b[2J", "--", "x"], ["help", "\x1b[2J"],
        ["test", "--seed", "\x1b]0;x\x07", "--", "true"], ["run", *APP, "--", "\x1b[2J\nx"])]
    assert "n\\u001b]0;PWNED\\u0007\\nFAKE: line" in shown[0].stdout
    for done in shown:
        assert not STEERING.search(done.stdout + done.stderr), done
        assert "\nFAKE" not in done.stdout + done.stderr, done


def test_up_copies_no_warning_as_it_is(tmp_path):
    """A mount path that leads out is a warning of node-agent's, which names it."""
    seed = hostile_seed(tmp_path / "seed")
    (seed / "kubernetes" / "pod.json").write_text(json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {
            "serviceAccountName": "app", "nodeName": "local-node", "containers": [{
                "name": "c", "image": "i", "volumeMounts": [
                    {"name": "v", "mountPath": "/x/../\x1b]0;PWNED\x07\r\nFAKE\x9b\u202e"}]}],
            "volumes": [{"name": "v", "configMap": {"name": "c"}}]}}))
    process, stack = start_stack(tmp_path, "--seed", str(seed))
    stack.podid("status", check=False)
    stop_stack(process)
    text = (tmp_path / "up.log").read_bytes().decode()
    assert not STEERING.search(text) and "\nFAKE" not in text


def test_servers_escape_what_they_print(tmp_path):
    for name in ("aws-api", "kubernetes-api", "node-agent"):
        for words in (["--\x1b[2J\nx"], ["--listen", "\x1b\x9b\u202e\n:x"]):
            done = subprocess.run([str(BIN / name), *words], capture_output=True, cwd=tmp_path,
                                  env=clean_environment(tmp_path), timeout=60)
            text = done.stdout.decode() + done.stderr.decode()
            # A warning of its log may come first.
            assert done.returncode in (1, 64) and text.count("\n") <= 2, (name, words, text)
            assert all(line[0] in "{kan" for line in text.splitlines()), text
            assert not STEERING.search(text)


def test_no_event_has_a_token_that_was_put_where_names_belong(own_stack):
    import requests

    token = own_stack.api("POST", "/api/v1/namespaces/default/serviceaccounts/s3-reader-sa/token", {
        "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
        "spec": {"audiences": ["pods.eks.amazonaws.com"]}})["status"]["token"]
    secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYx1"
    base, aws, s3 = (own_stack[name]["url"] for name in ("kubernetes", "aws", "s3"))
    admin = json.loads(Path(own_stack["kubernetes"]["kubeconfig"]).read_text())
    bearer = {"Authorization": "Bearer " + admin["users"][0]["user"]["token"]}
    for word in (token, secret):
        for path in (f"/api/v1/namespaces/default/pods/{word}", f"/api/v1/{word}", f"/{word}",
                     f"/api/v1/namespaces/{word}/serviceaccounts/{word}/token"):
            for method in ("GET", "POST", "DELETE"):
                requests.request(method, base + path, headers=bearer, verify=False, json={})
        for url in (aws, s3, own_stack["agent"]["url"]):
            for headers in ({}, {"Authorization": f"AWS4-HMAC-SHA256 Credential=x, Secret={word}"},
                            {"Authorization": f"Bearer {word}"}, {"Authorization": word},
                            {"Authorization": f"AWS4-HMAC-SHA256 Credential={word}/x, Signature=y"},
                            {"x-amz-security-token": word}):
                requests.get(f"{url}/clusters/{word}/assume-role-for-pod-identity", headers=headers)
                requests.post(f"{url}/?Action={word}&Secret={word}", headers=headers,
                              data={"Action": "GetCallerIdentity", "Secret": word})
    for port in ("kubernetes", "aws", "agent"):
        text = own_stack.admin(port, "/events").text
        assert secret not in text and token not in text
    logs = "".join(path.read_text() for path in Path(own_stack["state"], "logs").iterdir())
    assert secret not in logs and token not in logs
