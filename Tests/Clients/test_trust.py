"""A stack file of a checkout is trusted by origin, not by its looks."""

import json
import os
import shutil
import stat

import pytest
from conftest import PODID, REPOSITORY, command
from hostile_checkout import FREE, Checkout, clone, described, one_line  # noqa: F401

ACCOUNT = ["--service-account", "default/app"]
# Every command that works with a stack.
COMMANDS = [
    ["down"], ["status"], ["reset"], ["run", *ACCOUNT, "--", "true"], ["env"], ["env", *ACCOUNT],
    ["kubeconfig"], ["explain", *ACCOUNT], ["can", *ACCOUNT, "s3:GetObject", "arn:aws:s3:::b/k"],
    ["seed", str(REPOSITORY / "seed")], ["events"], ["wait", "pod", "x", "--timeout", "1s"],
    ["clock", "show"], ["fault", "list"], ["console"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words)[:20])
def test_a_planted_stack_file_is_used_by_no_command(clone, words):
    path = clone.plant(described(clone.folder / ".podid" / "state"))
    deeper = Checkout(clone.folder / "deeper")
    deeper.environment = clone.environment
    for where in (clone, deeper):
        one_line(where.podid(*words, timeout=60), str(path), "--stack FILE")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert not (clone.folder.parent / "xdg-state").exists()


def test_nothing_that_env_prints_is_a_repositorys(clone):
    """Its kubeconfig would lead to a server of its author, which answers with a Pod of his."""
    config = {"apiVersion": "v1", "kind": "Config", "current-context": "c",
              "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
              "clusters": [{"name": "c", "cluster": {"server": "http://198.51.100.7:1"}}],
              "users": [{"name": "c", "user": {"tokenFile": "/etc/hostname"}}]}
    stack = described(clone.folder / ".podid" / "state")
    stack["kubernetes"]["kubeconfig"] = ".podid/kube.json"
    path = clone.plant(stack)
    (clone.folder / ".podid" / "kube.json").write_text(json.dumps(config))
    script = f'eval "$({PODID} env {" ".join(ACCOUNT)})"; test "$AWS_ENDPOINT_URL" = http://127.0.0.1:1/podid-env-failed'
    command(["sh", "-c", script], clone.environment, True, cwd=clone.folder)
    # Named by the user, it is used, but leads nowhere.
    one_line(clone.podid("env", *ACCOUNT, "--stack", str(path)), "kubernetes.kubeconfig is no abs")
    inside = clone.folder / ".podid" / "state" / "kubernetes-api" / "admin"
    inside.mkdir(parents=True)
    stack["kubernetes"]["kubeconfig"] = str(inside / "kubeconfig")
    clone.plant(stack)
    path.chmod(0o600)
    for server, text in [("http://198.51.100.7:1", "not on loopback"),
                         ("http://127.0.0.1:1", "its token lies in another file")]:
        config["clusters"][0]["cluster"]["server"] = server
        (inside / "kubeconfig").write_text(json.dumps(config))
        one_line(clone.podid("env", *ACCOUNT, "--stack", str(path)), text)


@pytest.mark.parametrize("member, value, text", [
    ("kubernetes.admin", "http://198.51.100.7:1", "not on loopback"),
    ("aws.url", "http://127.0.0.1.evil.example:1", "not on loopback"),
    ("s3.url", "http://2130706433:1", "not on loopback"),
    ("agent.url", "file:///etc/passwd", "no http or https URL"),
    ("agent.pods", "/home", "not in its state folder"),
    ("state", "../state", "no absolute path"), ("aws.pid", -1, "no number that a server"),
    ("adminToken", "x\r\nX: y", "control characters"), ("region", ["x"], "is no text"),
    ("version", 2, "not a stack file of this version"),
])
def test_a_file_that_the_user_names_leads_nowhere_else(clone, member, value, text):
    stack = described(clone.folder / ".podid" / "state")
    part = stack
    *parts, name = member.split(".")
    for step in parts:
        part = part[step]
    part[name] = value
    path = clone.plant(stack)
    for words, variables in [(["--stack", str(path)], {}), ([], {"PODID_STACK": str(path)}),
                             (["--stack", ".podid/stack.json"], {})]:
        clone.environment.update(variables)
        for wanted in (["down"], ["status"], ["env"]):
            one_line(clone.podid(*wanted, *words), text)
        clone.environment.pop("PODID_STACK", None)


def test_what_is_no_file_or_no_json_is_said_to_be_none(clone):
    folder = clone.folder / ".podid"
    folder.mkdir(mode=0o755)
    path = folder / "stack.json"
    marks = "\u0301\u0323" * 5_000
    contents = [b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 100_000, b"{}", b'"x"',
                b"x" * (2 << 20), json.dumps({"i" + marks: 1, "id": "ab" * 16}).encode(),
                json.dumps({"id": ["x"]}).encode(), json.dumps({"id": "../" * 9}).encode()]
    kinds = [lambda: os.mkfifo(path), path.mkdir, lambda: path.symlink_to("/etc/hostname"),
             lambda: path.symlink_to("stack.json"), lambda: path.symlink_to("/dev/zero")]
    kinds += [lambda content=content: path.write_bytes(content) for content in contents]
    for make in kinds:
        make()
        for words in (["status"], ["down"], ["status", "--stack", str(path)]):
            one_line(clone.podid(*words, timeout=60), str(path))
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def test_a_checkout_that_was_moved_or_copied(clone, tmp_path):
    clone.up()
    copy, moved = Checkout(tmp_path / "copy"), Checkout(tmp_path / "moved")
    moved.folder.rmdir()
    shutil.copytree(clone.folder, copy.folder, dirs_exist_ok=True, symlinks=True)
    one_line(copy.podid("status"), "copy/.podid/stack.json is not as podid up wrote it")
    one_line(copy.podid("up", *FREE), "copy/.podid/state", "--state DIR")
    clone.folder.rename(moved.folder)
    one_line(moved.podid("status"), "moved/.podid/stack.json is not as podid up wrote it")
    moved.folder.rename(clone.folder)
    # One byte more, and it is another file; named, it is used, and closed to others.
    path = clone.folder / ".podid" / "stack.json"
    content = path.read_text()
    path.write_text(content + " ")
    one_line(clone.podid("status"), "is not as podid up wrote it")
    path.chmod(0o664)
    done = clone.podid("status", "--stack", ".podid/stack.json", check=True)
    assert "was open to others; it is 0600 now" in done.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # What is handed on is found from everywhere.
    done = clone.podid("env", "--stack", ".podid/stack.json", check=True)
    assert f"PODID_STACK='{path}'" in done.stdout
    path.write_text(content)
    assert clone.podid("down", check=True).stdout == f"The stack of {path} is down.\n"
