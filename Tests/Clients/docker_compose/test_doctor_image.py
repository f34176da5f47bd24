"""podid doctor with a program in a container of a real engine."""

import json
import subprocess

import pytest
from conftest import PODID, clean_environment, until
from engine import REPOSITORY

SDK = REPOSITORY / "Tests/Clients/doctor_programs/small_sdk.py"
LOCAL = ["link-local-ipv4", "link-local-ipv6"]
IMAGE = "debian:bookworm-slim"


@pytest.fixture
def environment(engine, tmp_path):
    kept = {name: value for name, value in engine.environment.items() if name.startswith("DOCKER")}
    return {**clean_environment(tmp_path), **kept, "TMPDIR": str(tmp_path)}


def containers(engine):
    return engine.docker("ps", "-aq", "--filter", "name=podid-doctor-").stdout.split()


def test_a_program_in_a_container_is_examined(engine, environment):
    done = subprocess.run(
        [PODID, "doctor", "--json", "--image", IMAGE, "--", "python3", "-c", SDK.read_text()],
        env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    results = {finding["probe"]: finding["result"] for finding in json.loads(done.stdout)}
    assert len(results) == 10
    for probe, result in results.items():
        assert result == ("unknown" if probe in LOCAL else "pass"), (probe, done.stdout)
    assert containers(engine) == []


@pytest.mark.parametrize("script", ["exec sleep infinity", "trap '' TERM; while :; do sleep 1; done"])
def test_no_container_outlives_a_killed_doctor(engine, environment, script):
    doctor = subprocess.Popen(
        [PODID, "doctor", "--image", IMAGE, "--", "sh", "-c", script], env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: len(containers(engine)) >= 2, 60)
    finally:
        doctor.kill()
        doctor.wait()
    until(lambda: containers(engine) == [], 60)
