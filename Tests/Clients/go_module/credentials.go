// Package app gets credentials as every SDK for Go does, without one: none can be had offline.
package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

// Credentials are what the agent answers with.
type Credentials struct {
	AccessKeyId, SecretAccessKey, Token, AccountId, Expiration string
}

// Fetch asks the agent of the environment with the token of the environment.
func Fetch() (*Credentials, error) {
	token, err := os.ReadFile(os.Getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest("GET", os.Getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", string(token))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the agent answers %s", response.Status)
	}
	var credentials Credentials
	return &credentials, json.NewDecoder(response.Body).Decode(&credentials)
}
