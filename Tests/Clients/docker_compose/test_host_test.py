"""`compose/podid test` on a host with Docker alone: a failing and a passing test, red and green for
the right reason, and nothing left of either."""

import shutil

import pytest
from engine import REPOSITORY
from host_podid import READER, WRAPPER, Host

LIST = "aws s3 ls s3://your-bucket-name"
AS_ROOT = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test "


@pytest.fixture(scope="module")
def host(engine, tmp_path_factory):
    if engine.bridge is None:
        pytest.skip("no bridge for containers without a network of their own")
    # The keys that a developer's machine has, so that a fallback to them would work.
    host = Host(engine, tmp_path_factory.mktemp("test"), PODID_IMAGE="podid-with-known-keys")
    engine.docker("build", "-q", "-t", "podid-with-known-keys", "-", input=(
        "FROM podid:local\nENV PODID_AWS_API_ROOT_CREDENTIALS=test\n"))
    yield host
    left = engine.docker("ps", "-aq", "--filter", "name=podid-test-").stdout
    assert left == "" and [place.name for place in host.state()
                           if place.name.startswith("run.")] == []


def test_a_passing_test(host):
    done = host.podid("test", *READER, "--", "sh", "-c", LIST)
    assert "hello.txt" in done.stdout and "podid" not in done.stderr, done


def test_a_failing_test(host):
    done = host.podid("test", *READER, "--", "sh", "-c", f"{LIST}; exit 7", check=False)
    assert done.returncode == 7
    assert "ListObjectsV2 default/s3-reader-sa" in done.stderr and "CreateRole" not in done.stderr


@pytest.mark.parametrize("script, code", [
    (f"{AS_ROOT}{LIST}", 1), (f"{LIST}; aws --no-sign-request s3 ls s3://your-bucket-name || true", 1),
    (LIST, 0)])
def test_calls_as_somebody_else_are_red(host, script, code):
    for rule in [READER, [*READER, "--only-role", "s3-reader-role"]]:
        done = host.podid("test", *rule, "--", "sh", "-c", script, check=False)
        assert done.returncode == code, done
        assert ("otherwise than as" in done.stderr) == (code == 1)
    assert host.podid("test", *READER, "--any-role", "--", "sh", "-c", script).returncode == 0


def test_without_an_account_it_is_the_root(host):
    done = host.podid("test", "--", "sh", "-c", "aws sts get-caller-identity; " + LIST)
    assert "arn:aws:iam::111122223333:root" in done.stdout and "hello.txt" in done.stdout


def test_seeds_of_the_host(host, tmp_path):
    seed = tmp_path / "a seed"
    shutil.copytree(REPOSITORY / "seed", seed, ignore=shutil.ignore_patterns("workshop"))
    (seed / "s3" / "your-bucket-name" / "own.txt").write_text("own\n")
    done = host.podid("test", "--seed", str(seed), *READER, "--", "sh", "-c", LIST)
    assert "own.txt" in done.stdout


def test_the_kits_work_with_it(host):
    """Denial, throttling and expiry, from Docker alone."""
    kit = REPOSITORY / "Tests" / "Examples"
    words = ["test", "--credential-lifetime", "60s"]
    host.environment.update(PODID=WRAPPER, PYTHONDONTWRITEBYTECODE="1")
    done = host.podid(*words, "--", str(kit / "kit-shell" / "check.sh"), timeout=400)
    assert done.stdout.splitlines()[-1] == "all as expected"
    done = host.podid(*words, "--", "python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                      str(kit / "kit-pytest"), timeout=600)
    assert "5 passed" in done.stdout
