"""KUBECONFIG is a copy outside any checkout: nothing that is done to it harms the stack, and no pull
replaces it."""

import json
import os
import stat
from pathlib import Path

import pytest
from conftest import command, kubectl_path
from hostile_checkout import Checkout, one_line, tree
from test_trust_seal import planted

ACCOUNT = ["--service-account", "default/s3-reader-sa"]


@pytest.fixture
def checkout(tmp_path):
    checkout = Checkout(tmp_path / "checkout")
    checkout.up()
    yield checkout
    checkout.podid("down")


def handed(checkout, *words):
    done = checkout.podid("env", *words, "--format", "json", check=True)
    return json.loads(done.stdout)["KUBECONFIG"]


def register(checkout):
    return checkout.folder.parent / "xdg-state" / "podid"


def copies(checkout):
    return sorted(path.name for path in register(checkout).glob("kubeconfig-*"))


def own(checkout):
    return checkout.folder / ".podid" / "state" / "kubernetes-api" / "admin" / "kubeconfig"


def namespaces(path, environment):
    done = command([kubectl_path("1.33"), "--kubeconfig", path, "get", "namespaces", "-o", "name"],
                   environment, True)
    return done.stdout.split()


def test_every_command_hands_out_a_private_copy_outside_the_checkout(checkout):
    places = {handed(checkout), handed(checkout, *ACCOUNT)}
    places.add(checkout.podid(
        "run", *ACCOUNT, "--", "printenv", "KUBECONFIG", check=True).stdout.strip())
    assert len(places) == 1
    place = places.pop()
    assert os.path.dirname(place) == str(register(checkout))
    assert stat.S_IMODE(os.stat(place).st_mode) == 0o600
    # A pull may replace any file below the checkout, and no process reads there what is not podid.
    planted(own(checkout), checkout.folder)
    assert "namespace/default" in namespaces(place, checkout.environment)
    one_line(checkout.podid("env"), "is not as podid left it")


def test_what_kubectl_writes_into_it_is_kept_and_harms_nobody(checkout):
    before = own(checkout).read_bytes()
    place = handed(checkout)
    kubectl = [kubectl_path("1.33"), "--kubeconfig", place, "config"]
    for words in (["set-context", "--current", "--namespace=kube-system"],
                  ["set-cluster", "real", "--server=https://198.51.100.7"],
                  ["set-context", "real", "--cluster=real", "--user=admin"]):
        command([*kubectl, *words], checkout.environment, True)
    with open(place) as file:
        assert file.read(1) != "{"  # YAML by now
    for words in (["env"], ["run", *ACCOUNT, "--", "true"], ["kubeconfig"], ["status"],
                  ["explain", *ACCOUNT]):
        checkout.podid(*words, check=True)
    view = command([*kubectl, "view", "-o", "json"], checkout.environment, True).stdout
    assert json.loads(view)["contexts"][0]["context"]["namespace"] == "kube-system"
    # Another cluster as the current one is not what an environment of the stack is for.
    command([*kubectl, "use-context", "real"], checkout.environment, True)
    assert handed(checkout) == place
    assert "namespace/default" in namespaces(place, checkout.environment)
    assert own(checkout).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[", b"{}", b"a: *x", None])
def test_a_broken_copy_is_made_anew(checkout, content):
    place = handed(checkout)
    os.unlink(place)
    if content is not None:
        with open(place, "wb") as file:
            file.write(content)
        os.chmod(place, 0o644)
    assert handed(checkout) == place
    assert "namespace/default" in namespaces(place, checkout.environment)
    assert stat.S_IMODE(os.stat(place).st_mode) == 0o600


def test_a_link_in_its_place_is_not_followed(checkout, tmp_path):
    place = handed(checkout)
    target = tmp_path / "target"
    target.write_text("mine")
    os.unlink(place)
    os.symlink(target, place)
    assert handed(checkout) == place
    assert target.read_text() == "mine" and not os.path.islink(place)


@pytest.mark.parametrize("how", ["reset", "up"])
def test_it_follows_the_stacks_own_for_shells_that_have_it(checkout, how):
    place = handed(checkout)
    old = json.loads(open(place).read())["users"]
    if how == "up":
        checkout.podid("down", check=True)
        own(checkout).unlink()
        checkout.up()
    else:
        os.unlink(place)
        checkout.podid("reset", check=True)
    # No command asked for it since.
    assert (json.loads(open(place).read())["users"] == old) == (how == "reset")
    assert "namespace/default" in namespaces(place, checkout.environment)


def test_it_goes_with_the_stack_and_comes_back_in_the_same_place(checkout):
    place = handed(checkout)
    lock = place + ".lock"
    open(lock, "w").close()  # kubectl was killed
    checkout.podid("down", check=True)
    assert copies(checkout) == []
    checkout.up()
    # Before any command asks for it: a shell may have it still.
    assert copies(checkout) == [os.path.basename(place)]
    assert "namespace/default" in namespaces(place, checkout.environment)
    entry = next(register(checkout).glob("stack-*"))
    stack = checkout.folder / ".podid" / "stack.json"
    content = stack.read_bytes()
    os.kill(json.loads(entry.read_text())["pid"], 9)
    checkout.podid("down", "--stack", str(stack))
    assert copies(checkout) == [] and not list(register(checkout).glob("stack-*"))
    # Of a stack that nobody remembers.
    (register(checkout) / ("kubeconfig-" + "0" * 32)).write_bytes(content)
    checkout.up()
    assert copies(checkout) == [os.path.basename(place)]


def test_podid_test_has_its_own_in_its_temporary_folder(tmp_path):
    checkout = Checkout(tmp_path / "checkout")
    script = ('echo "$KUBECONFIG"; podid env --format json; kubectl config set-context --current '
              '--namespace=x >/dev/null; podid run --service-account s3-reader-sa -- '
              'printenv KUBECONFIG')
    from conftest import BIN
    kubectl = os.path.dirname(kubectl_path("1.33"))
    checkout.environment["PATH"] = f"{BIN}:{kubectl}:{os.environ['PATH']}"
    done = checkout.podid("test", "--", "sh", "-c", script, check=True)
    first, *middle, last = done.stdout.splitlines()
    assert first == last == json.loads("\n".join(middle))["KUBECONFIG"]
    assert os.path.basename(os.path.dirname(first)).startswith("podid-")
    assert not os.path.exists(first) and not register(checkout).exists()


def test_a_stack_that_the_user_names_has_one_too(checkout, tmp_path):
    """It is one of another register, as of a container that shares the folder."""
    def entries():
        # The seal is completed when the last of the keys is there, which may be behind `podid up`.
        return {path: found for path, found in tree(register(checkout)).items()
                if not Path(path).name.startswith("seal-")}

    stack = str(checkout.folder / ".podid" / "stack.json")
    before = entries()
    assert before
    other = Checkout(tmp_path / "other")
    other.environment["XDG_STATE_HOME"] = str(tmp_path / "other-state")
    place = handed(other, "--stack", stack)
    assert place.startswith(str(tmp_path / "other-state" / "podid" / "kubeconfig-"))
    assert "namespace/default" in namespaces(place, other.environment)
    planted(own(checkout), tmp_path)
    one_line(other.podid("env", "--stack", stack), "exec is not run by this client")
    assert entries() == before


def test_another_users_kubeconfig_is_refused(checkout, tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another user: that is untested")
    stack = str(checkout.folder / ".podid" / "stack.json")
    os.chown(own(checkout), 54_242, -1)
    try:
        for words in (["env"], ["kubeconfig"], ["run", *ACCOUNT, "--", "true"]):
            one_line(checkout.podid(*words, "--stack", stack), "belongs to another user")
    finally:
        os.chown(own(checkout), 0, -1)
