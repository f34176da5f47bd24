"""Names that shells keep for themselves, in a pod's env: `podid env` is taken whole all the same."""

import json
import re
import shutil
import subprocess

import pytest
from conftest import PODID, start_stack, stop_stack

# How each shell tells which variables it has.
ASK = {
    "zsh": ["zsh", "-fc", "zmodload zsh/parameter zsh/zleparameter zsh/datetime zsh/mapfile "
            "zsh/system zsh/termcap zsh/terminfo zsh/langinfo zsh/sched zsh/watch 2>/dev/null; "
            "print -l -- ${(k)parameters}"],
    "bash": ["bash", "-c", "compgen -v"],
    "mksh": ["mksh", "-c", "typeset"],
    "fish": ["fish", "-c", "set -n"],
}
# What shells have in some mode or build that the machine's may not.
FURTHER = """ARGC COMPREPLY COPROC ERRNO EXECSHELL FUNCNAME GROUPS HOST MAPFILE PIPESTATUS REPLY
READLINE_LINE TTY USERNAME VENDOR WATCH match mbegin mend region_highlight reply status""".split()


def names():
    found = set(FURTHER)
    for shell, words in ASK.items():
        if shutil.which(shell):
            said = subprocess.run(words, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True)
            found |= {line.split("=")[0].split()[-1] for line in said.stdout.splitlines() if line}
    return sorted(name for name in found if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name))


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """A stack with the pod that `podid env` uses, whose env has all these names."""
    folder = tmp_path_factory.mktemp("shell-names")
    seed = folder / "seed"
    (seed / "kubernetes").mkdir(parents=True)
    env = [{"name": name, "value": "C" if name.startswith(("LANG", "LC_")) else "1"}
           for name in [*names(), "zzz_last"]]
    (seed / "kubernetes" / "pod.yaml").write_text("\n---\n".join(map(json.dumps, [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "app"}},
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "podid-env-app"}, "spec": {
            "serviceAccountName": "app", "containers": [{"name": "c", "image": "i", "env": env}]}}])))
    process, stack = start_stack(folder, "--seed", str(seed))
    yield stack, folder
    stop_stack(process)


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh", "mksh"])
def test_env_is_taken_whole_in_a_shell(crowded, shell):
    stack, folder = crowded
    if not shutil.which(shell):
        pytest.skip(f"no {shell} on this machine")
    options = ["-f"] if shell == "zsh" else []
    user = {**stack.environment, "AWS_PROFILE": "prod"}
    script = (f'eval "$({PODID} env --service-account default/app 2>warned)"; echo "code $?"; env')
    done = subprocess.run([shell, *options, "-c", script], env=user, cwd=folder, text=True,
                          capture_output=True, timeout=60)
    assert "code 0\n" in done.stdout and done.stderr == "", done
    shown = dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)
    assert shown["AWS_ENDPOINT_URL"] == stack["aws"]["url"] and shown["zzz_last"] == "1"
    assert "AWS_PROFILE" not in shown and "PODID_ENV_NAMES" in shown
    warned = (folder / "warned").read_text()
    assert "names that shells keep for themselves" in warned


def test_what_says_where_the_stack_is_comes_first(crowded):
    """A shell that has further names of its own stops after it."""
    stack, _ = crowded
    said = stack.podid("env", "--service-account", "default/app").stdout
    lines = re.findall(r"^export ([A-Za-z_0-9]+)=", said, re.M)
    own = [name for name in lines if re.match("AWS_|PODID_|KUBECONFIG$|NO_PROXY$|no_proxy$", name)]
    assert lines[:len(own)] == own and "PODID_ENV_NAMES" in own and len(own) < len(lines)


def test_programs_get_these_names(crowded):
    stack, _ = crowded
    done = stack.podid("run", "--service-account", "default/app", "--pod", "podid-env-app", "--", "env")
    assert {"status=1", "ARGC=1", "options=1", "zzz_last=1"} <= set(done.stdout.splitlines())
