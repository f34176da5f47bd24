"""Every row of kubectl_table.py with each kubectl from 1.27 to 1.36."""

import re
import shlex
import subprocess

import pytest
from conftest import kubectl_path
from kubectl_table import ROWS

VERSIONS = ["1.27", "1.29", "1.31", "1.32", "1.33", "1.36"]


def pattern(text):
    """Whole lines; `*` at a line's edge may stand for more lines."""
    text = " ".join(text.split(" ")).strip()
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


def plain(text):
    """Runs of blanks as one, no blanks at the lines' ends."""
    lines = (re.sub(r"[ \t]+", " ", line).rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line).strip()


def fill(text, namespace):
    return text.replace("{{", "\0").replace("}}", "\1").replace("{ns}", namespace).replace(
        "\0", "{").replace("\1", "}")


def run(stack, version, namespace, home, row):
    words = fill(row.words, namespace).split(" ")
    environment = {**stack.environment, "HOME": str(home), "KUBE_EDITOR": row.editor or "false"}
    done = subprocess.run(
        [kubectl_path(version), "--kubeconfig", stack["kubernetes"]["kubeconfig"], *words],
        env=environment, capture_output=True, text=True, timeout=60,
        input=(row.stdin or "").replace("{ns}", namespace))
    return done.returncode, plain(done.stdout), plain(done.stderr)


def objection(row, namespace, code, out, err):
    if row.code is not None and code != row.code:
        return f"exit code {code}, not {row.code}"
    for name, wanted, got in (("stdout", row.out, out), ("stderr", row.err, err)):
        if wanted is not None and not pattern(fill(wanted, namespace)).fullmatch(got):
            return f"{name} is not {fill(wanted, namespace)!r}"
    return None


def test_there_are_enough_rows():
    assert len(ROWS) >= 80


@pytest.mark.parametrize("version", VERSIONS)
def test_kubectl(stack, version, tmp_path):
    kubectl_path(version)
    namespace = "table-" + version.replace(".", "-")
    wrong = []
    for row in ROWS:
        code, out, err = run(stack, version, namespace, tmp_path, row)
        reason = objection(row, namespace, code, out, err)
        if reason:
            command = shlex.join(fill(row.words, namespace).split(" "))
            wrong.append(f"kubectl {command}: {reason}\n  stdout: {out}\n  stderr: {err}")
    assert not wrong, f"{len(wrong)} of {len(ROWS)} rows\n" + "\n".join(wrong)
