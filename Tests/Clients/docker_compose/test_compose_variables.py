"""No variable of the README's table is ignored in silence. No engine is needed."""

import re

import pytest
import yaml
from engine import COMPOSE
from test_compose_readme import section


class Loader(yaml.SafeLoader):
    """Takes Compose's own tags, such as !reset."""


Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


def table():
    rows = [line.split("|")[1] for line in section().splitlines() if line.startswith("| `PODID_")]
    return {name for row in rows for name in re.findall(r"`(PODID_\w+)`", row)}


def variables(value):
    """Those that Compose puts in, in whatever a file has."""
    if isinstance(value, dict):
        return variables([*value, *value.values()])
    if isinstance(value, list):
        return {name for part in value for name in variables(part)}
    return set(re.findall(r"\$\{(PODID_\w+)", value)) if isinstance(value, str) else set()


def load(name):
    return yaml.load((COMPOSE / name).read_text(), Loader)


@pytest.mark.parametrize("name", ["compose.yaml", "compose.single.yaml"])
def test_a_stack_heeds_every_variable(name):
    assert len(table()) == 14
    assert variables(load(name)) == table()


def test_no_file_heeds_a_variable_that_the_table_has_not():
    for file in COMPOSE.glob("*.yaml"):
        assert variables(load(file.name)) <= table(), file


def test_the_single_container_has_the_values_of_the_other_file():
    """Their defaults, and what of the servers they set."""
    single = load("compose.single.yaml")["services"]["podid"]
    stack = load("compose.yaml")
    identity = {**stack["x-identity"], **stack["services"]["aws-api"]["environment"]}
    for name in ["PODID_AWS_API_ROOT_CREDENTIALS", "PODID_AWS_API_REGION", "PODID_AWS_API_ACCOUNT",
                 "PODID_AWS_API_CREDENTIAL_LIFETIME", "PODID_KUBERNETES_API_CLUSTER_NAME",
                 "PODID_NODE_AGENT_AGENT_GENERATION"]:
        assert single["environment"][name] == identity[name]
    of = {volume["source"]: volume for volume in single["volumes"] if isinstance(volume, dict)}
    seed, = [volume for volume in stack["x-podid"]["volumes"] if isinstance(volume, dict)]
    # At the place of the image's own seed.
    assert of[seed["source"]] == {**seed, "target": "/usr/local/share/podid/seed"}
    assert "COPY seed /usr/local/share/podid/seed" in (COMPOSE / "Dockerfile").read_text()


def test_the_script_heeds_those_that_the_readme_says():
    heeded = set(re.findall(r"\$\{(PODID_\w+)", (COMPOSE / "podid").read_text())) & table()
    ports = {name for name in table() if name.endswith("_PORT")}
    assert heeded == {*ports, "PODID_IMAGE"}
    assert re.search(r"`compose/podid up` takes the ports and\s`PODID_IMAGE` alone", section())
