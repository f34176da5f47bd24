"""A machine that has no AWS CLI on PATH: podid says where one is, before anything has begun."""

import shutil

import pytest
from conftest import BIN, PODID, REPOSITORY, clean_environment, command

PROGRAMS = ["podid", "kubernetes-api", "aws-api", "node-agent"]


@pytest.fixture
def bare(tmp_path):
    """An environment whose PATH has nothing but a shell."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sh").symlink_to("/bin/sh")
    return {**clean_environment(tmp_path), "PATH": str(tools), "TMPDIR": str(tmp_path)}


@pytest.fixture
def checkout(tmp_path):
    """The build of a checkout in which compose/run has put an AWS CLI."""
    build = tmp_path / "a checkout" / ".build"
    (build / "debug").mkdir(parents=True)
    for name in PROGRAMS:
        shutil.copy(BIN / name, build / "debug" / name)
    shutil.copytree(REPOSITORY / "seed", build.parent / "seed")
    (build.parent / "Package.swift").touch()
    (build / "bin").mkdir()
    (build / "bin" / "aws").write_text("#!/bin/sh\necho 'aws-cli/2.27.50 Python/3.13.4'\n")
    (build / "bin" / "aws").chmod(0o755)
    return build


def version_only(folder, line):
    """An AWS CLI that tells its version."""
    (folder / "aws").write_text(f"#!/bin/sh\necho '{line}'\n")
    (folder / "aws").chmod(0o755)


def test_run_says_where_the_checkouts_program_is(stack, checkout, bare, tmp_path):
    podid = str(checkout / "debug" / "podid")
    words = ["run", "--service-account", "default/s3-reader-sa", "--"]
    environment = {**bare, "PODID_STACK": stack.path}
    done = command([podid, *words, "aws", "--version"], environment, False, cwd=tmp_path)
    assert done.returncode == 127 and done.stderr == (
        "podid: aws: No such file or directory\n"
        f"podid: this checkout has one, {checkout}/bin/aws; for all commands: "
        f"export PATH='{checkout}/bin':\"$PATH\"\n")
    # The line is right, and what nobody has is not offered.
    line = done.stderr.split("commands: ")[1].strip()
    done = command(["/bin/sh", "-c", f'{line}; aws'], bare, True)
    assert done.stdout.startswith("aws-cli/")
    done = command([podid, *words, "nothing-of-the-kind"], environment, False, cwd=tmp_path)
    assert done.returncode == 127 and done.stderr.count("\n") == 1
    done = command([podid, *words, "./aws"], environment, False, cwd=tmp_path)
    assert done.returncode == 127 and done.stderr.count("\n") == 1


@pytest.mark.parametrize("version, reason", [
    (None, "aws: there is no such program"), ("aws-cli/2.9.19 Python/3.11.2", "aws is 2.9"),
    ("aws-cli/1.29.85 Python/3.8", "aws is 1.29")])
def test_the_demo_looks_for_its_program_before_the_first_hop(bare, tmp_path, version, reason):
    if version:
        version_only(tmp_path / "tools", version)
    environment = {**bare, "PODID_AWS_CLI": "aws"}
    before = set(tmp_path.iterdir())
    for words in ([], ["--json"], ["--step"]):
        done = command([PODID, "demo", *words], environment, False, cwd=tmp_path)
        assert done.returncode == 1 and done.stdout == "" and done.stderr.count("\n") == 1
        assert reason in done.stderr and "1.30 or 2.15" in done.stderr
        assert "compose/run" in done.stderr and "pip install awscli" in done.stderr
    assert set(tmp_path.iterdir()) == before


def test_the_demo_takes_the_checkouts_where_paths_is_too_old(checkout, bare, tmp_path):
    version_only(tmp_path / "tools", "aws-cli/2.9.19 Python/3.11.2")
    done = command([str(checkout / "debug" / "podid"), "demo"], bare, False, cwd=tmp_path)
    assert "✓ 200 AccessKeyId" in done.stdout and "aws-cli/2.27.50" in done.stdout
