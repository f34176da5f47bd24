"""compose/podid on a host that has Docker alone: a folder, and a PATH without podid and Swift."""

import shutil
import subprocess
import time
from pathlib import Path

from conftest import clean_environment
from engine import COMPOSE
from project import moved_ports

WRAPPER = str(COMPOSE / "podid")
READER = ["--service-account", "default/s3-reader-sa"]


class Host:
    def __init__(self, engine, folder, **variables):
        self.folder = folder
        bin = folder / "bin"
        bin.mkdir()
        (bin / "docker").symlink_to(engine.client if "/" in engine.client
                                    else shutil.which(engine.client))
        for client in ["aws", "python3"]:
            # Not a link: Python finds its packages by the name it is called by.
            (bin / client).write_text(f'#!/bin/sh\nexec {shutil.which(client)} "$@"\n')
            (bin / client).chmod(0o755)
        self.environment = {
            **clean_environment(folder), **moved_ports(),
            **{name: engine.environment[name] for name in ["DOCKER_HOST", "DOCKER_CONFIG"]},
            "PATH": f"{bin}:/usr/bin:/bin", "PODID_HEALTH_INTERVAL": "500ms", **variables}
        for absent in ["podid", "swift"]:
            assert shutil.which(absent, path=self.environment["PATH"]) is None

    def podid(self, *words, check=True, timeout=180, **options):
        return self.run(WRAPPER, *words, check=check, timeout=timeout, **options)

    def run(self, *words, check=True, timeout=180, **options):
        done = subprocess.run(words, env=self.environment, cwd=self.folder, capture_output=True,
                              text=True, timeout=timeout, **options)
        assert not check or done.returncode == 0, (words, done)
        return done

    def sh(self, script, check=True):
        return self.run("sh", "-c", script.replace("podid ", WRAPPER + " "), check=check)

    def start(self, *words):
        return subprocess.Popen([WRAPPER, *words], env=self.environment, cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def state(self):
        """What the wrapper keeps on the host."""
        folder = Path(self.environment["XDG_STATE_HOME"]) / "podid" / "host"
        return sorted(folder.iterdir()) if folder.exists() else []


def until(what, seconds=30):
    """Waits for what Docker tells nobody."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := what():
            return found
        time.sleep(0.1)
    raise AssertionError("it does not happen")


def open_console(link):
    """The page behind a link, as a browser gets it."""
    import requests

    browser = requests.Session()
    browser.trust_env = False
    answer = browser.get(link, timeout=10)
    return answer, browser

