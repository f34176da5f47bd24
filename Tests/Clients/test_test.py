"""`podid test`: stacks side by side that leave nothing behind, whoever is killed."""

import os
import pty
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import PODID, clean_environment, command

ACCOUNT = ["--service-account", "default/s3-reader-sa"]


@pytest.fixture
def world(tmp_path):
    """An environment whose temporary folder is the test's own; at the end nothing is left."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**clean_environment(tmp_path), "TMPDIR": str(temporary)}
    yield environment
    end = time.monotonic() + 60  # twenty stacks end at once
    while left := [*temporary.iterdir(), *processes(temporary)]:
        if time.monotonic() > end:
            break
        time.sleep(0.05)
    else:
        return
    pytest.fail(f"left behind: {left}")


def processes(folder):
    """The processes that know of a folder by their words or their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            known = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in known:
            found.append((entry.name, known[:200]))
    return found


def start(environment, *words):
    return subprocess.Popen([PODID, "test", *words], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_twenty_at_once_pass(world):
    running = [
        start(world, *ACCOUNT, "--", "sh", "-c",
              f"aws sts get-caller-identity --query Arn --output text; exit {number}")
        for number in range(20)]
    for number, process in enumerate(running):
        output, errors = process.communicate(timeout=240)
        assert "assumed-role/s3-reader-role/" in output, errors
        assert process.returncode == number
        if number:
            assert "AssumeRoleForPodIdentity default/s3-reader-sa" in errors
            assert "CreateRole" not in errors  # what the seed did is no news


def test_twenty_killed_podids_leave_nothing(world):
    running = [start(world, "--", "sh", "-c", "echo here; sleep 1000 & sleep 1000")
               for _ in range(20)]
    for process in running:
        assert process.stdout.readline() == "here\n"
        process.kill()
    for process in running:
        process.communicate(timeout=120)


def test_podids_killed_while_they_start_leave_nothing(world):
    for number in range(60):
        process = start(world, "--", "true")
        time.sleep(number / 1000)  # a moment of the start, another each time
        process.kill()
        process.communicate(timeout=120)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_command_and_the_stack(world, number):
    process = start(world, "--", "sh", "-c", "echo here; exec sleep 1000")
    assert process.stdout.readline() == "here\n"
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == 128 + number


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_third_signal_kills_a_command_that_heeds_none(world, number):
    process = start(world, "--", "sh", "-c", "trap 'echo no' INT TERM; echo here; "
                    "while :; do sleep 1000 & wait $!; done")
    assert process.stdout.readline() == "here\n"
    for _ in range(2):
        process.send_signal(number)
        assert process.stdout.readline() == "no\n"
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == 137


def test_at_a_terminal_ctrl_c_is_a_word_for_the_command(world):
    script = ("n=0; trap 'n=$((n + 1)); echo heard $n; [ $n -lt 8 ] || exit 7' INT; echo heard 0; "
              "while :; do read line; done")
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(PODID, [PODID, "test", "--", "sh", "-c", script], world)
    try:
        said = b""
        # Handed on by podid as well, they would come twice, and the third would kill.
        for number in range(9):
            while b"heard %d" % number not in said:
                assert select.select([terminal], [], [], 60)[0], said
                said += os.read(terminal, 1000)
            if number < 8:
                time.sleep(0.1)  # as people are: podid has had the time to count the last one
                os.write(terminal, b"\x03")
        assert select.select([os.pidfd_open(pid)], [], [], 60)[0]
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    finally:
        os.close(terminal)


def test_twenty_killed_commands_are_errors_and_their_children_are_ended(world):
    script = "(setsid sleep 1000 & nohup sleep 1000 >/dev/null 2>&1 & sleep 0.1; kill -9 $$)"
    running = [start(world, "--", "sh", "-c", script) for _ in range(20)]
    for process in running:
        process.communicate(timeout=120)
        assert process.returncode == 137


@pytest.mark.parametrize("account, code", [("s3-reader-sa", 0), ("default", 1)])
def test_go_tests_see_the_stack(world, go_variables, account, code):
    if shutil.which("go") is None:
        pytest.skip("no go on this machine (Debian's golang-go): go test ./... is untested")
    world = {**world, **go_variables}
    words = ["--service-account", f"default/{account}", "--", "go", "test", "./..."]
    done = command([PODID, "test", *words], world, False,
                   cwd=Path(__file__).parent / "go_module", timeout=400)
    assert done.returncode == code, done
    assert ("podid: default/default has neither an association" in done.stderr) == (code == 1)
    assert ("PodIdentityMutation default/default" in done.stderr) == (code == 1)
    for package in ["reader", "writer"]:
        assert f"{'ok  ' if code == 0 else 'FAIL'}\texample.com/app/{package}\t" in done.stdout


def test_a_program_that_is_not_there(world):
    done = command([PODID, "test", "--", "no-such-program"], world, False)
    assert done.returncode == 127 and "no-such-program: No such file" in done.stderr


def test_a_kept_stack_stays_until_it_is_taken_down(world):
    done = command([PODID, "test", *ACCOUNT, "--keep", "--", "sh", "-c", "exit 3"], world, False)
    assert done.returncode == 3
    words = done.stderr.splitlines()[-1]
    path = words.split("export PODID_STACK=")[1].split(";")[0]
    world = {**world, "PODID_STACK": path}
    done = command([PODID, "run", *ACCOUNT, "--", "aws", "sts", "get-caller-identity"], world, True)
    assert "assumed-role/s3-reader-role/" in done.stdout
    assert "stack.json is down.\n" in command([PODID, "down"], world, True).stdout


def test_what_the_command_did_not_start_goes_on(world):
    script = f"sleep 1000 >/dev/null 2>&1 & echo $!; exec {PODID} test -- sh -c 'setsid sleep 1000 &'"
    done = command(["sh", "-c", script], world, True)
    os.kill(int(done.stdout), signal.SIGTERM)


@pytest.mark.parametrize("words", [
    ["test", "--seed", "/nonexistent", "--", "true"],
    ["test", "--keep", "--service-account", "default/nobody", "--", "true"],
    ["up", "--ephemeral", "--kubernetes-listen", "bogus"], ["demo", "--nothing"],
])
def test_what_cannot_begin_leaves_no_folder(world, words):
    done = command([PODID, *words], world, False)
    assert done.returncode in (1, 64)
    if "--keep" in words:
        path = done.stderr.split("export PODID_STACK=")[1].split(";")[0]
        command([PODID, "down", "--stack", path], world, True)


def test_a_temporary_folder_behind_a_link(world):
    folder = Path(world["TMPDIR"])
    (folder.parent / "link").symlink_to(folder)
    command([PODID, "test", "--", "true"], {**world, "TMPDIR": str(folder.parent / "link")}, True)
    command([PODID, "test", "--", "true"], {**world, "TMPDIR": "tmp"}, True, cwd=folder.parent)


def test_a_signal_before_the_command_keeps_it_from_beginning(world):
    for wait in (0.01, 0.03, 0.06, 0.1):
        process = start(world, "--", "echo", "begun")
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
        # Before it is caught at all, it ends podid itself.
        assert (process.returncode, output) in [(130, ""), (-2, "")] or output == "begun\n"


def test_a_signal_in_the_middle_of_the_demo_is_what_it_ends_of(world):
    lines = len(command([PODID, "demo"], world, True).stdout.splitlines())
    assert lines > 10
    for told in range(1, lines, 3):
        demo = subprocess.Popen([PODID, "demo"], env=world, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)
        for _ in range(told):
            demo.stdout.readline()
        demo.send_signal(signal.SIGTERM)
        _, errors = demo.communicate(timeout=120)
        # It may have ended before the signal came.
        assert (demo.returncode in (143, 0), errors) == (True, ""), (told, demo.returncode, errors)
