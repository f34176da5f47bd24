"""What cannot be printed makes a command fail; a reader that has left does not."""

import json
import os
import subprocess

import pytest
from conftest import BIN, PODID, clean_environment, command

ACCOUNT = ["--service-account", "default/s3-reader-sa"]
ALONE = [["version"], ["--version"], ["help"], ["help", "up"], ["up", "--help"], ["list"],
         ["list", "--json"]]
WITH_STACK = [
    ["env"], ["env", "--format", "json"], ["env", *ACCOUNT], ["kubeconfig"], ["status"],
    ["status", "--json"], ["explain", *ACCOUNT], ["explain", *ACCOUNT, "--json"],
    ["can", *ACCOUNT, "s3:GetObject", "arn:aws:s3:::your-bucket-name/hello.txt"], ["events"],
    ["events", "--count", "0.."], ["clock", "show"], ["wait", "association", *ACCOUNT],
    ["events", "--follow"], ["console"],
]
SERVERS = [[server, flag] for server in ("kubernetes-api", "aws-api", "node-agent")
           for flag in ("--help", "--version")]


def fails(words, environment, **options):
    for redirection in (">/dev/full", ">&-"):
        done = subprocess.run(
            ["sh", "-c", f'exec "$@" {redirection}', "sh", *words], env=environment, text=True,
            stderr=subprocess.PIPE, timeout=60, **options)
        assert done.returncode == 1, (words, redirection, done)
        assert done.stderr.count("\n") == 1 and "standard output: " in done.stderr, done


@pytest.mark.parametrize("words", ALONE + SERVERS, ids=" ".join)
def test_a_full_or_closed_output_fails(words, tmp_path):
    program = str(BIN / words[0]) if words in SERVERS else PODID
    words = [program, *(words[1:] if words in SERVERS else words)]
    fails(words, clean_environment(tmp_path))
    left = subprocess.run(
        ["sh", "-c", '"$@" | true; exec "$@" 2>&1 >&-', "sh", *words], text=True, timeout=60,
        env=clean_environment(tmp_path), capture_output=True)
    assert left.stderr == "" and "Broken pipe" not in left.stdout


@pytest.mark.parametrize("words", WITH_STACK, ids=" ".join)
def test_so_do_commands_of_a_stack(stack, words):
    fails([PODID, *words], stack.environment)


def test_a_reader_that_has_left_is_no_error(stack):
    for words in (["env"], ["events"], ["status"], ["explain", *ACCOUNT]):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run([PODID, *words], env=stack.environment, stdout=writing, timeout=60,
                              stderr=subprocess.PIPE, text=True)
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, ""), done


@pytest.mark.parametrize("how", [[], ["--detach"]])
def test_a_stack_of_which_nobody_can_be_told_is_not_left(tmp_path, how):
    environment = {**clean_environment(tmp_path)}
    fails([PODID, "up", "--free-ports", *how], environment, cwd=tmp_path)
    assert not (tmp_path / ".podid" / "stack.json").exists()
    assert json.loads(command([PODID, "list", "--json"], environment, True).stdout) == []


def test_a_server_needs_no_output(tmp_path):
    """Its ready line is for those who wait for it."""
    words = [str(BIN / "aws-api"), "--state", str(tmp_path / "state")]
    for flag in ("listen", "s3-listen", "admin-listen"):
        words += [f"--{flag}", "127.0.0.1:0"]
    with open("/dev/full", "w") as full:
        server = subprocess.Popen(words, env=clean_environment(tmp_path), stdout=full, text=True,
                                  stderr=subprocess.PIPE)
    line = server.stderr.readline()
    assert "the ready line cannot be written" in line
    server.terminate()
    assert server.wait(20) == 0
    server.stderr.close()
