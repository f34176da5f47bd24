"""Values of `podid env --format dotenv` are read as they are by every reader, or left out and named."""

import json
import shutil
import subprocess

import pytest
import yaml
from conftest import start_stack, stop_stack
from dotenv import dotenv_values

ACCOUNT = ["--service-account", "default/app"]
# What each reader has rules for, alone and together.
VALUES = {
    "PLAIN": "a b", "EMPTY": "", "HASH": "a #b", "QUOTE": "it's", "DOUBLE": 'say "x"',
    "DOLLAR": "$HOME costs $5", "COMMAND": "$(touch ran)", "TICK": "`touch ran`",
    "BACK": "a\\b\\n", "PERCENT": "%s%d", "EQUALS": "a=b=c", "SPACES": "  a  ", "BANG": "!!",
    "UNICODE": "é\u0301", "JSON": '{"a": "$b"}', "TAB": "a\tb",
}
LEFT_OUT = {
    "BRACES": "${HOME}", "FALLBACK": "x${NOBODY:-y}z", "BRACES_OPEN": "a${", "TWO": "a\\\\b",
    "LAST": "a\\", "BOTH": "it's $HOME", "BOTH_QUOTES": "it's \"x\"", "BOTH_BACK": "it's a\\b",
}
# A line feed has no spelling for a shell, and is an escape to all others.
LINES = {"LINES_": "a\nb", "PEM": "-----BEGIN X-----\nit's\n-----END X-----\n"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dotenv")
    seed = folder / "seed" / "kubernetes"
    seed.mkdir(parents=True)
    env = [{"name": name, "value": value}
           for name, value in {**VALUES, **LEFT_OUT, **LINES}.items()]
    (seed / "all.yaml").write_text(yaml.dump_all([
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app"}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "podid-env-app"},
         "spec": {"serviceAccountName": "app",
                  "containers": [{"name": "c", "image": "i", "env": env}]}}]))
    process, stack = start_stack(folder, "--seed", str(folder / "seed"))
    done = stack.podid("env", *ACCOUNT, "--format", "dotenv")
    (folder / ".env").write_text(done.stdout)
    yield stack, folder, done
    stop_stack(process)


def read_by_python(folder):
    return dotenv_values(folder / ".env")


def read_by_shell(folder):
    script = ("import json, os, subprocess; print(subprocess.run(['sh', '-c', 'set -a; . ./.env; "
              "exec python3 -c \"import json, os; print(json.dumps(dict(os.environ)))\"'], "
              "env={'PATH': os.environ['PATH'], 'HOME': '/h'}, capture_output=True, "
              "text=True).stdout)")
    return json.loads(subprocess.run(["python3", "-c", script], cwd=folder, capture_output=True,
                                     text=True, check=True).stdout)


def read_by_node(folder):
    if not shutil.which("node"):
        pytest.skip("no node on this machine: its reading of dotenv files is untested")
    done = subprocess.run(
        ["node", "--env-file", ".env", "-e", "console.log(JSON.stringify(process.env))"],
        cwd=folder, capture_output=True, text=True)
    if "bad option" in done.stderr:
        pytest.skip("a node without --env-file: its reading of dotenv files is untested")
    return json.loads(done.stdout)


@pytest.mark.parametrize("reader", [read_by_python, read_by_shell, read_by_node])
def test_each_reader_reads_what_the_pod_has(printed, reader):
    _, folder, _ = printed
    found = reader(folder)
    wanted = {**VALUES, **({} if reader is read_by_shell else LINES)}
    assert {name: found.get(name) for name in wanted} == wanted
    assert not set(LEFT_OUT) & set(found)
    assert sorted(path.name for path in folder.glob("ran*")) == []


def test_what_is_left_out_is_named_once(printed):
    stack, _, done = printed
    lines = [line for line in done.stderr.splitlines() if "left out" in line]
    assert len(lines) == 1 and all(name in lines[0] for name in LEFT_OUT), done.stderr
    for form in ("json", "shell"):
        other = stack.podid("env", *ACCOUNT, "--format", form)
        assert other.stderr == ""
    found = json.loads(stack.podid("env", *ACCOUNT, "--format", "json").stdout)
    assert {name: found[name] for name in LEFT_OUT} == LEFT_OUT
