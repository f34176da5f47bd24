"""podid console in a headless Chromium, beside real clients of the stack that it shows."""

import base64
import json
import re
import statistics
import time
from pathlib import Path

import pytest
import requests
from browser import resize
from conftest import start_stack, stop_stack
from console_page import ACCOUNT, FETCH, Console, browser, console, shown_stack  # noqa: F401


def test_wrong_usage_is_told_in_a_line(stack):
    for words in (["--listen", "0.0.0.0:0"], ["--listen", "192.0.2.1:1"], ["--listen", "[::]:0"],
                  ["--listen", "example.com:0"], ["--listen", "8080"], ["--open"], ["word"]):
        done = stack.podid("console", *words, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (64, "", 1), words
    done = stack.podid("console", "--stack", "/nonexistent/stack.json", check=False)
    assert done.returncode == 1


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "[::1]:0", "localhost:0"])
def test_the_door_opens_once_and_to_its_own_page_alone(stack, listen):
    if "::1" in listen and not Path("/proc/net/if_inet6").exists():
        pytest.skip("no IPv6 on this machine")
    console = Console(stack, "--listen", listen)
    try:
        url = console.url
        assert re.fullmatch(r"http://(127\.0\.0\.1|\[::1\]):\d+/\?key=[\w-]{43}", console.link)
        once = requests.Session()
        once.trust_env = False
        assert requests.get(url + "/").status_code == 403
        assert requests.get(console.link, headers={"Host": "evil.example"}).status_code == 403
        assert requests.get(console.link, headers={"Origin": "http://evil.example"}
                            ).status_code == 403
        page = once.get(console.link)
        assert page.status_code == 200
        assert re.fullmatch(re.escape(url) + r"/[\w-]{43}/", page.url)
        # No other port of this machine, where an app may listen, is sent the cookie.
        assert [cookie.path + "/" for cookie in once.cookies] == [page.url.removeprefix(url)] or [
            cookie.path for cookie in once.cookies] == [page.url.removeprefix(url)]
        assert once.get(url + "/").status_code == 403
        again = requests.get(console.link, allow_redirects=False)
        assert again.status_code == 403 and "podid console again" in again.text
        assert once.get(url + "/closed.css").status_code == 200
        own = {"Origin": url}
        for method, path, headers, status in [
            ("GET", "/", {}, 200), ("GET", "/console.js", {}, 200), ("GET", "/nothing", {}, 404),
            ("GET", "/%2e%2e/etc/passwd", {}, 404), ("GET", "/", {"Host": "evil.example"}, 403),
            ("GET", "/", {"Sec-Fetch-Site": "cross-site"}, 403), ("POST", "/", own, 405),
            ("GET", "/faults/clear", {}, 405), ("POST", "/faults/clear", {}, 403),
            ("POST", "/faults/clear", {"Origin": "http://127.0.0.1:1"}, 403),
            ("POST", "/faults/clear", own, 200), ("POST", "/faults/nothing", own, 404),
        ]:
            answer = once.request(method, page.url + path.lstrip("/"), headers=headers)
            assert answer.status_code == status, (method, path, headers, answer.text)
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none';")
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Access-Control-Allow-Origin" not in answer.headers
    finally:
        console.stop()


def test_what_was_before_is_told_in_the_order_of_time(own_stack):
    for _ in range(3):
        own_stack.run_as(ACCOUNT, *FETCH)
    expected = [
        (event["time"], event["operation"]) for event in map(
            json.loads, own_stack.podid("events", "--json").stdout.splitlines())
        if event["operation"] in ("AssumeRoleForPodIdentity", "GetCredentials", "TokenRequest")]
    console = Console(own_stack)
    try:
        session = requests.Session()
        session.trust_env = False
        page = session.get(console.link).url
        end = time.monotonic() + 20
        found = []
        while time.monotonic() < end and not set(expected) <= set(found):
            # Its first message is the picture as it is.
            with session.get(page + "events", stream=True) as stream:
                data = next(line for line in stream.iter_lines() if line.startswith(b"data: "))
            recent = json.loads(data[6:])["recent"]
            found = [(event["time"], event["operation"]) for event in recent]
        assert set(expected) <= set(found)
        assert [at for at, _ in found] == sorted(at for at, _ in found)
        assert all(event["live"] is False for event in recent if event["time"] <= expected[-1][0])
    finally:
        console.stop()


def test_the_page_draws_what_is_there(console):
    assert console.script("return document.title") == "podid console"
    for name in ("kubernetes-api", "aws-api", "node-agent", "role store", "kubelet",
                 "Pod Identity Agent", "the app"):
        assert name in console.script(
            "return document.querySelector('svg.wide').textContent"), name
    assert console.script(
        "return document.querySelector('svg.wide').getBoundingClientRect().width") > 600
    console.wait("document.querySelectorAll('#associations b').length >= 2")
    assert "s3-reader-sa → s3-reader-role" in console.text("#associations")
    console.wait("document.querySelector('#pods').innerText.includes('s3-access-pod')")
    console.wait("document.querySelector('#servers').innerText.includes('node-agent')")
    # The seed's pod had a token before the console came.
    console.wait("document.querySelector('#token').innerText.includes('s3-access-pod')")
    assert "pods.eks.amazonaws.com" in console.text("#token")
    assert console.text("#active") == "No fault is active."


def test_events_reach_the_page_within_200_ms(console, shown_stack):
    console.script(
        "window.moved = 0; new MutationObserver((all) => { for (const one of all)"
        "for (const node of one.addedNodes) window.moved += 1; }).observe("
        "document.querySelector('svg.wide .travellers'), { childList: true })")
    calls = []
    for number in range(1, 6):
        shown_stack.run_as(ACCOUNT, *FETCH)
        console.wait("[...document.querySelectorAll('#events li[data-live=true]')].filter((row) =>"
                     f"row.dataset.operation === 'PodRemoved').length >= {number}")
        calls += [late for name, late, _ in console.events() if name == "GetCallerIdentity"][:1]
    delays = sorted(late for _, late, _ in console.events())
    print(f"{len(delays)} events reached the page after {statistics.median(delays):.0f} ms in the "
          f"median, {delays[len(delays) * 9 // 10]:.0f} ms for 9 of 10, {delays[-1]:.0f} ms at "
          f"most; GetCallerIdentity after {[round(late) for late in calls]} ms")
    assert statistics.median(calls) <= 200 and delays[len(delays) * 9 // 10] <= 1000
    # One hop after another: the picture is behind the list.
    console.wait("window.moved >= 10", 60)
    seen = {name for name, _, _ in console.events()}
    assert {"PodIdentityMutation", "TokenRequest", "VolumesWritten", "AssumeRoleForPodIdentity",
            "GetCredentials", "GetCallerIdentity", "PodRemoved"} <= seen
    tags = console.text("#tags")
    for text in ("kubernetes-namespace", "kubernetes-pod-uid", "arn:aws:eks:us-east-1"):
        assert text in tags
    assert "of a session of s3-reader-role" in console.text("#tags-about")
    console.script("document.querySelector('#token-more').open = true")
    rest = console.text("#token-rest")
    for text in ("header alg", "RS256", "header kid", "serviceaccount uid", "jti", "nbf"):
        assert text in rest


def test_a_denial_shows_what_decided_it(console, shown_stack, tmp_path):
    (tmp_path / "new.txt").write_text("hello\n")
    done = shown_stack.run_as(
        ACCOUNT, "aws", "s3", "cp", str(tmp_path / "new.txt"), "s3://your-bucket-name/new.txt",
        check=False)
    assert "AccessDenied" in done.stderr
    console.wait("document.querySelector('#denial').dataset.state === 'shown'")
    text = console.text("#denial")
    for part in ("Denied: AccessDenied (check: identity-policy)", "PutObject on your-bucket-name/",
                 "default/s3-reader-sa", "statement ReadTheBucket"):
        assert part in text
    # Red, and a cross besides.
    look = console.script(
        "const place = document.querySelector('#denial'); return ["
        "getComputedStyle(place).borderTopColor,"
        "getComputedStyle(place.querySelector('.cross')).visibility]")
    assert look == ["rgb(176, 15, 31)", "visible"]
    console.wait("document.querySelector('svg.wide [data-arrow=app-aws].refused')")
    console.wait("document.querySelector('svg.wide .traveller.denied path')")


def test_a_button_is_reached_and_pressed_by_keyboard_and_the_next_fetch_shows_it(
        console, shown_stack):
    from selenium.webdriver.common.keys import Keys

    for _ in range(30):
        console.browser.switch_to.active_element.send_keys(Keys.TAB)
        if console.script("return document.activeElement.dataset.fault") == "agent-500":
            break
    else:
        pytest.fail("the tabulator does not reach the button")
    outline = console.script(
        "const look = getComputedStyle(document.activeElement);"
        "return [document.activeElement.matches(':focus-visible'), look.outlineStyle,"
        "parseFloat(look.outlineWidth)]")
    assert outline == [True, "solid", 3]
    console.browser.switch_to.active_element.send_keys(Keys.ENTER)
    console.wait("document.querySelector('#active').innerText.includes("
                 "'node-agent: status 500 at GetCredentials once')")
    assert "Set at node-agent" in console.script(
        "return document.querySelector('#faults-said').textContent")
    listed = json.loads(shown_stack.podid("fault", "list", "--json").stdout)
    assert [fault["action"] for fault in listed["node-agent"]["faults"]] == ["status"]
    shown_stack.run_as(ACCOUNT, *FETCH)
    console.wait("document.querySelector('#events li[data-live=true][data-kind=fault]')")
    console.wait("document.querySelector('#active').innerText === 'No fault is active.'")


@pytest.mark.parametrize("name,server,action,code", [
    ("throttle", "node-agent", "error", "ThrottlingException"),
    ("expired", "node-agent", "past-expiration", None),
    ("not-visible", "aws-api", "association-not-visible", None),
    ("restart", "node-agent", "restart", None),
    ("slow", "aws-api", "delay", None)])
def test_each_button_sets_the_rule_of_podid_fault_add(
        console, shown_stack, name, server, action, code):
    console.press(name)
    console.wait(f"document.querySelector('#active').innerText.includes('{server}: {action}')")
    listed = json.loads(shown_stack.podid("fault", "list", "--json").stdout)
    faults = [(where, fault["action"], fault.get("code"))
              for where, servers in listed.items() for fault in servers["faults"]]
    assert faults == [(server, action, code)]
    console.press("clear")
    console.wait("document.querySelector('#active').innerText === 'No fault is active.'")
    assert shown_stack.podid("fault", "list").stdout == ""


def test_a_fault_set_elsewhere_and_a_restarted_server_show_up(console, shown_stack):
    shown_stack.podid("fault", "add", "restart", "--count", "1", "--operation", "GetCredentials")
    console.wait("document.querySelector('#active').innerText.includes('restart')")
    shown_stack.run_as(ACCOUNT, *FETCH)
    console.wait("[...document.querySelectorAll('#events li[data-live=true]')].some((row) =>"
                 "row.dataset.operation === 'GetCredentials' && row.dataset.kind === 'ok')")


def test_associations_and_pods_follow_the_stack(console, shown_stack):
    def reads(names):
        return names.count("DescribePodIdentityAssociation")

    before = reads([event["operation"] for event in shown_stack.events("aws")])
    shown_stack.aws(
        "eks", "create-pod-identity-association", "--cluster-name", shown_stack["cluster"],
        "--namespace", "default", "--service-account", "page-sa", "--role-arn",
        "arn:aws:iam::111122223333:role/s3-reader-role")
    console.wait("document.querySelector('#associations').innerText.includes('default/page-sa')")
    shown_stack.api("POST", "/api/v1/namespaces/default/serviceaccounts", {
        "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "page-sa"}})
    shown_stack.podid("env", "--service-account", "page-sa")
    console.wait("document.querySelector('#pods').innerText.includes('podid-env-page-sa')")
    shown_stack.podid("env", "--service-account", "page-sa", "--delete")
    console.wait("!document.querySelector('#pods').innerText.includes('podid-env-page-sa')")
    # What others read is shown, what the page itself reads is not.
    shown_stack.aws("eks", "list-pod-identity-associations", "--cluster-name",
                    shown_stack["cluster"])
    console.wait("document.querySelector('[data-operation=ListPodIdentityAssociations]')")
    # The annotation's controller looks through them from time to time as well.
    after = reads([event["operation"] for event in shown_stack.events("aws")])
    assert after - before - reads([name for name, _, _ in console.events()]) >= 3


def test_no_secret_reaches_the_page(console, shown_stack, tmp_path):
    cookies = {one["name"]: one["value"] for one in console.browser.get_cookies()}
    assert all(one["httpOnly"] and one["sameSite"] == "Strict"
               for one in console.browser.get_cookies())
    assert console.script("return document.cookie") == ""
    stream = requests.get(console.page + "events", cookies=cookies, stream=True, timeout=20)
    program = tmp_path / "secrets.py"
    program.write_text(
        "import json, os, urllib.request\n"
        "token = open(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']).read()\n"
        "url = os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI']\n"
        "asked = urllib.request.Request(url, headers={'Authorization': token})\n"
        "print(json.dumps([token, json.load(urllib.request.urlopen(asked))]))\n")
    token, given = json.loads(shown_stack.run_as(ACCOUNT, "python3", str(program)).stdout)
    config = json.loads(Path(shown_stack["kubernetes"]["kubeconfig"]).read_text())
    secrets = [shown_stack["adminToken"], given["SecretAccessKey"], given["Token"],
               config["users"][0]["user"]["token"], *token.split(".")]
    console.wait("document.querySelector('#events li[data-live=true][data-operation=PodRemoved]')")
    heard = ""
    for piece in stream.iter_content(None):
        heard += piece.decode()
        # The picture in front has events of before.
        if "PodRemoved" in heard.partition("event: happened")[2]:
            break
    stream.close()
    assert "GetCredentials" in heard and "TokenRequest" in heard
    kept = [event for event in shown_stack.events("kubernetes") if "claims" in event]
    header, claims, _ = token.split(".")
    for name, part in (("header", header), ("claims", claims)):
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        assert json.loads(text) in [event[name] for event in kept]
    seen = heard + console.script("return document.documentElement.outerHTML")
    for path in ("", "console.js", "console.css", "icon.svg"):
        answer = requests.get(console.page + path, cookies=cookies)
        assert answer.status_code == 200
        seen += answer.text + str(answer.headers)
    assert [secret for secret in secrets if secret in seen] == []
    # Not shortened either.
    assert [secret for secret in secrets if len(secret) > 30 and secret[8:24] in seen] == []
    fetched = [json.loads(entry["message"])["message"] for entry in
               console.browser.get_log("performance")]
    places = {entry["params"]["request"]["url"] for entry in fetched
              if entry["method"] == "Network.requestWillBeSent"}
    ours = {place for place in places if place.startswith("http")}
    assert ours and all(re.match(r"http://127\.0\.0\.1:\d+/", place) for place in ours), ours


def test_those_who_want_no_motion_have_none(console, shown_stack):
    console.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-reduced-motion", "value": "reduce"}]})
    try:
        console.script(
            "window.moved = 0; new MutationObserver(() => { window.moved += 1; }).observe("
            "document.querySelector('svg.wide .travellers'), { childList: true })")
        shown_stack.run_as(ACCOUNT, *FETCH)
        console.wait("document.querySelector('svg.wide [data-arrow=app-aws].hot')")
        console.wait("document.querySelector('#event').dataset.kind === 'ok'")
        assert console.script("return window.moved") == 0
    finally:
        console.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_stack_that_goes_away_is_told_and_the_next_one_is_shown(browser, tmp_path):
    process, stack = start_stack(tmp_path)
    console = Console(stack).open(browser)
    try:
        stop_stack(process)
        console.wait("document.querySelector('#link').textContent.includes('the stack is away')")
        assert "aws-api away" in console.text("#servers")
        process, stack = start_stack(tmp_path)
        console.wait("document.querySelector('#link').textContent === 'live'")
        stack.run_as(ACCOUNT, *FETCH)
        console.wait("document.querySelector("
                     "'#events li[data-live=true][data-operation=GetCallerIdentity]')")
        # The page outlives its console, and says what helps.
        browser.get_log("browser")
        console.stop()
        console.wait("document.querySelector('#link').textContent.includes('console is away')")
        port = console.url.rsplit(":", 1)[1]
        console = Console(stack, "--listen", f"127.0.0.1:{port}")
        console.browser = browser
        console.wait("document.querySelector('#link').textContent.includes('console again')")
    finally:
        browser.get("about:blank")
        console.stop()
        if process.poll() is None:
            stop_stack(process)
