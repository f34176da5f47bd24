// What an app's own tests may look like: denial, throttling, expiry. The AWS CLI stands for an SDK.
package app

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"example.com/app/podidtest"
)

const (
	account = "default/s3-reader-sa"
	role    = "s3-reader-role"
	file    = "your-bucket-name/hello.txt"
)

func aws(words ...string) (string, error) {
	output, err := exec.Command("aws", words...).CombinedOutput()
	return string(output), err
}

func TestWhatTheRoleMayNotDoIsDenied(t *testing.T) {
	stack := podidtest.Start(t)
	stack.Pod(t, account)
	if said, err := aws("s3", "rm", "s3://"+file); err == nil || !strings.Contains(said, "AccessDenied") {
		t.Fatal(said)
	}
	stack.Expect(t, role, "DeleteObject", file, "AccessDenied")
}

func TestAThrottledAgentIsAskedAgain(t *testing.T) {
	stack := podidtest.Start(t)
	pod := stack.Pod(t, account)
	stack.Fault(t, "error", "ThrottlingException", "--count", "1", "--pod", pod)
	if said, err := aws("s3", "cp", "s3://"+file, "-"); err != nil {
		t.Fatal(said)
	}
	stack.Expect(t, role, "GetObject", file, "ok")
	for _, event := range stack.Events(t) {
		if event.Operation == "GetCredentials" && event.Outcome == "ThrottlingException" {
			return
		}
	}
	t.Fatal("the agent refused nothing")
}

type keys struct{ AccessKeyID, SecretAccessKey, Token string }

// credentials asks the agent, as an SDK does that keeps what it gets.
func credentials(t *testing.T) keys {
	t.Helper()
	token := []byte(os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"))
	if path := os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); path != "" {
		var err error
		if token, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	request, err := http.NewRequest("GET", os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", string(token))
	response, err := (&http.Client{Transport: &http.Transport{}}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	var found keys
	if err := json.Unmarshal(body, &found); err != nil || response.StatusCode != 200 {
		t.Fatal(response.Status, string(body))
	}
	return found
}

// with runs the AWS CLI with keys that somebody kept.
func with(kept keys) (string, error) {
	process := exec.Command("aws", "sts", "get-caller-identity")
	process.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID="+kept.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY="+kept.SecretAccessKey, "AWS_SESSION_TOKEN="+kept.Token)
	output, err := process.CombinedOutput()
	return string(output), err
}

func TestCredentialsThatAreKeptBeyondTheirEndAreRefused(t *testing.T) {
	stack := podidtest.Start(t)
	stack.Pod(t, account)
	kept := credentials(t)
	if said, err := with(kept); err != nil {
		t.Fatal(said)
	}
	stack.Advance(t, "1m")
	if said, err := with(kept); err == nil || !strings.Contains(said, "ExpiredToken") {
		t.Fatal(said)
	}
	renewed := credentials(t)
	if renewed.AccessKeyID == kept.AccessKeyID {
		t.Fatal("the agent hands out what has ended")
	}
	if said, err := with(renewed); err != nil {
		t.Fatal(said)
	}
	stack.Expect(t, role, "GetCallerIdentity", "", "ok")
}
