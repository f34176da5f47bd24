"""Fixtures of the tests with containers; the conftest beside them takes them up."""

import os
import signal
import tempfile
from pathlib import Path

import pytest
from docker_cache import CACHE, REPOSITORY
from engine import Engine, Missing
from project import Project, moved_ports


def end_once(number, _):
    """Ends the tests as ctrl-C does. Told again, as by a process group and by compose/test, they go on
    taking the engine down."""
    signal.signal(number, lambda *_: None)
    raise KeyboardInterrupt


@pytest.fixture(scope="session")
def engine():
    """An engine with all images; skips by name where there can be none."""
    if os.environ.get("PODID_SKIP_COMPOSE") == "1":
        pytest.skip("docker compose: PODID_SKIP_COMPOSE=1")
    binaries = Path(os.environ.get("PODID_RELEASE_BIN", REPOSITORY / ".build" / "release"))
    if not (binaries / "podid").exists():
        pytest.skip(f"docker compose: no release build in {binaries}")
    # Whoever is told to end takes the engine down first.
    signal.signal(signal.SIGTERM, end_once)
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="podid-docker-"))
    try:
        engine = Engine(folder)
    except Missing as reason:
        pytest.skip(f"docker compose: {reason}")
    try:
        engine.install_compose()
        engine.make_base()
        engine.make_clients()
        engine.make_podid(binaries, folder / "image")
        yield engine
    finally:
        engine.stop()


@pytest.fixture(scope="module")
def project(engine):
    """The stack of compose.yaml, up, for the tests of one module; its ports are moved."""
    project = Project(engine, "podid-test", **moved_ports())
    try:
        project.up()
        yield project
    finally:
        project.down("-v", check=False)
    assert project.left() == []
