"""The page of fault recipes: each row is run with the SDKs of its columns, each with its own stack."""

import json
import re
import shlex
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import AWSCRT, PODID, REPOSITORY, start_stack, stop_stack

ACCOUNT = "default/s3-reader-sa"
PROGRAMS = Path(__file__).parent / "fault_clients"
SHORT = {"PODID_AWS_API_CREDENTIAL_LIFETIME": "60s"}


def rows():
    """(section, command, {client: cell}) of each row of the page's tables."""
    section, header, found = "", [], []
    for line in (REPOSITORY / "compose/fault-recipes.md").read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        if not line.startswith("| "):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "command":
            header = [name.lower() for name in cells[1:]]
            continue
        command = re.search("`(.*?)`", cells[0])[1]
        found.append((section, command, dict(zip(header, cells[1:]))))
    return found


def expected(cell):
    """The lines that a cell stands for: `works`, `waits`, or a part of an error's text."""
    parts = cell.split(", then ")
    texts = [re.search("`(.*?)`", part) for part in parts]
    return [text[1] if text else re.match("works|waits", part)[0]
            for part, text in zip(parts, texts)]


@pytest.fixture(scope="module")
def stacks(tmp_path_factory):
    """A stack for each client and lifetime of credentials, started when one is asked for."""
    started = {}

    def find(client, variables):
        key = (client, *variables)
        if key not in started:
            started[key] = start_stack(tmp_path_factory.mktemp(client), variables=variables)
        return started[key][1]

    yield find
    for process, _ in started.values():
        stop_stack(process)


def python_lines(stack, client, prefix, between):
    done = stack.run_as(ACCOUNT, *prefix, "python3", str(PROGRAMS / f"{client}_calls.py"), *between)
    return done.stdout.splitlines()


def terraform_lines(stack, folder, patience):
    shutil.copy(PROGRAMS / "backend.tf", folder)
    words = ["env", "TF_CLI_CONFIG_FILE=/dev/null", "timeout", "-s", "KILL", patience, "terraform",
             f"-chdir={folder}", "init", "-no-color", "-input=false"]
    done = stack.run_as(ACCOUNT, *words, check=False)
    if done.returncode in (0, 137):
        return ["waits" if done.returncode else "works"]
    return [" ".join(done.stderr.replace("\u2502", " ").split())]


def outcome(stack, client, section, command, cell, folder):
    """What a client prints, and how often each fault was met; the stack is as before afterwards."""
    words = shlex.split(command)
    # Who is to wait still waits after 8 s; the others are done by then, unless the machine is busy.
    patience = "8" if "waits" in expected(cell) else "60"
    prefix, between = ["env", f"PATIENCE={patience}"], []
    if client == "awscrt":
        prefix.append(f"PYTHONPATH={AWSCRT}")
    if words[0] == "faketime":
        prefix += words
    elif section == "At the first fetch":
        subprocess.run([PODID, *words[1:]], env=stack.environment, check=True,
                       stdout=subprocess.DEVNULL)
    else:
        between = [PODID, *words[1:]]
    try:
        if client == "terraform":
            lines = terraform_lines(stack, folder, patience)
        else:
            lines = python_lines(stack, client, prefix, between)
        return lines, met(stack)
    finally:
        restore(stack)


def met(stack):
    for _ in range(100):
        listed = stack.podid("fault", "list", "--json", check=False)
        if listed.returncode == 0:  # else a server restarts just now
            return [fault["met"] for server in json.loads(listed.stdout).values()
                    for fault in server["faults"]]
        time.sleep(0.1)
    raise AssertionError(listed.stderr)


def restore(stack):
    """Clears faults and clock; a server that restarts has a moment for it."""
    for words in (["fault", "clear"], ["clock", "reset"]):
        for _ in range(50):
            if stack.podid(*words, check=False).returncode == 0:
                break
            time.sleep(0.1)


@pytest.mark.parametrize("section,command,cells", rows(), ids=[
    f"{section.split()[-1]}: {command}" for section, command, _ in rows()])
def test_a_recipe_ends_as_the_page_says(stacks, tmp_path, section, command, cells):
    skipped = [client for client in cells if client == "terraform" and not shutil.which(client)]
    clients = [client for client in cells if client not in skipped]
    variables = SHORT if section == "During a refresh" else {}
    found = [stacks(client, variables) for client in clients]
    with ThreadPoolExecutor() as pool:
        results = pool.map(
            lambda pair: outcome(
                pair[1], pair[0], section, command, cells[pair[0]], tmp_path),
            zip(clients, found))
        for client, (lines, counts) in zip(clients, results):
            assert 0 not in counts or "no such call" in cells[client], (client, counts)
            wanted = expected(cells[client])
            assert all(text in line for text, line in zip(wanted, lines)), (client, lines)
            assert len(lines) >= len(wanted), (client, lines)
            assert "works" not in wanted[-1:] or lines[-1] == "works", (client, lines)
    if skipped:
        pytest.skip("no terraform on this machine: its column was not run")
