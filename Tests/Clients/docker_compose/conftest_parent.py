"""What the clients' own conftest has, for modules of this folder, whose conftest is another."""

import importlib.util
from pathlib import Path

_place = Path(__file__).resolve().parents[1] / "conftest.py"
_specification = importlib.util.spec_from_file_location("clients_conftest", _place)
_module = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_module)
NEWEST_FIRST = _module.NEWEST_FIRST
clean_environment = _module.clean_environment
kubectl_path = _module.kubectl_path
