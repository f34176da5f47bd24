"""The kits to copy, their README's commands run as they stand, and what they find if it is planted."""

import re
import shutil

import pytest
import yaml
from conftest import PODID, REPOSITORY, command
from test_examples import EXAMPLES, commands, place  # noqa: F401

ACTION = REPOSITORY / ".github" / "actions" / "podid"


def run(place, kit, line, check=True):
    folder, environment = place
    if not folder.exists():
        shutil.copytree(EXAMPLES / kit, folder)
    environment["PYTEST_ADDOPTS"] = f"--basetemp={folder}/basetemp"
    return command(["bash", "-c", line], environment, check, cwd=folder, timeout=400)


def plant(place, kit, file, right, wrong):
    folder, _ = place
    shutil.copytree(EXAMPLES / kit, folder)
    text = (folder / file).read_text()
    assert right in text
    (folder / file).write_text(text.replace(right, wrong))


@pytest.mark.parametrize("line", commands("kit-pytest"))
def test_the_kit_for_pytest(place, line):  # noqa: F811
    assert "5 passed" in run(place, "kit-pytest", line).stdout


# What is wrong in the app or in its test: the fault, and what is said of it.
PYTEST = [
    ("podid.py", 'monkeypatch.setenv(name, value)', "None", "Unable to locate credentials"),
    ("test_kit.py", '"s3-reader-role", "PutObject"', '"s3-writer-role", "PutObject"',
     "there were"),
    ("test_kit.py", 'clock.advance("1m")\n    stale', "stale", "DID NOT RAISE"),
    ("test_kit.py", "count=1, pod=pod.name", "count=1, pod='other'", "'ThrottlingException', 'ok'"),
    # Keys of its own, which come before the pod's.
    ("test_kit.py", 'boto3.client("s3").get_object(',
     'boto3.client("s3", aws_access_key_id="test", aws_secret_access_key="test").get_object(',
     "not seen: GetObject by s3-reader-role"),
]


@pytest.mark.parametrize("file, right, wrong, said", PYTEST)
def test_the_kit_for_pytest_sees(place, file, right, wrong, said):  # noqa: F811
    plant(place, "kit-pytest", file, right, wrong)
    done = run(place, "kit-pytest", "pytest", check=False)
    assert done.returncode == 1 and said in done.stdout, done


@pytest.mark.parametrize("line", commands("kit-shell"))
def test_the_kit_for_shells(place, line):  # noqa: F811
    done = run(place, "kit-shell", line)
    assert done.stdout.splitlines()[-1] == "all as expected"


SHELL = [
    ("check.sh", "podid_denied podid_as $account aws s3 rm", "podid_denied podid_as $account aws s3 ls",
     ["what the role may not do is denied"]),
    ("check.sh", "s3-reader-role GetObject", "s3-reader-role PutObject",
     ["what the role may not do is denied", "a throttled agent is asked again"]),
    ("check.sh", "clock advance 1m", "clock show",
     ["what the role may not do is denied", "a throttled agent is asked again",
      "credentials that are kept beyond their end are refused, and renewed"]),
]


@pytest.mark.parametrize("file, right, wrong, told", SHELL)
def test_the_kit_for_shells_sees(place, file, right, wrong, told):  # noqa: F811
    plant(place, "kit-shell", file, right, wrong)
    done = run(place, "kit-shell", "./check.sh", check=False)
    assert done.returncode == 1 and done.stdout.splitlines() == told, done


@pytest.fixture
def go(place, go_variables):  # noqa: F811
    if shutil.which("go") is None:
        pytest.skip("no go on this machine (Debian's golang-go): the kit for Go is untested")
    place[1].update(go_variables, GOFLAGS="-mod=mod")
    return place


@pytest.mark.parametrize("line", commands("kit-go"))
def test_the_kit_for_go(go, line):
    assert "ok  \texample.com/app\t" in run(go, "kit-go", line).stdout


GO = [
    ('stack.Advance(t, "1m")', "", "TestCredentialsThatAreKeptBeyondTheirEndAreRefused"),
    ('"DeleteObject", file, "AccessDenied"', '"DeleteObject", file, "ok"',
     "TestWhatTheRoleMayNotDoIsDenied"),
    ('"--count", "1", "--pod", pod', '"--count", "1", "--pod", "another-than-" + pod',
     "TestAThrottledAgentIsAskedAgain"),
]


@pytest.mark.parametrize("right, wrong, test", GO)
def test_the_kit_for_go_sees(go, right, wrong, test):
    plant(go, "kit-go", "app_test.go", right, wrong)
    done = run(go, "kit-go", "go test ./...", check=False)
    assert done.returncode == 1 and re.findall(r"--- FAIL: (\w+)", done.stdout) == [test], done


def action(place, **inputs):  # noqa: F811
    """What the runner does with the one step of a composite action."""
    folder, environment = place
    if not folder.exists():
        folder.mkdir()
        (folder / "Tests").symlink_to(REPOSITORY / "Tests")
    described = yaml.safe_load((ACTION / "action.yml").read_text())
    assert described["runs"]["using"] == "composite"
    (step,) = described["runs"]["steps"]
    values = {name: known.get("default", "") for name, known in described["inputs"].items()}
    required = {name for name, known in described["inputs"].items() if known.get("required")}
    assert required <= set(inputs) <= set(values)
    values.update(inputs)

    def expand(text):
        text = re.sub(r"\${{ inputs\.([a-z-]+) }}", lambda found: values[found[1]], text)
        return text.replace("${{ github.action_path }}", str(ACTION))

    assert "${{" not in step["run"] and step["shell"] == "bash"
    variables = {name: expand(text) for name, text in step["env"].items()}
    return command(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                   {**environment, **variables}, False, cwd=folder)


def readme_step():
    block = re.search(r"```yaml\n(.*?)```", (ACTION / "README.md").read_text(), re.S)[1]
    return yaml.safe_load(block)[0]["with"]


def test_the_action_as_its_readme_has_it(place):  # noqa: F811
    done = action(place, **readme_step())
    assert done.returncode == 0, done


@pytest.mark.parametrize("script, code, said", [
    ("exit 7", 7, ""),
    # Keys of its own, which come before the pod's.
    ("AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws sts get-caller-identity", 1,
     "GetCallerIdentity as the account's root"),
    (readme_step()["run"].replace("podid_throttle 1", "podid_throttle 9"), 255, "Throttling"),
    (readme_step()["run"].replace("advance 1m", "show"), 1, "AssertionError"),
    (readme_step()["run"].replace("s3 rm", "s3 ls"), 1, ""),
], ids=["its code", "root", "throttled for good", "not expired", "not denied"])
def test_the_action_is_red_if(place, script, code, said):  # noqa: F811
    done = action(place, **{**readme_step(), "run": script})
    assert done.returncode == code and said in done.stdout + done.stderr, done


def test_the_actions_other_inputs(place):  # noqa: F811
    account = {"service-account": "default/s3-reader-sa"}
    root = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws sts get-caller-identity"
    assert action(place, run=root, **account, **{"only-role": "any"}).returncode == 0
    done = action(place, run="aws s3 ls s3://your-bucket-name", **account,
                  **{"only-role": "s3-writer-role"})
    assert done.returncode == 1 and "ListObjectsV2 as role s3-reader-role" in done.stderr
    seed = str(REPOSITORY / "seed")
    assert action(place, run="true", seed=f"{seed}\n", **account).returncode == 0
    assert PODID in action(place, run="echo $PODID", **account).stdout
