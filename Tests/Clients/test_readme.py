"""The README's commands, run as they stand there."""

import os
import re
import shutil

import pytest
from conftest import BIN, PODID, REPOSITORY, clean_environment, command


def blocks():
    text = (REPOSITORY / "README.md").read_text()
    found = re.findall(r"```sh\n(.*?)```", text, re.S)
    # Those of docker compose have a test of their own, with an engine.
    return [block for block in found if not block.startswith("docker ")]


def test_the_readmes_commands_work(tmp_path):
    if shutil.which("kubectl") is None:
        pytest.skip("no kubectl on this machine: the README's block with it is untested")
    tools = tmp_path / "bin"
    tools.mkdir()
    # The same commands, on ports that are free on this machine.
    (tools / "podid").write_text(
        f'#!/bin/sh\ncase "$1" in up) exec {PODID} "$@" --free-ports;; esac\n'
        f'exec {PODID} "$@"\n')
    (tools / "podid").chmod(0o755)
    environment = clean_environment(tmp_path)
    environment["PATH"] = f"{tools}:{environment['PATH']}"
    lines = []
    for block in blocks():
        if "compose/" in block:
            for word in block.split():
                if word.startswith("compose/"):
                    assert os.access(REPOSITORY / word, os.X_OK), word
            continue
        lines += block.strip().splitlines()
    assert len(lines) >= 8
    script = "set -e\n" + "\n".join(lines)
    try:
        done = command(["bash", "-c", script], environment, True, cwd=tmp_path, timeout=300)
    finally:
        command([str(BIN / "podid"), "down"], environment, False, cwd=tmp_path)
    for text in ("assumed-role/s3-reader-role/", "s3-reader-sa", "associationId",
                 "statement ReadTheBucket", "AssumeRoleForPodIdentity"):
        assert text in done.stdout, text


def test_the_demo_is_what_the_readme_shows(tmp_path):
    text = (REPOSITORY / "README.md").read_text()
    shown = re.search(r"```\n(1 kubectl apply.*?)```", text, re.S)[1]
    done = command([PODID, "demo"], clean_environment(tmp_path), True, cwd=tmp_path)
    assert len(done.stdout.splitlines()) <= 25

    def shape(output):
        output = re.sub(r"127\.0\.0\.1:\d+", "PORT", output)
        output = re.sub(r"ASIA\w{16}", "KEY", output)
        output = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\dZ?", "TIME", output)
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", output).strip()

    assert shape(done.stdout) == shape(shown)
