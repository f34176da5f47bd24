"""Every exercise of the workshop, its commands run as they stand, its outputs compared.

With PODID_WORKSHOP_REWRITE=1 the page gets the outputs of this run instead; look at the difference.
"""

import difflib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from conftest import PODID, REPOSITORY, clean_environment
from workshop_page import exercises, shape, with_outputs

PAGE = REPOSITORY / "compose" / "workshop.md"
TEXT = PAGE.read_text()
BEFORE, *EXERCISES = [section for section in exercises(TEXT) if section.steps]
# What the page shows instead of this run's own.
HOME = "/home/you/podid"
PORTS = {"kubernetes": 4576, "aws": 4577, "s3": 4578, "agent": 4580}


@pytest.mark.parametrize("exercise", EXERCISES, ids=[e.title.split(".")[0] for e in EXERCISES])
def test_an_exercise_prints_what_the_page_shows(exercise, tmp_path):
    for program in ["kubectl", "aws", "curl"]:
        if shutil.which(program) is None:
            pytest.skip(f"no {program} on this machine: the workshop is untested")
    steps = BEFORE.steps + exercise.steps
    outputs, failed = run(steps, tmp_path)
    assert failed == "", failed + "".join(outputs)
    if os.environ.get("PODID_WORKSHOP_REWRITE") == "1":
        rewrite(exercise.title, outputs)
        return
    for step, output in zip(steps, outputs):
        expected, found = (
            shape(text).rstrip().splitlines(True) for text in (step.shown, output))
        assert expected == found, step.commands + "".join(
            difflib.unified_diff(expected, found, "the page", "this run"))


def run(steps, folder):
    """The outputs of all steps in one shell, and the commands that failed unexpectedly."""
    tools, notes, work, temporary = (
        folder / name for name in ["bin", "notes", "work", "temporary"])
    for place in [tools, notes, work, temporary]:
        place.mkdir()
    shutil.copytree(REPOSITORY / "seed", work / "seed")
    # The same commands, on ports that are free on this machine. People take a moment to type the next
    # one, so that the node has seen that the pod of a `podid run` is gone, and an event tells it.
    (tools / "podid").write_text(
        f'#!/bin/sh\ncase "$1" in up) exec {PODID} "$@" --free-ports;; esac\n'
        f'[ "$1" = run ] || exec {PODID} "$@"\n'
        f'gone=$({PODID} events --operation PodRemoved 2>/dev/null | wc -l)\n'
        f'{PODID} "$@"\ncode=$?\n'
        f'{PODID} wait event --operation PodRemoved --since 1h --count $((gone + 1)) --timeout 3s '
        '>/dev/null 2>&1\nexit $code\n')
    (tools / "podid").chmod(0o755)
    environment = clean_environment(folder)
    environment.update(PATH=f"{tools}:{environment['PATH']}", PYTHONUNBUFFERED="1",
                       PODID_SEED_DIR=str(work / "seed"), TMPDIR=str(temporary))
    script = [f"trap 'echo \"$BASH_COMMAND\" >>{notes}/failed' ERR"]
    for number, step in enumerate(steps):
        script += [f"exec >{notes}/{number} 2>&1", step.commands, "exec >/dev/null",
                   f"cp .podid/stack.json {notes}/{number}.json"]
    shell = subprocess.Popen(["bash", "-c", "\n".join(script)], env=environment, cwd=work,
                             stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        shell.wait(300)
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        subprocess.run([PODID, "down"], env=environment, cwd=work, timeout=60,
                       capture_output=True, check=False)
    # What an exercise writes, it writes into a folder of its own, and removes it.
    assert sorted(path.name for path in work.iterdir()) == [".podid", "seed"]
    assert list(temporary.iterdir()) == []
    failed = notes / "failed"
    outputs = [as_on_a_laptop((notes / str(number)).read_text(), notes, work)
               for number in range(len(steps))]
    return outputs, failed.read_text() if failed.exists() else ""


def as_on_a_laptop(output, notes, work):
    """The output with the usual ports and a usual folder."""
    for file in notes.glob("*.json"):
        stack = json.loads(file.read_text())
        for name, port in PORTS.items():
            own = stack[name]["url"].split("/")[2]
            output = output.replace(own, f"127.0.0.1:{port}")
    # There nobody names the seed: it is the one of the checkout.
    output = output.replace(f"({work}/seed)", f"(the example that ships with podid: {work}/seed)")
    return output.replace(str(work), HOME)


def rewrite(title, outputs):
    """Puts the outputs into the page as it is now, where their shape is another."""
    text = PAGE.read_text()
    before, *found = exercises(text)
    steps = before.steps + next(e for e in found if e.title == title).steps
    kept = [step.shown if shape(step.shown) == shape(output) else output
            for step, output in zip(steps, outputs)]
    PAGE.write_text(with_outputs(text, steps, kept))


def test_every_seed_of_the_workshop_is_used():
    folders = [path for path in Path(REPOSITORY / "seed" / "workshop").iterdir() if path.is_dir()]
    assert len(folders) == 6
    for folder in folders:
        assert f"--seed seed/workshop/{folder.name}\n" in TEXT


def test_the_exercises_run_the_commands_that_explain_prints():
    ran = [shlex.split(line) for exercise in EXERCISES for step in exercise.steps
           for line in step.commands.replace("\\\n", "").splitlines()
           if line.startswith("aws ") and line.count("'") % 2 == 0]
    printed = re.findall(r"^  mend it: (aws .*)$", TEXT, re.M)
    assert len(printed) == 5
    for command in printed:
        # The page adds what makes the output short.
        assert any(set(shlex.split(command)) <= set(words) for words in ran), command


def test_every_exercise_begins_with_what_keeps_its_commands_in_the_stack():
    for exercise in EXERCISES:
        assert exercise.steps[0].commands.startswith('eval "$(podid env)"\npodid reset')


def test_every_exercise_has_a_question_with_its_answer():
    assert len(EXERCISES) == 7
    # Seven questions, and none of the teachers' notes.
    assert len(re.findall(r"^## \d\.", TEXT, re.M)) == 7
    for section in re.split(r"\n## (?=\d\.)", TEXT.split("\n## For teachers")[0])[1:]:
        assert section.count("**Question.**") == 1
        assert section.count("<details><summary>Answer</summary>") == 1
        assert "\nYou learn " in section


def test_the_console_is_used_in_three_exercises_by_names_that_its_page_has():
    sources = REPOSITORY / "Sources" / "Console"
    page = "".join(path.read_text() for path in sorted(sources.rglob("*")) if path.is_file())
    texts = re.findall(r"\*\*On the console\.\*\*(.*?)\n\n", TEXT, re.S)
    assert len(texts) >= 3 and "`podid console`" in TEXT
    names = set(re.findall(r"\*\*([^*]+)\*\*|(?<!\*)\*([^*]+)\*(?!\*)", " ".join(texts)))
    assert {"Pause", "Step", "Replay", "Throttle"} <= {bold for bold, _ in names}
    for name in [bold or light for bold, light in names]:
        assert re.sub(r"^\d+ ", "", name.replace("\n", " ")) in page, name


def test_teachers_have_notes_at_the_end():
    notes = TEXT.split("\n## ")[-1]
    assert notes.startswith("For teachers\n")
    # A note for each exercise.
    assert re.findall(r"^(\d)\. ", notes, re.M) == [str(number) for number in range(1, 8)]
