"""podid console: a flow hop after hop, what decided it, and how it is stepped through."""

import json

from console_page import (  # noqa: F401
    ACCOUNT, FETCH, Console, browser, console, make_pod, shown_stack)

HOPS = "[...document.querySelectorAll('#hops li')]"
DRAWN = f"{HOPS}.filter((hop) => hop.classList.contains('walked')).length"


def operations(console):
    return console.script(f"return {HOPS}.map((hop) => hop.dataset.operation)")


def press(console, name):
    console.script("document.querySelector(`[data-flow=${arguments[0]}]`).click()", name)


def finished(console, operation):
    """Waits until the flow is drawn to its end, and has such a hop."""
    console.wait(f"{HOPS}.some((hop) => hop.dataset.operation === '{operation}') && "
                 f"{HOPS}.at(-1).getAttribute('aria-current') === 'step'", 60)


def badges(console):
    return dict(console.script(
        "return [...document.querySelectorAll('svg.wide .badge')].map((one) =>"
        "[one.dataset.badge, one.textContent])"))


def test_hops_are_shown_one_after_another_each_for_a_while(console, shown_stack):
    console.script(
        "window.steps = []; new MutationObserver(() => {"
        f"const drawn = {DRAWN}; if (window.steps.at(-1)?.[0] !== drawn)"
        "window.steps.push([drawn, performance.now()]); }).observe("
        "document.getElementById('hops'), { childList: true })")
    shown_stack.run_as(ACCOUNT, *FETCH)
    finished(console, "PodRemoved")
    names = operations(console)
    # In the order of who asks whom, not of who was done first.
    assert names == ["PodIdentityMutation", "TokenRequest", "TokenRequest", "VolumesWritten",
                     "GetCredentials", "AssumeRoleForPodIdentity", "GetCallerIdentity",
                     "PodRemoved"]
    steps = console.script("return window.steps")
    begun = [drawn for drawn, _ in steps].index(1)
    assert [drawn for drawn, _ in steps[begun:]] == list(range(1, len(names) + 1))
    times = [at for _, at in steps[begun:]]
    assert all(after - before > 1400 for before, after in zip(times, times[1:])), times
    # Each arrow has the numbers of its hops.
    assert badges(console) == {
        "clients-kubernetes": "1", "node-kubernetes": "2,3", "node-app": "4", "app-node": "5",
        "node-aws": "6", "aws-store": "6", "app-aws": "7", "kubernetes-node": "8"}
    # The last event is the pod's removal; what decided is the call.
    assert console.script("return document.querySelector('#event').dataset.operation") == (
        "GetCallerIdentity")
    assert "Hop 8 of 8: the pod is gone" in console.text("#hop")


def test_a_flow_is_paused_stepped_through_and_replayed(console, shown_stack):
    shown_stack.run_as(ACCOUNT, *FETCH)
    finished(console, "PodRemoved")
    count = len(operations(console))
    press(console, "pause")
    assert console.text("[data-flow=pause]").endswith("Go on")
    press(console, "replay")
    for number in range(1, count + 1):
        assert console.script(f"return {DRAWN}") == number
        assert console.text("#hop").startswith(f"Hop {number} of {count}: ")
        assert [hop for hop, now in console.script(
            f"return {HOPS}.map((hop, i) => [i + 1, hop.getAttribute('aria-current')])")
            if now == "step"] == [number]
        press(console, "step")
    # There is no hop behind the last.
    assert console.script(f"return {DRAWN}") == count
    press(console, "back")
    press(console, "back")
    assert console.text("#hop").startswith(f"Hop {count - 2} of {count}: ")
    assert str(count) not in badges(console).values()
    # What happens meanwhile waits, and moves nothing.
    shown_stack.run_as(ACCOUNT, *FETCH)
    console.wait("document.querySelector('#hop').innerText.includes('another flow waits')")
    assert console.script(f"return {DRAWN}") == count - 2
    before = console.script("return document.querySelector('#event').dataset.time")
    press(console, "pause")
    console.wait(f"document.querySelector('#event').dataset.time !== '{before}'", 60)
    finished(console, "PodRemoved")
    # The last flow once more, by itself.
    press(console, "replay")
    assert console.script(f"return {DRAWN}") == 0
    finished(console, "PodRemoved")


def test_the_big_line_shows_the_denial_and_not_what_came_after(console, shown_stack):
    shown_stack.run_as(
        ACCOUNT, "aws", "s3", "rm", "s3://your-bucket-name/hello.txt", check=False)
    finished(console, "PodRemoved")
    line = console.text("#event")
    for part in ("DeleteObject", "your-bucket-name/hello.txt", "default/s3-reader-sa",
                 "denied: AccessDenied"):
        assert part in line
    assert console.script("return document.querySelector('#event').dataset.kind") == "denied"
    # It did not get as far as S3.
    drawn = badges(console)
    assert drawn["app-aws"].endswith("✕") and "aws-s3" not in drawn
    # A page that is opened anew stands where the last flow ended.
    console.browser.refresh()
    console.wait("document.querySelector('#event').dataset.operation === 'DeleteObject'")
    assert operations(console)[-1] == "PodRemoved" and badges(console) == drawn


def test_a_fault_that_the_app_did_not_notice_does_not_decide(console, shown_stack):
    console.press("throttle")
    console.wait("document.querySelector('[data-fault=throttle] .count').innerText === "
                 "'! 1 to come' || document.querySelector('[data-fault=throttle] .count')"
                 ".innerText === '1 to come'")
    console.press("throttle")
    console.wait("document.querySelector('[data-fault=throttle] .count').innerText"
                 ".includes('2 to come')")
    assert console.text("[data-fault=clear] .count") == "1 active"
    listed = json.loads(shown_stack.podid("fault", "list", "--json").stdout)
    assert [fault["count"] for fault in listed["node-agent"]["faults"]] == [2]
    shown_stack.run_as(ACCOUNT, *FETCH)
    finished(console, "PodRemoved")
    kinds = console.script(
        f"return {HOPS}.filter((hop) => hop.dataset.operation === 'GetCredentials')"
        ".map((hop) => hop.dataset.kind)")
    assert kinds == ["fault", "fault", "ok"]
    assert console.script(
        "const line = document.querySelector('#event');"
        "return [line.dataset.operation, line.dataset.kind]") == ["GetCallerIdentity", "ok"]
    console.wait("document.querySelector('[data-fault=throttle] .count').innerText === 'next call'")


def test_each_button_has_a_title_and_a_count(console):
    for name, count in console.script(
            "return [...document.querySelectorAll('#buttons button')].map((one) =>"
            "[one.title.length > 20 && one.querySelector('b').innerText.length > 4,"
            "one.querySelector('.count').innerText])"):
        assert name and count in ("next call", "every call", "0 active")


def test_a_call_of_s3_goes_as_far_as_s3(console, shown_stack):
    shown_stack.run_as(ACCOUNT, "aws", "s3", "cp", "s3://your-bucket-name/hello.txt", "-")
    finished(console, "PodRemoved")
    drawn = badges(console)
    assert drawn["aws-s3"] == drawn["app-aws"]
    for text in ("S3", "public keys (JWKS)"):
        assert text in console.script("return document.querySelector('svg.wide').textContent")


def test_a_moved_clock_is_drawn_until_it_is_reset(console, shown_stack):
    shown = "getComputedStyle(document.querySelector('svg.wide [data-node=clock]')).display"
    console.wait(f"{shown} === 'none' && document.querySelector('#clock').innerText === ''")
    try:
        shown_stack.podid("clock", "advance", "25h")
        console.wait(f"{shown} !== 'none'")
        assert console.script(
            "return document.querySelector('svg.wide [data-node=clock]').textContent"
        ).strip() == "+25 h"
        shown_stack.podid("clock", "advance", "12m")
        console.wait("document.querySelector('#clock').innerText.includes('+25 h 12 min')")
    finally:
        shown_stack.podid("clock", "reset")
    console.wait(f"{shown} === 'none' && document.querySelector('#clock').innerText === ''")


def test_of_many_flows_at_once_the_newest_is_shown_soon(own_stack, browser):  # noqa: F811
    console = Console(own_stack).open(browser)
    try:
        console.script(
            "window.begun = new Set(); new MutationObserver(() => window.begun.add("
            "document.querySelector('#event-subject').title)).observe("
            "document.getElementById('hops'), { childList: true })")
        for number in range(12):
            make_pod(own_stack, f"many-{number:02}")
        console.wait("document.querySelector('#event-subject').title.includes('many-11')", 60)
        finished(console, "VolumesWritten")
        # Few had to wait for their turn: twelve flows of four hops each take half a minute.
        assert console.script("return window.begun.size") <= 5
    finally:
        browser.get("about:blank")
        console.stop()
