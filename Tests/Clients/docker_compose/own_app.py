"""An app's own compose project with the README's block, in a folder of its own."""

import json
import re
from contextlib import contextmanager

from engine import AWS_CLI, REPOSITORY
from project import Project, moved_ports

# What the block adds to the app's own lines must stay short.
APP_LINES = {"services:", "app:", "image: my-app"}
SLEEPING = """
services:
  app: {entrypoint: [sleep, infinity], stop_signal: SIGKILL}
"""


def readme_block(heading="## In docker compose"):
    """The first YAML block below a heading of the README."""
    text = (REPOSITORY / "README.md").read_text()
    return re.search(r"```yaml\n(.*?)```", text[text.index(heading):], re.S).group(1)


def added_lines():
    return [line for line in readme_block().splitlines()
            if line.strip() and line.strip() not in APP_LINES]


@contextmanager
def own_app(engine, folder, *files, block=None, further="", name="podid-own", up=(), **variables):
    """The project, up; `files` are compose files of ours between the block and the test's."""
    (folder / "podid").symlink_to(REPOSITORY)
    (folder / "compose.yaml").write_text((block or readme_block()).replace("my-app", AWS_CLI))
    (folder / "sleeping.yaml").write_text(SLEEPING)
    (folder / "further.yaml").write_text(further or "services: {}\n")
    project = Project(
        engine, name, folder / "compose.yaml", *files, folder / "sleeping.yaml",
        folder / "further.yaml", **{**moved_ports(), **variables})
    try:
        project.up(*up)
        yield project
    finally:
        project.down("-v", check=False)
    assert project.left() == []


def stack_keys(project):
    """What aws-api wrote: the root's pair and the two servers'."""
    for owner in ["root", "kubernetes-api", "node-agent"]:
        key = json.loads(project.exec(
            "aws-api", "cat", f"/keys/{owner}/credentials.json").stdout)
        yield key["accessKeyId"], key["secretAccessKey"]
