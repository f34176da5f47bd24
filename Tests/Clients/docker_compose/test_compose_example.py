"""The example of an own app in compose, run where it stands."""

from engine import REPOSITORY
from project import Project, moved_ports

EXAMPLE = REPOSITORY / "Tests" / "Examples" / "compose-app"


def test_the_app_reads_the_orders_and_cannot_change_them(engine):
    project = Project(engine, "podid-orders", EXAMPLE / "compose.yaml", **moved_ports())
    try:
        said = project.run("app").stdout.splitlines()
    finally:
        project.down("-v", check=False)
    assert said[0].startswith("249 orders, read as arn:aws:sts::111122223333:assumed-role/s3-reader")
    assert said[1:] == ["they cannot be overwritten"]
    assert project.left() == []
