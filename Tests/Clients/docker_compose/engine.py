"""A Docker engine of the tests' own, Compose v2 from PyPI, and images made on this machine.

Of the machine's network nothing is changed but for one bridge, which goes again: no firewall rule,
no forwarding, no docker0.
What cannot be had here raises Missing with the reason, so that tests are skipped by name.
"""

import os
import shutil
import subprocess
from pathlib import Path

import docker_cache
from docker_cache import REPOSITORY, run

COMPOSE = REPOSITORY / "compose"
PROGRAMS = ["kubernetes-api", "aws-api", "node-agent", "podid"]
# Another name than the Dockerfile's own, to see that its argument is used.
BASE = "podid-test-base:bookworm"
AWS_CLI = "amazon/aws-cli:2.27.50"
MOTO = "motoserver/moto:5.1.5"


class Missing(Exception):
    """Why there is no engine on this machine."""


class Engine:
    """dockerd below a folder, until stop()."""

    def __init__(self, folder):
        if os.geteuid() != 0:
            raise Missing("dockerd needs root")
        for program in ["dockerd", "debootstrap"]:
            if not shutil.which(program):
                raise Missing(f"no {program}; compose/install --test puts it in")
        self.folder = folder
        self.log = open(folder / "dockerd.log", "w")
        self.bridge = make_bridge()
        self.socket = folder / "docker.sock"
        self.process = subprocess.Popen(
            ["dockerd", f"--bridge={self.bridge or 'none'}", "--iptables=false", "--ip6tables=false",
             "--ip-forward=false", "--ip-masq=false", "--data-root", folder / "data",
             "--exec-root", folder / "exec", "-p", folder / "docker.pid",
             "-H", f"unix://{self.socket}"],
            stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        self.environment = {
            **{name: value for name, value in os.environ.items()
               if not name.startswith(("AWS_", "PODID_", "COMPOSE_", "DOCKER_"))},
            "DOCKER_HOST": f"unix://{self.socket}", "DOCKER_CONFIG": str(folder / "config"),
            "DOCKER_BUILDKIT": "1",
        }
        # Debian's client builds with BuildKit; one without buildx does not.
        self.client = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"
        try:
            self.wait()
        except BaseException:  # whoever is told to end before the engine is another's to stop
            self.stop()
            raise

    def wait(self):
        import time

        for _ in range(300):
            if self.process.poll() is not None:
                break
            if self.docker("version", check=False).returncode == 0:
                return
            time.sleep(0.1)  # the engine tells nobody when it is ready
        words = Path(self.log.name).read_text().strip().splitlines()[-1:]
        raise Missing(f"dockerd does not start here: {words}")

    def docker(self, *words, **options):
        return run(self.client, *words, env=self.environment, **options)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self.log.close()
        if self.bridge:
            run("ip", "link", "del", self.bridge, check=False)
        run("umount", self.folder / "exec" / "netns" / "default", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    # Compose v2 and images.

    def install_compose(self):
        program = docker_cache.compose()
        self.compose_program = str(program)
        # As `docker compose` too, for scripts that call it so.
        plugins = self.folder / "config" / "cli-plugins"
        plugins.mkdir(parents=True)
        (plugins / "docker-compose").symlink_to(program)

    def make_base(self):
        """debian:bookworm-slim, by debootstrap."""
        archive = docker_cache.base()
        self.docker("import", "-c", 'CMD ["bash"]', archive, "debian:bookworm-slim")
        self.docker("tag", "debian:bookworm-slim", BASE)

    def make_clients(self):
        """What stands for the AWS CLI's image and for moto's."""
        folder = docker_cache.clients()
        (folder / "moto.Dockerfile").write_text(
            f"FROM {AWS_CLI}\nENTRYPOINT [\"python3\", \"-m\", \"moto.server\", \"-H\", "
            "\"0.0.0.0\"]\n")
        (folder / "Dockerfile").write_text(
            "FROM debian:bookworm-slim\nCOPY site /opt/site\nCOPY aws /usr/local/bin/\n"
            "ENV PYTHONPATH=/opt/site\nENTRYPOINT [\"aws\"]\n")
        self.docker("build", "-q", "-t", AWS_CLI, folder)
        self.docker("build", "-q", "-t", MOTO, "-f", folder / "moto.Dockerfile", folder)

    def make_podid(self, binaries, folder):
        """The shipped Dockerfile's last stage over release binaries that were built outside."""
        self.docker(
            "build", "-q", "--network=host", "--target", "runtime", "--build-arg", f"BASE={BASE}",
            "-t", "podid-runtime", "-f", COMPOSE / "Dockerfile", REPOSITORY)
        folder.mkdir()
        for program in PROGRAMS:
            shutil.copy(binaries / program, folder)
        shutil.copytree(REPOSITORY / "seed", folder / "seed")
        (folder / "compose").mkdir()
        shutil.copy(COMPOSE / "podid", folder / "compose")
        shipped = (COMPOSE / "Dockerfile").read_text().split("FROM runtime\n")[1]
        shipped = shipped.replace("COPY --from=build /out/", "COPY " + " ".join(PROGRAMS))
        (folder / "Dockerfile").write_text("FROM podid-runtime\n" + shipped)
        self.docker("build", "-q", "--build-arg", f"BASE={BASE}", "-t", "podid:local", folder)


def make_bridge():
    """A bridge for containers without a network of their own; None where there can be none."""
    name = f"podid{os.getpid()}"
    for words in [["link", "add", name, "type", "bridge"],
                  ["addr", "add", "172.31.254.1/24", "dev", name], ["link", "set", name, "up"]]:
        if run("ip", *words, check=False).returncode != 0:
            run("ip", "link", "del", name, check=False)
            return None
    return name
