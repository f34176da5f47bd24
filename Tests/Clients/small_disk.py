"""Servers whose state is on a file system that is soon full."""

import contextlib
import subprocess

import pytest
from servers import Servers


@contextlib.contextmanager
def servers_on(folder, megabytes):
    """The servers and the file system's folder; their logs are beside it. Needs to be root."""
    small = folder / "small"
    small.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(small)],
        capture_output=True)
    if done.returncode != 0:
        pytest.skip("tmpfs cannot be mounted here")
    try:
        with Servers(small) as servers:
            servers.logs = folder
            yield servers, small
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)
