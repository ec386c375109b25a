package redact

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestSuspectSeesNames: what Document replaces because of a name, Suspect sees,
// however the name is put together and wherever it stands.
func TestSuspectSeesNames(t *testing.T) {
	if testing.Short() {
		t.Skip("testing.Short: a hundred thousand documents, one after another")
	}
	words := []string{
		"password", "Password", "PASSWORD", "passwd", "passphrase", "Passcode", "secret", "Secret", "SECRET", "token", "Token", "TOKEN", "pwd", "Pwd", "PWD",
		"key", "Key", "KEY", "apikey", "auth", "AUTH", "pass", "PASS", "dbpassword",
	}
	before := []string{"", "my", "api", "API", "x.y/", "a(", "my ", "1", "auth"}
	after := []string{"", "2", "Value", "_B64", "Name", "é", ")"}
	glue := []string{"", "_", "-", "."}
	places := []string{
		`{%s:"value1"}`, `{%s: 5}`, `{"a":{%s:["value1"]}}`, `{"env":[{"name":%s,"value":"value1"}]}`, `{"env":[{"value":"value1","name":%s}]}`,
		`[{"op":"add","path":%s,"value":"value1"}]`, `{"a":{%s: [ [ 5 ] ]}}`,
	}
	texts := []string{"%s=value1", "%s: value1", "x\n%s: value1", "\"%s\": \"value1\"", "'%s' = 'value1'", "run --%s value1", "run --%s=value1 y", "?%s=value1&a=b", "--%s"}
	r := New(nil)
	replaced := 0
	check := func(doc string) {
		t.Helper()
		_, n, err := r.Document(nil, []byte(doc), Context{})
		if err != nil {
			t.Fatalf("%s: %v", doc, err)
		}
		if suspect, _ := r.Suspect([]byte(doc)); n > 0 && !suspect {
			t.Errorf("not suspected: %s", doc)
		}
		replaced += n
	}
	for _, w := range words {
		for _, b := range before {
			for _, a := range after {
				for _, g := range glue {
					name := b + g + w + g + a
					check(fmt.Sprintf(`[{"op":"add","path":%s,"value":"value1"}]`, quote("/spec/"+name)))
					check(fmt.Sprintf(`[{"op":"add","path":%s,"value":"value1"}]`, quote("/spec/a~1"+name)))
					for _, p := range places {
						check(fmt.Sprintf(p, quote(name)))
						check(fmt.Sprintf(`{"a":%s}`, quote(fmt.Sprintf(p, quote(name)))))
					}
					for _, text := range texts {
						text = fmt.Sprintf(text, name)
						check(fmt.Sprintf(`{"a":%s}`, quote(text)))
						check(fmt.Sprintf(`{"requestURI":%s}`, quote("/p"+text)))
						check(fmt.Sprintf(`{"args":[%s,"value1"]}`, quote(text)))
					}
				}
			}
		}
	}
	if replaced < 10000 {
		t.Errorf("only %d values were replaced", replaced)
	}
}

func quote(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func TestClassify(t *testing.T) {
	for name, want := range map[string]nameClass{
		"": plainName, "password": secretName, "DB_PASSWORD": secretName, "dbPassword": secretName, "password2": secretName, "PASSWORD_HASH": secretName,
		"passwordFile": plainName, "TOKEN_URL": plainName, "secretName": plainName, "secretKeyRef": plainName, "tokenExpirationSeconds": plainName,
		"clientSecret": secretName, "secrets": plainName, "tokens": plainName, "apiKey": secretName, "api-key": secretName, "APIKey": secretName,
		"AWS_SECRET_ACCESS_KEY": secretName, "AWS_ACCESS_KEY_ID": plainName, "STRIPE_KEY": envName, "key": plainName, "KEY": plainName, "publicKey": plainName,
		"keyring": plainName, "REDIS_AUTH": envName, "auth": plainName, "authorization": plainName, "authKey": secretName, "DB_PASS": envName, "compass": plainName,
		"automountServiceAccountToken": secretName, "serviceAccountToken": secretName, "pwd": secretName, "db.pwd": secretName, "SECRET_KEY_BASE": secretName,
		"x-api-key": secretName, "continue": plainName, "credential-id": plainName,
	} {
		if got := classify([]byte(name)); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
}
