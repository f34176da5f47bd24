"""A docker that has no engine: it checks what podid asks for, and runs the command here.

What it was called with goes to a file, a JSON array a line.
"""

import json
import os
import sys

LOG = os.environ["FAKE_DOCKER_LOG"]
words = sys.argv[1:]
with open(LOG, "a") as log:
    log.write(json.dumps(words) + "\n")
if os.environ.get("FAKE_DOCKER_BROKEN"):
    sys.exit("Cannot connect to the Docker daemon at unix:///nowhere. Is it running?")
if words[0] == "version":
    print("28.2.2")
elif words[0] == "info":
    print(os.environ.get("FAKE_DOCKER_INFO", "Debian GNU/Linux 12 [name=seccomp]"))
elif words[0] == "image":
    if not os.path.exists(LOG + ".pulled"):
        sys.exit("Error response from daemon: no such image: an/image:1")
    print(os.environ.get("FAKE_DOCKER_USER", ""))
elif words[0] == "pull":
    if words[-1] != "an/image:1":
        sys.exit(f"Error response from daemon: manifest for {words[-1]} not found")
    open(LOG + ".pulled", "w").close()
elif words[0] == "run":
    environment = {"PATH": os.environ["PATH"], "HOME": "/"}
    mounts = {}
    rest = iter(words[1:])
    for word in rest:
        if word in ("--rm", "--init"):
            continue
        if word == "--env":
            name = next(rest)
            assert "=" not in name, "values stay off the command line"
            environment[name] = os.environ[name]
        elif word == "--volume":
            source, target, mode = next(rest).split(":")
            assert mode == "ro" and os.path.isdir(source)
            mounts[target] = source
        elif word in ("--network", "--name", "--user"):
            value = next(rest)
            assert word != "--network" or value == "host"
            assert word != "--user" or value == f"{os.getuid()}:{os.getgid()}"
        else:
            assert word == "an/image:1", word
            break
    # A container finds its files where a pod has them; here they are where the engine would look.
    file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]
    folder, name = os.path.split(file)
    assert folder == "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount"
    environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = f"{mounts[folder]}/{name}"
    command = list(rest)
    os.execvpe(command[0], command, environment)
elif words[0] == "rm":
    assert words[1] == "--force" and words[2].startswith("podid-doctor-")
else:
    sys.exit(f"unexpected: {words}")
