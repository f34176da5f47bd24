"""Completion of names of files: a name may hold a command, and is a name all the same."""

import shutil

import pytest
from conftest import PODID, clean_environment, command
from terminal import Terminal

# Names that a checkout may have, each with what is typed for it; a blank ends a word.
NAMES = {
    "xa$(touch PWN)": "xa", "xb`touch PWN`": "xb", "xc;touch PWN;": "xc", "xd e": "xd", "xe'f": "xe",
    'xg"h': "xg", "xi&touch PWN": "xi", "xj*": "xj", "xk$HOME": "xk", "xl|touch PWN": "xl"}
# What the shell is asked to do: podid is a function that tells its words.
START = {
    "bash": ("bash", "--norc", "--noprofile", "-i"), "zsh": ("zsh", "-f", "-i"),
    "fish": ("fish", "--no-config", "-i")}
SETUP = {
    "bash": "PS1=; bind 'set bell-style none'; podid() { printf '<%s>' \"$@\"; echo END''ED; }; . ./s",
    "zsh": "PS1=; autoload -Uz compinit; compinit -u -D; podid() { printf '<%s>' \"$@\"; echo END''ED }; "
           ". ./s; compdef _podid podid",
    "fish": "function podid; printf '<%s>' $argv; echo END''ED; end; source ./s"}


@pytest.fixture(params=START)
def shell(request, tmp_path):
    if shutil.which(request.param) is None:
        pytest.skip(f"no {request.param} on this machine: its completion is untested")
    folder = tmp_path / "checkout"
    folder.mkdir()
    for name in NAMES:
        (folder / name).mkdir()
    environment = {**clean_environment(tmp_path), "TERM": "dumb"}
    script = command([PODID, "completion", request.param], environment, check=True).stdout
    (folder / "s").write_text(script)
    running = Terminal(START[request.param], environment, folder)
    running.type(SETUP[request.param] + "; echo REA''DY")
    running.until("READY")
    yield running, folder
    running.hang_up()


@pytest.mark.parametrize("words", ["up --seed ", "run --service-account a -- ./"])
def test_a_name_is_completed_as_a_name(shell, words):
    running, folder = shell
    for name, typed in NAMES.items():
        running.type(f"podid {words}{typed}\t")
        said = running.until("ENDED")
        assert not (folder / "PWN").exists(), (name, said)
        # One word, with the slash of a folder or without.
        word = "./" + name if words.endswith("./") else name
        assert f"<{word}>" in said or f"<{word}/>" in said, (name, said)


@pytest.mark.parametrize("shell", ["bash"], indirect=True)
def test_a_name_begun_in_quotes_or_behind_a_backslash(shell):
    running, folder = shell
    for typed in ("'xa", '"xa', "xa\\$"):
        running.type(f"podid up --seed {typed}\t")
        said = running.until("ENDED")
        assert not (folder / "PWN").exists(), (typed, said)
        assert "<xa$(touch PWN)/>" in said, (typed, said)
