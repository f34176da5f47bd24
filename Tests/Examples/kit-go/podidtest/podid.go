// Package podidtest lets Go tests run as pods: copy this file, which needs the standard library alone.
//
//	func TestReport(t *testing.T) {
//		stack := podidtest.Start(t)
//		stack.Pod(t, "default/s3-reader-sa") // this process is that pod until the test ends
//		app.ReadTheReport()
//		stack.Expect(t, "s3-reader-role", "GetObject", "your-bucket-name/report.csv", "ok")
//	}
//
// Inside `podid test -- go test ./...` the stack is that one; else each test starts its own, whose
// credentials last a minute. PODID names another command than podid, such as compose/podid.
package podidtest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Stack is a running stack.
type Stack struct {
	environment []string
	seen        int
}

// Event is what a server did or refused; Members has all that `podid events --json` tells.
type Event struct {
	Operation, Outcome, Caller, Bucket, Key, Reason string
	Members                                         map[string]any `json:"-"`
}

// Start returns the stack around the test, or starts one that ends with it.
func Start(t testing.TB, flags ...string) *Stack {
	t.Helper()
	stack := &Stack{environment: os.Environ()}
	if os.Getenv("PODID_STACK") == "" && os.Getenv("PODID_CONTAINER") == "" {
		file := filepath.Join(t.TempDir(), "stack.json")
		stack.environment = append(stack.environment, "PODID_STACK="+file)
		words := []string{"up", "--ephemeral", "--free-ports", "--detach", "--stack-file", file,
			"--credential-lifetime", "60s"}
		stack.Podid(t, append(words, flags...)...)
		t.Cleanup(func() { stack.Podid(t, "down") })
	}
	stack.Mark(t)
	return stack
}

// Podid runs a command of podid and returns what it prints; the test fails where it does.
func (stack *Stack) Podid(t testing.TB, words ...string) string {
	t.Helper()
	command := strings.Fields(os.Getenv("PODID"))
	if len(command) == 0 {
		command = []string{"podid"}
	}
	process := exec.Command(command[0], append(command[1:], words...)...)
	process.Env = stack.environment
	var errors strings.Builder
	process.Stderr = &errors
	output, err := process.Output()
	if err != nil {
		t.Fatalf("podid %s: %v\n%s%s", strings.Join(words, " "), err, output, errors.String())
	}
	return string(output)
}

// Pod makes this process a pod of a ServiceAccount until the test ends, and returns the pod's name.
// An SDK's configuration that was loaded before has another identity: load it afterwards.
func (stack *Stack) Pod(t *testing.T, account string) string {
	t.Helper()
	bytes := make([]byte, 6)
	if _, err := rand.Read(bytes); err != nil {
		t.Fatal(err)
	}
	name := "kit-" + hex.EncodeToString(bytes)
	words := []string{"env", "--service-account", account, "--pod", name}
	variables := map[string]string{}
	text := stack.Podid(t, append(words, "--format", "json")...)
	if err := json.Unmarshal([]byte(text), &variables); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stack.Podid(t, append(words, "--delete")...) })
	for _, pair := range os.Environ() {
		// What would hide the pod's identity, or lead to another's.
		if variable, _, _ := strings.Cut(pair, "="); strings.HasPrefix(variable, "AWS_") {
			t.Setenv(variable, "") // puts it back at the end
			os.Unsetenv(variable)
		}
	}
	for variable, value := range variables {
		t.Setenv(variable, value)
	}
	return name
}

// Advance moves the clock by which credentials expire, until the test ends. An SDK renews by its own
// clock, in time where each step is short beside what credentials last: a minute here.
func (stack *Stack) Advance(t testing.TB, duration string) {
	t.Helper()
	stack.Podid(t, "clock", "advance", duration)
	t.Cleanup(func() { stack.Podid(t, "clock", "reset") })
}

// Fault lets calls fail until the test ends, as `podid fault add` has it.
func (stack *Stack) Fault(t testing.TB, words ...string) {
	t.Helper()
	var fault struct{ ID string }
	text := stack.Podid(t, append([]string{"fault", "add", "--json"}, words...)...)
	if err := json.Unmarshal([]byte(text), &fault); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stack.Podid(t, "fault", "clear", fault.ID) })
}

// Mark lets Events and Expect look at what happens from now on.
func (stack *Stack) Mark(t testing.TB) {
	t.Helper()
	stack.seen = len(lines(stack.Podid(t, "events", "--json")))
}

// Events returns what happened since Mark, the oldest first.
func (stack *Stack) Events(t testing.TB) []Event {
	t.Helper()
	var events []Event
	for _, line := range lines(stack.Podid(t, "events", "--json"))[stack.seen:] {
		var event Event
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			t.Fatal(err)
		}
		_ = json.Unmarshal([]byte(line), &event.Members)
		events = append(events, event)
	}
	return events
}

// Expect fails the test unless a role did an operation on `bucket/key` of S3 ("" for any) since Mark,
// with this outcome; it returns the events.
func (stack *Stack) Expect(t testing.TB, role, operation, resource, outcome string) []Event {
	t.Helper()
	var found []Event
	var told []string
	for _, event := range stack.Events(t) {
		place := strings.TrimSuffix(event.Bucket+"/"+event.Key, "/")
		if event.Operation == operation && event.Outcome == outcome &&
			strings.Contains(event.Caller, ":assumed-role/"+role+"/") &&
			(resource == "" || resource == place) {
			found = append(found, event)
		}
		told = append(told, strings.Join(
			[]string{event.Operation, "by", event.Caller, "on", place + ":", event.Outcome, event.Reason}, " "))
	}
	if found == nil {
		t.Fatalf("not seen: %s by %s on %s: %s; there were\n%s",
			operation, role, resource, outcome, strings.Join(told, "\n"))
	}
	return found
}

func lines(text string) []string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
