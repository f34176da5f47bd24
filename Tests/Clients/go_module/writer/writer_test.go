package writer

import (
	"testing"

	"example.com/app"
)

func TestCredentials(t *testing.T) {
	credentials, err := app.Fetch()
	if err != nil {
		t.Fatal(err)
	}
	if credentials.AccountId != "111122223333" || credentials.Expiration == "" {
		t.Fatalf("account %q, until %q", credentials.AccountId, credentials.Expiration)
	}
}
