"""A compose project of a test: its files, its variables, and what its commands print."""

import json
import subprocess

from engine import COMPOSE, run


class Project:
    def __init__(self, engine, name, *files, **variables):
        self.engine = engine
        self.name = name
        self.files = files or (COMPOSE / "compose.yaml",)
        # Healthy sooner, for there are many stacks to wait for.
        self.environment = {
            **engine.environment, "PODID_HEALTH_INTERVAL": "500ms", **variables}

    def compose(self, *words, check=True, timeout=180, **options):
        files = [word for file in self.files for word in ("-f", file)]
        return run(
            self.engine.compose_program, "-p", self.name, *files, *words, check=check,
            env=self.environment, timeout=timeout, **options)

    def start(self, *words):
        """A command of compose in the background."""
        files = [str(word) for file in self.files for word in ("-f", file)]
        return subprocess.Popen(
            [self.engine.compose_program, "-p", self.name, *files, *words], env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def up(self, *words, check=True):
        return self.compose("up", "--wait", "--wait-timeout", "60", *words, check=check)

    def down(self, *words, check=True):
        return self.compose(
            "--profile", "*", "down", "--remove-orphans", "-t", "5", *words, check=check)

    def logs(self, *services):
        return self.compose("--profile", "*", "logs", "--no-log-prefix", *services).stdout

    def run(self, service, *words, check=True, flags=()):
        """A one-off container of a service."""
        return self.compose("run", "--rm", "-T", *flags, service, *words, check=check)

    def exec(self, service, *words, check=True):
        return self.compose("exec", "-T", service, *words, check=check)

    def podid(self, *words, check=True):
        return self.run("podid", *words, check=check, flags=("--no-deps",))

    def container(self, service):
        return self.compose("--profile", "*", "ps", "-aq", service).stdout.split()[0]

    def inspect(self, service):
        return json.loads(self.engine.docker("inspect", self.container(service)).stdout)[0]

    def left(self):
        """What Docker still has of this project: containers, volumes, networks."""
        found = []
        for kind, field in [("container", "{{.Names}}"), ("volume", "{{.Name}}"),
                            ("network", "{{.Name}}")]:
            listed = self.engine.docker(
                kind, "ls", *(["-a"] if kind == "container" else []), "--filter",
                f"label=com.docker.compose.project={self.name}", "--format", field)
            found += listed.stdout.split()
        return found


def moved_ports():
    """The variables that move the published ports."""
    names = ["PODID_KUBERNETES_PORT", "PODID_AWS_PORT", "PODID_S3_PORT", "PODID_AGENT_PORT",
             "PODID_CONSOLE_PORT"]
    from servers import free_port  # which takes the environment of the conftest that takes this

    return {name: str(free_port()) for name in names}
