"""Words of the command line: completion, manual pages, colours, JSON, misspellings."""

import json
import os
import pty
import re
import shutil
import subprocess

import pytest
from conftest import PODID, REPOSITORY, clean_environment, command


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    return clean_environment(tmp_path_factory.mktemp("words"))


def podid(environment, *words, check=True):
    return command([PODID, *words], environment, check)


def commands(environment):
    return re.findall(r"^  podid (\S+)", podid(environment, "help").stdout, re.M)


def test_misspelt_words_are_answered_with_the_likely_one(environment):
    for words, meant in [
        (["statsu"], '"status"'), (["help", "explian"], '"explain"'), (["up", "--detatch"], "--detach"),
        (["fault", "add", "trunkate"], '"truncate"'), (["fault", "lsit"], '"list"'),
        (["clock", "rest"], '"reset"'), (["wait", "asociation"], '"association"'),
        (["completion", "bsh"], '"bash"'),
    ]:
        done = podid(environment, *words, check=False)
        assert done.returncode == 64 and meant in done.stderr, (words, done)
        assert done.stderr.count("\n") == 1 and done.stdout == ""


def test_a_command_without_the_dashes_before_it_is_shown_with_them(environment):
    for words, right in [
        (["test", "aws", "s3", "ls"], "podid test -- aws s3 ls"),
        (["run", "--service-account", "x", "aws", "s3", "ls", "--recursive"],
         "podid run --service-account x -- aws s3 ls --recursive"),
        (["doctor", "sh", "-c", "a b"], "podid doctor -- sh -c 'a b'"),
    ]:
        done = podid(environment, *words, check=False)
        name = right.split(" -- ")[1].split()[0]
        assert (done.returncode, done.stderr) == (
            64, f'podid {words[0]}: unexpected "{name}"; a command comes after --: {right}\n'), words


def test_bad_values_of_flags_are_told_by_podid(environment, tmp_path):
    for words in [
        ["up", "--credential-lifetime", "5x"], ["up", "--aws-listen", "x"],
        ["test", "--credential-lifetime", "5x", "--", "true"], ["demo", "--credential-lifetime", "0s"],
        ["doctor", "--timeout", "5x", "--", "true"], ["test", "--service-account", "/", "--", "true"],
        ["env", "--format", "x"], ["console", "--listen", "x"], ["wait", "event", "--timeout", "5x"],
        ["events", "--since", "soon"], ["fault", "add", "error", "--delay", "5x"],
    ]:
        done = command([PODID, *words], environment, False, cwd=tmp_path)
        assert done.returncode in (1, 64), (words, done)
        assert all(line.startswith("podid") for line in done.stderr.splitlines()), (words, done)


def test_help_lists_the_actions_that_servers_have(environment, stack):
    text = podid(environment, "help", "fault").stdout
    told = re.findall(r"^    ([a-z-]+) ", text, re.M)
    known = set()
    for server in json.loads(stack.podid("fault", "list", "--json").stdout).values():
        known |= set(server["actions"]) | set(server["special"])
    assert set(told) == known and len(told) == len(known)
    assert podid(environment, "fault", "--help").stdout == text


BASH = r"""
source /dev/stdin
for line in "$@"; do
  IFS=' ' read -ra COMP_WORDS <<<"$line"
  [[ $line == *' ' ]] && COMP_WORDS+=("")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _podid
  (IFS=' '; echo "${COMPREPLY[*]}")
done
"""
FISH = r"""
podid completion fish | source
for line in $argv
  echo (complete -C $line | string replace -r '\t.*' '')
end
"""
ZSH = r"""
zmodload zsh/zpty
zpty podid zsh -f -i
zpty -w podid 'PS1=; autoload -Uz compinit; compinit -u -D; eval "$(podid completion zsh)"'
# A key that tells what is on the line, once completion put it there, and empties it.
zpty -w podid 'tell() { print -r -- "LINE<$BUFFER>"; BUFFER= }; zle -N tell; bindkey "^X" tell; print REA''DY'
zpty -r -m podid out '*READY*'
for line in "$@"; do
  zpty -w -n podid "$line"$'\t\x18'
  zpty -r -m podid out '*LINE<*>*'
  print -r -- "${${out##*LINE<}%%>*}"
done
zpty -d podid
"""


def lines_of(shell, script, environment, *lines, text=None):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} on this machine: its completion is untested")
    path = f"{os.path.dirname(PODID)}:{environment['PATH']}"
    done = subprocess.run(
        [shell, "-c", script, *([] if shell == "fish" else [shell]), *lines], input=text, text=True,
        env={**environment, "PATH": path, "TERM": "dumb"}, capture_output=True, timeout=60)
    assert done.returncode == 0, done
    assert done.stderr == "", done
    return done.stdout.splitlines()


CASES = {
    "podid cl": {"clock"}, "podid comp": {"completion"}, "podid fault li": {"list"},
    "podid fault add tr": {"truncate"}, "podid up --det": {"--detach"}, "podid help expl": {"explain"},
    "podid events --origin st": {"stack"}, "podid completion f": {"fish"},
    "podid events --outcome sk": {"skipped"}, "podid wait event --operation PodR": {"PodRemoved"},
}
# What only a running stack knows.
ASKED = {
    "podid run --service-account default/s3-r": {"default/s3-reader-sa"},
    "podid env --service-account s3-w": {"s3-writer-sa"},
    "podid events --operation AssumeRoleForP": {"AssumeRoleForPodIdentity"},
    "podid events --outcome NoSuchK": {"NoSuchKey"},
}


def test_bash_completes(environment):
    script = podid(environment, "completion", "bash").stdout
    found = lines_of("bash", BASH, environment, *CASES, "podid ", text=script)
    assert [set(line.split()) for line in found[:-1]] == list(CASES.values())
    assert found[-1].split() == commands(environment)


def test_what_runs_is_asked_for_values_and_silence_is_its_answer(environment, stack, tmp_path):
    script = podid(environment, "completion", "bash").stdout
    found = lines_of("bash", BASH, stack.environment, *ASKED, text=script)
    assert [set(line.split()) for line in found] == list(ASKED.values())
    none = lines_of("bash", BASH, environment, *list(ASKED)[:2], text=script)
    assert none == ["", ""]
    for words in [["values"], ["bash", "operation"], ["values", "operations"]]:
        done = podid(environment, "completion", *words, check=False)
        assert done.returncode == 64 and done.stdout == "", words


def test_fish_completes(environment):
    found = lines_of("fish", FISH, environment, *CASES, "podid ")
    assert [set(line.split()) for line in found[:-1]] == list(CASES.values())
    assert set(found[-1].split()) == set(commands(environment))


def test_zsh_completes(environment, stack):
    for cases, variables in [(CASES, environment), (ASKED, stack.environment)]:
        found = lines_of("zsh", ZSH, variables, *cases)
        expected = [" ".join([*typed.split()[:-1], *meant]) for typed, meant in cases.items()]
        assert [line.strip() for line in found] == expected


def test_every_command_is_in_completions_and_manual_pages(environment, tmp_path):
    names = commands(environment)
    assert "completion" in names and len(names) > 20
    podid(environment, "help", "--man", str(tmp_path / "man1"))
    pages = sorted(path.name for path in (tmp_path / "man1").iterdir())
    assert pages == sorted(["podid.1", *(f"podid-{name}.1" for name in names)])
    scripts = [podid(environment, "completion", shell).stdout for shell in ["bash", "zsh", "fish"]]
    for name in names:
        flags = re.findall(r"^  --(\S+)", podid(environment, "help", name).stdout, re.M)
        page = (tmp_path / "man1" / f"podid-{name}.1").read_text()
        for flag in flags:
            assert rf"\fB\-\-{flag}".replace("-", r"\-").replace(r"\\-", r"\-") in page, (name, flag)
            assert all(flag in script for script in scripts), (name, flag)
    if shutil.which("mandoc"):
        for path in (tmp_path / "man1").iterdir():
            lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error", str(path)],
                                  capture_output=True, text=True)
            assert lint.returncode == 0, lint.stdout
        shown = subprocess.run(["mandoc", "-T", "ascii", str(tmp_path / "man1" / "podid-fault.1")],
                               capture_output=True, text=True).stdout
        shown = re.sub(".\b", "", shown)  # Bold is a letter struck twice.
        assert "stale-credentials" in shown


def on_a_terminal(words, environment):
    """What a command writes where its output is a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(words, env=environment, stdout=theirs, stderr=theirs,
                               stdin=subprocess.DEVNULL)
    os.close(theirs)
    written = b""
    try:
        while piece := os.read(ours, 65536):
            written += piece
    except OSError:
        pass  # Linux's way to say that the other end is closed.
    os.close(ours)
    process.wait(30)
    return written.decode()


def test_colours_are_for_terminals_whose_user_wants_them(stack):
    words = [PODID, "explain", "--service-account", "default/s3-reader-sa"]
    base = {**stack.environment, "TERM": "xterm"}
    base.pop("NO_COLOR", None)
    assert "\x1b[32m" in on_a_terminal(words, base)
    # An empty one says nothing (no-color.org).
    assert "\x1b[32m" in on_a_terminal(words, {**base, "NO_COLOR": ""})
    for variables in [{"NO_COLOR": "1"}, {"TERM": "dumb"}]:
        assert "\x1b" not in on_a_terminal(words, {**base, **variables}), variables
    assert "\x1b" not in command(words, base, True).stdout


def test_what_tools_read_is_json(environment, own_stack):
    version = podid(environment, "version").stdout.split()[1]
    assert json.loads(podid(environment, "version", "--json").stdout) == {"version": version}
    table = json.loads(podid(environment, "doctor", "--sdk-versions", "--json").stdout)
    assert {"sdk": "boto3, botocore", "versions": ["1.34.41"]} in table
    clocks = json.loads(own_stack.podid("clock", "advance", "90s", "--json").stdout)
    assert [clock["service"] for clock in clocks] == ["kubernetes-api", "aws-api", "node-agent"]
    assert all(clock["offsetSeconds"] == 90 and clock["now"] for clock in clocks)
    own_stack.podid("clock", "reset")
    assert json.loads(own_stack.podid("clock", "show", "--json").stdout)[1]["offsetSeconds"] == 0
    account = ["--service-account", "default/s3-reader-sa"]
    found = json.loads(own_stack.podid("wait", "association", *account, "--json").stdout)
    assert found["roleArn"].endswith("role/s3-reader-role") and found["associationId"]
    pod = json.loads(own_stack.podid("wait", "pod", "s3-access-pod", "--json").stdout)
    assert pod == {"namespace": "default", "pod": "s3-access-pod", "ready": True}
    own_stack.run_as("default/s3-reader-sa", "aws", "sts", "get-caller-identity")
    waited = own_stack.podid("wait", "refresh", *account, "--since", "1h", "--json").stdout
    assert json.loads(waited)["operation"] == "GetCredentials"


def test_the_next_command_names_an_account_that_the_seed_has(tmp_path):
    seed = tmp_path / "seed"
    (seed / "kubernetes").mkdir(parents=True)
    (seed / "kubernetes" / "a.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: cart}\n")
    for text, tried in [
        (None, "podid run --service-account default/s3-reader-sa --"),
        ("associations:\n- {namespace: default, serviceAccount: cart, roleArn: "
         "'arn:aws:iam::111122223333:role/cart'}\n", "podid run --service-account default/cart --"),
        ("", "podid explain --service-account default/default"),
    ]:
        flags = []
        if text is not None:
            (seed / "aws").mkdir(exist_ok=True)
            roles = ("roles:\n- RoleName: cart\n  AssumeRolePolicyDocument: {Version: '2012-10-17', "
                     "Statement: {Effect: Allow, Principal: {Service: pods.eks.amazonaws.com}, "
                     "Action: ['sts:AssumeRole', 'sts:TagSession']}}\n")
            (seed / "aws" / "a.yaml").write_text((roles + text) if text else "")
            flags = ["--seed", str(seed)]
        folder = tmp_path / f"up-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        said = subprocess.Popen(
            [PODID, "up", "--ephemeral", "--free-ports", *flags], text=True, cwd=folder,
            env=clean_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            lines = []
            for line in said.stdout:
                lines.append(line)
                if line == "podid is ready\n":
                    break
            assert any(line.startswith(f"Try: {tried}") for line in lines), lines
        finally:
            said.terminate()
            said.communicate(timeout=30)


def test_a_test_of_nobody_says_why_and_points_to_no_stack_that_is_gone(tmp_path):
    environment = clean_environment(tmp_path)
    done = command([PODID, "test", "--service-account", "s3-readersa", "--", "true"], environment,
                   False, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        'podid: there is no ServiceAccount default/s3-readersa, but "default/s3-reader-sa"; there are '
        "default/default, default/s3-reader-sa, default/s3-writer-sa, kube-node-lease/default, "
        "kube-public/default, kube-system/default\n")
    done = command([PODID, "test", "--service-account", "default", "--", "true"], environment, True,
                   cwd=tmp_path)
    assert "gets no credentials\n" in done.stderr and "explain" not in done.stderr


def test_what_a_server_refuses_of_a_seed_is_named_by_file_and_line(tmp_path, stack):
    seed = tmp_path / "seed"
    (seed / "kubernetes").mkdir(parents=True)
    path = seed / "kubernetes" / "a.yaml"
    path.write_text("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: fine-%s}\n---\n"
                    "# A name that Kubernetes does not take.\n"
                    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: Not_Fine}\n" % os.getpid())
    done = stack.podid("seed", str(seed), check=False)
    assert done.returncode == 1 and f"{path}:6: serviceaccount default/Not_Fine: " in done.stderr
    path.unlink()
    (seed / "aws").mkdir()
    path = seed / "aws" / "a.yaml"
    path.write_text("associations:\n\n- namespace: default\n  serviceAccount: x\n"
                    "  roleArn: arn:aws:iam::111122223333:role/nobody\n")
    done = stack.podid("seed", str(seed), check=False)
    assert done.returncode == 1 and f"{path}:3: association default/x: " in done.stderr
    (seed / "faults.yaml").write_text("- {action: hang, operation: GetCredentials}\n- action: hnag\n")
    done = stack.podid("seed", str(seed), check=False)
    assert done.returncode == 1 and f"{seed}/faults.yaml:2: " in done.stderr


def test_the_tarball_has_completions_and_manual_pages():
    text = (REPOSITORY / "compose" / "dist").read_text()
    for part in ["help --man", "share/man/man1", "bash-completion/completions/podid",
                 "site-functions/_podid", "vendor_completions.d/podid.fish"]:
        assert part in text, part
