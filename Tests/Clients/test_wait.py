"""`podid wait`: scripts that wait for what happens, not for time."""

import signal
import subprocess
import time

import pytest
from conftest import PODID, start_stack, stop_stack

ACCOUNT = "default/s3-reader-sa"
ROLE = "arn:aws:iam::111122223333:role/s3-writer-role"


@pytest.mark.parametrize("delay", ["1s", "10m"])
def test_an_association_is_waited_for_until_eks_auth_sees_it(tmp_path, delay):
    process, stack = start_stack(tmp_path, variables={"PODID_AWS_API_ASSOCIATION_DELAY": delay})
    words = ["wait", "association", "--service-account", "default/late-sa", "--timeout"]
    try:
        stack.client("eks").create_pod_identity_association(
            clusterName="local", namespace="default", serviceAccount="late-sa", roleArn=ROLE)
        if delay == "10m":
            early = stack.podid(*words, "1s", check=False)
            assert (early.returncode, early.stdout) == (1, "")
            assert early.stderr == (
                "podid: EKS Auth sees no association of default/late-sa after 1s\n")
            return
        # A server that is away for a moment is waited for as well.
        # The CLI's call alone lets it go, each of its tries: other servers' calls come at any time.
        stack.podid("fault", "add", "restart", "--server", "aws-api", "--duration", "500ms",
                    "--operation", "GetCallerIdentity")
        stack.aws("sts", "get-caller-identity", check=False)
        done = stack.podid(*words, "60s")
        assert done.stdout.startswith("a-") and done.stdout.endswith(f"  default/late-sa  {ROLE}\n")
        other = stack.podid(*words, "1s", "--role", ROLE + "x", check=False)
        assert other.returncode == 1 and f"EKS Auth sees {ROLE} as the role" in other.stderr
    finally:
        stop_stack(process)


def waiting(stack, *words):
    return subprocess.Popen([PODID, "wait", *words], env=stack.environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_pod_a_refresh_and_an_event_are_waited_for(own_stack):
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 2))
    pod = waiting(own_stack, "pod", "default/later", "--timeout", "2m")
    # From a time that is before they run: they start when they can.
    refresh = waiting(own_stack, "refresh", "--service-account", ACCOUNT, "--count", "2",
                      "--since", since, "--timeout", "2m")
    event = waiting(own_stack, "event", "--operation", "GetCallerIdentity", "--outcome", "ok",
                    "--since", since, "--timeout", "2m")
    for _ in range(2):
        # The agent restarts between: the stream of its events is opened again.
        own_stack.run_as(ACCOUNT, "aws", "sts", "get-caller-identity")
        own_stack.podid("fault", "add", "restart", "--count", "1")
    own_stack.api("POST", "/api/v1/namespaces/default/pods", {
        "metadata": {"name": "later"}, "spec": {
            "serviceAccountName": "s3-reader-sa",
            "containers": [{"name": "app", "image": "podid.local/process"}]}})
    for process, text in [(pod, "pod default/later is Ready"), (event, "GetCallerIdentity"),
                          (refresh, "GetCredentials default/s3-reader-sa")]:
        output, errors = process.communicate(timeout=130)
        assert process.returncode == 0, errors
        assert text in output
    # What was already is counted with --since alone.
    words = ["wait", "event", "--operation", "GetCallerIdentity", "--timeout", "300ms"]
    assert own_stack.podid(*words, check=False).stderr == (
        "podid: 0 of 1 events after 300ms (from now on; --since D counts those before)\n")
    assert own_stack.podid(*words, "--since", since, "--count", "2").stdout.count("\n") == 2


def test_bad_words_and_what_never_comes(stack):
    for words, code, text in [
        (["nothing"], 64, 'there is no "nothing"; there are association, pod, refresh, event'),
        (["pod"], 64, "podid wait: usage"), (["pod", "a/b/c"], 64, "a pod is named"),
        (["association"], 64, "--service-account [NS/]NAME is needed"),
        (["event", "--count", "x"], 64, "podid wait: --count must be"),
        (["refresh", "--operation", "X"], 64, "--operation says nothing of refresh"),
        (["association", "--count", "3"], 64, "--count says nothing of association"),
        (["pod", "x", "--role", "y"], 64, "--role says nothing of pod"),
        (["event", "--count", "0"], 64, "--count must be N, at least 1"),
        (["event", "--count", "0.."], 64, "--count must be N, at least 1"),
        (["event", "--count", "1..2"], 64, "--count must be N, at least 1"),
        (["association", "--service-account", "a b", "--timeout", "500ms"], 1,
         "sees no association of default/a b"),
        (["event", "--timeout", "soon"], 64, "--timeout must be a duration"),
        (["pod", "nobody", "--timeout", "100ms"], 1, "pod default/nobody is not Ready after 100ms"),
    ]:
        done = stack.podid("wait", *words, check=False)
        assert done.returncode == code and text in done.stderr, (words, done)
        assert done.stderr.count("\n") == 1 and done.stdout == ""


@pytest.mark.parametrize("words", [
    ["event", "--service-account", "nobody"], ["pod", "nobody"],
    ["association", "--service-account", "nobody"]])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_waiting(stack, words, number):
    process = waiting(stack, *words, "--timeout", "1h")
    time.sleep(0.3)  # it says nothing while it waits
    process.send_signal(number)
    process.communicate(timeout=120)
    assert process.returncode == -number
