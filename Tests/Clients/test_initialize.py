"""`node-agent initialize` and `--link-local`, inside of network namespaces of the tests' own."""

import json
import os
import subprocess

import pytest
from conftest import BIN, clean_environment

AGENT = BIN / "node-agent"


@pytest.fixture
def namespace(tmp_path):
    """Runs words in a new network namespace whose loopback is up; skips where none is allowed."""
    unshare = ["unshare", "-n" if os.geteuid() == 0 else "-rn"]
    probe = subprocess.run(
        [*unshare, "ip", "link", "set", "lo", "up"], capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip("no network namespace on this machine: initialize untested")

    def run(script, **variables):
        environment = {**clean_environment(tmp_path), "AGENT": str(AGENT), **variables}
        done = subprocess.run(
            [*unshare, "sh", "-c", "ip link set lo up; " + script], env=environment,
            cwd=tmp_path, capture_output=True, text=True, timeout=60)
        return done.stdout + done.stderr

    return run


def test_both_addresses_come_and_go(namespace):
    output = namespace(
        "$AGENT initialize && ip -o addr show lo; $AGENT initialize; echo second $?; "
        "$AGENT initialize --undo; echo left $(ip -o addr show lo | grep -c -e 169.254 -e ec2)")
    assert "inet 169.254.170.23/32 scope host lo" in output
    if os.path.exists("/proc/net/if_inet6"):
        assert "inet6 fd00:ec2::23/128" in output
    assert "169.254.170.23 is on this host already" in output
    assert "second 1" in output and "left 0" in output


def test_a_real_platform_is_left_alone(namespace):
    output = namespace(
        "$AGENT initialize; echo first $?; ip -o addr show lo",
        AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/real")
    assert "first 1" in output and "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set" in output
    assert "169.254" not in output


def test_wrong_arguments_are_64(namespace):
    assert "code 64" in namespace("$AGENT initialize --nosuch; echo code $?")


def test_the_link_local_addresses_answer(namespace, tmp_path):
    program = tmp_path / "ask.py"
    program.write_text(
        "import json, os, subprocess, urllib.error, urllib.request\n"
        "agent = subprocess.Popen([os.environ['AGENT'], '--link-local', '--listen',\n"
        "  '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--probe-listen', '127.0.0.1:0',\n"
        "  '--metrics-listen', '127.0.0.1:0', '--state', 'state'], stdout=subprocess.PIPE)\n"
        "print(agent.stdout.readline().decode())\n"
        "for host in ('169.254.170.23', '[fd00:ec2::23]'):\n"
        "  try: urllib.request.urlopen(f'http://{host}/v1/credentials', timeout=5)\n"
        "  except urllib.error.HTTPError as e: print(host, e.code, e.read().decode())\n"
        "  except OSError as e: print(host, e)\n"
        "agent.terminate(); print('ended', agent.wait(10))\n")
    output = namespace("$AGENT initialize >/dev/null; python3 ask.py; true")
    ready = next(json.loads(line) for line in output.splitlines() if '"ready"' in line)
    assert "http://169.254.170.23:80" in ready["listen"]
    assert "169.254.170.23 400 Service account token cannot be empty" in output
    if os.path.exists("/proc/net/if_inet6"):
        assert "[fd00:ec2::23] 400 Service account token cannot be empty" in output
    assert "ended 0" in output
