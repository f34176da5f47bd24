"""compose/dist: the tarball runs where it is unpacked, the image file loads, sums are right."""

import os
import subprocess

from conftest import clean_environment
from engine import BASE, REPOSITORY


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=600, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_what_is_passed_on(engine, tmp_path):
    environment = {**os.environ, **{
        name: engine.environment[name] for name in ["DOCKER_HOST", "DOCKER_CONFIG"]}}
    done = run(REPOSITORY / "compose/dist", env=environment)
    assert done.stdout.count(" MB\n") == 3
    # What it was made from; a base from this machine has no digest, which is said.
    assert f"\nbase {BASE}\n" in done.stdout and "a base with a digest" in done.stderr
    out = REPOSITORY / ".build/dist"
    sums, = out.glob("*.sha256")
    assert run("sha256sum", "-c", sums.name, cwd=out).stdout.count(": OK") == 3
    tarball, = out.glob("podid-*-linux-*.tar.gz")
    run("tar", "-xzf", tarball, "-C", tmp_path)
    unpacked, = tmp_path.glob("podid-*-linux-*")
    assert sorted(found.name for found in unpacked.iterdir()) == ["README.md", "bin", "share"]
    assert sorted(found.name for found in (unpacked / "share/podid").iterdir()) == [
        "podid", "seed", "workshop.md"]
    # With no checkout around it, it finds its seed.
    done = run(unpacked / "bin/podid", "test", "--", "true", env=clean_environment(tmp_path),
               cwd=tmp_path)
    assert done.stderr == ""
    image, = out.glob("podid-*-image.tar.gz")
    assert "podid:local" in engine.docker("load", "-i", image).stdout
