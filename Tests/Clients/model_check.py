"""Compares raw answers with botocore's service models: no unknown member, none missing, right types."""

import json
import xml.etree.ElementTree as ElementTree


class ModelCheck:
    """Watches a boto3 client and collects how its answers differ from the model."""

    def __init__(self, client):
        self.problems = []
        self.operations = set()
        self.protocol = client.meta.service_model.metadata["protocol"]
        client.meta.events.register("before-parse.*.*", self._keep)

    def _keep(self, operation_model, response_dict, **_):
        self.operations.add(operation_model.name)
        status, body = response_dict["status_code"], response_dict["body"]
        where = operation_model.name
        if status >= 300:
            self._error(where, operation_model, response_dict)
            return
        shape = operation_model.output_shape
        if shape is None or not body:
            return
        if self.protocol in ("rest-json", "json"):
            self._json(where, shape, json.loads(body))
        elif self.protocol == "query":
            root = _bare(ElementTree.fromstring(body))
            self._equal(where, root.tag, operation_model.name + "Response")
            assert root.find("ResponseMetadata/RequestId") is not None
            wrapper = shape.serialization.get("resultWrapper")
            self._xml(where, shape, root.find(wrapper) if wrapper else root)
        else:
            payload = shape.serialization.get("payload")
            if payload and shape.members[payload].type_name != "structure":
                return
            self._xml(where, shape, _bare(ElementTree.fromstring(body)))

    def _error(self, where, operation, response):
        headers = {name.lower(): value for name, value in response["headers"].items()}
        if self.protocol != "rest-json":
            return
        self._true(where, "x-amzn-requestid" in headers, "no x-amzn-RequestId")
        code = headers.get("x-amzn-errortype", "")
        body = json.loads(response["body"])
        self._true(where, "message" in body, "error without message")
        modelled = {shape.name: shape for shape in operation.error_shapes}
        if code in modelled:
            status = modelled[code].metadata.get("error", {}).get("httpStatusCode")
            self._equal(where, response["status_code"], status)
            self._json(where + "/" + code, modelled[code], body)

    def _true(self, where, truth, text):
        if not truth:
            self.problems.append(f"{where}: {text}")

    def _equal(self, where, left, right):
        self._true(where, left == right, f"{left!r} is not {right!r}")

    def _json(self, where, shape, value):
        if value is None:
            return
        kind = shape.type_name
        if kind == "structure":
            if not isinstance(value, dict):
                return self._true(where, False, f"{value!r} is no object")
            known = {m.serialization.get("name", n): (n, m) for n, m in shape.members.items()}
            for name, member in value.items():
                if name not in known:
                    self._true(where, False, f"unknown member {name}")
                else:
                    self._json(f"{where}.{name}", known[name][1], member)
            for name in shape.required_members:
                wire = shape.members[name].serialization.get("name", name)
                self._true(where, wire in value, f"required {wire} is missing")
        elif kind == "list":
            self._true(where, isinstance(value, list), "is no list")
            for element in value:
                self._json(where + "[]", shape.member, element)
        elif kind == "map":
            for element in value.values():
                self._json(where + "{}", shape.value, element)
        else:
            expected = {
                "string": str, "boolean": bool, "integer": int, "long": int,
                "timestamp": (int, float), "double": (int, float), "float": (int, float),
            }[kind]
            self._true(where, isinstance(value, expected), f"{value!r} is no {kind}")

    def _xml(self, where, shape, element):
        if element is None:
            return
        kind = shape.type_name
        if kind == "structure":
            known = {}
            for name, member in shape.members.items():
                flat = member.type_name == "list" and member.serialization.get("flattened")
                wire = member.serialization.get("name", name)
                if flat:
                    wire = member.member.serialization.get("name", wire)
                known[wire] = (member, flat)
            for child in element:
                if child.tag in ("ResponseMetadata",):
                    continue
                if child.tag not in known:
                    self._true(where, False, f"unknown element {child.tag}")
                    continue
                member, flat = known[child.tag]
                self._xml(f"{where}.{child.tag}", member.member if flat else member, child)
            for name in shape.required_members:
                member = shape.members[name]
                if member.serialization.get("location"):
                    continue
                wire = member.serialization.get("name", name)
                self._true(where, element.find(wire) is not None, f"required {wire} is missing")
        elif kind == "list":
            for child in element:
                tag = shape.member.serialization.get("name", "member")
                self._equal(where, child.tag, tag)
                self._xml(where + "[]", shape.member, child)
        elif kind == "map":
            for entry in element:
                self._equal(where, [child.tag for child in entry], ["key", "value"])
                key = entry.findtext("key")
                self._true(where, key in getattr(shape.key, "enum", [key]), f"unknown key {key}")
                self._xml(f"{where}.{key}", shape.value, entry.find("value"))
        elif kind == "boolean":
            self._true(where, element.text in ("true", "false"), f"{element.text!r} is no boolean")
        elif kind in ("integer", "long"):
            self._true(where, (element.text or "").lstrip("-").isdigit(), "is no number")
        else:
            self._true(where, len(element) == 0, "has children")


def _bare(root):
    """The tree without namespaces."""
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root
