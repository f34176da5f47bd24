"""compose/workshop.md as exercises: commands, and the output that the page shows below them."""

import re
from dataclasses import dataclass

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```\n", re.S | re.M)


@dataclass
class Step:
    """A block of commands, and what it prints."""

    commands: str
    shown: str
    # Where the page has the commands' block, and all of both.
    start: int
    end: int
    command_end: int


@dataclass
class Exercise:
    title: str
    steps: list


def exercises(text):
    """The page's sections that have commands, in their order."""
    found = []
    heads = list(re.finditer(r"^## (.*)$", text, re.M))
    for head, following in zip(heads, [*heads[1:], None]):
        end = following.start() if following else len(text)
        steps = []
        for block in BLOCK.finditer(text, head.end(), end):
            if block[1] == "sh":
                steps.append(Step(block[2], "", block.start(), block.end(), block.end()))
            elif block[1] == "":
                # An output belongs to the commands directly above it.
                between = text[steps[-1].command_end:block.start()]
                assert between.strip() == "" and steps[-1].shown == "", block[2]
                steps[-1].shown, steps[-1].end = block[2], block.end()
            else:
                raise AssertionError(f"a block of another kind: {block[1]}")
        found.append(Exercise(head[1], steps))
    return found


def with_outputs(text, steps, outputs):
    """The page with other outputs."""
    for step, output in sorted(zip(steps, outputs), key=lambda pair: -pair[0].start):
        block = f"\n```\n{output}```\n" if output else ""
        text = text[:step.command_end] + block + text[step.end:]
    return text


def shape(output):
    """An output without what every run has its own of."""
    for pattern, name in [
        (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
        (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?", "TIME"),
        (r"\b\d\d:\d\d:\d\d\.\d{3}\b", "TIME"),
        (r"\b1[789]\d{8}\b", "SECONDS"),
        (r"\b(ASIA|AROA)[A-Z2-7]{16,17}\b", r"\1ID"),
        (r"\ba-[a-z0-9]{17}\b", "a-ID"),
        # The end of a pod's name, as podid makes it.
        (r"-[bcdfghjklmnpqrstvwxz2456789]{5}\b", "-XXXXX"),
        # A session's name has the start of the pod's.
        (r"(eks-local-)[a-z0-9-]{1,12}-UUID", r"\1POD-UUID"),
    ]:
        output = re.sub(pattern, name, output)
    return output
