package redact

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
)

func FuzzDocument(f *testing.F) {
	for _, seed := range []string{
		`{"kind":"Secret","data":{"a":"Yg=="}}`, `{"items":[{"data":{"a":"b"}}],"kind":"SecretList"}`, `[{"op":"add","path":"/data/x","value":"y"}]`,
		`{"requestURI":"/x?command=a&command=-p&command=b&token=c%20d"}`, `{"a":"https://u:p@h/","env":[{"name":"X_KEY","value":"v"}]}`,
		`{"a":"{\"password\":\"x\"}"}`, `{"args":["--token","x"," y -p z"]}`, `"-----BEGIN PRIVATE KEY-----"`, `{"a":"Authorization: Bearer eyJhbGciOiJ.eyJ.x"}`,
		`{"a":"x\npassword: y\n"}`, `{"\u0070assword":1}`, `{"value":{},"name":"TOKEN"}`, "{\"a\":\"\xff token=\xff\"}",
	} {
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, doc []byte, bodies bool) {
		r := New([]byte("key"))
		suspect, ascii := r.Suspect(doc)
		out, n, err := r.Document(nil, doc, Context{SecretBodies: bodies})
		if err != nil {
			return
		}
		if n > 0 && !suspect && !bodies && !SuspectURI(uriOf(doc)) {
			t.Errorf("changed without a suspicion: %q to %q", doc, out)
		}
		if ascii && strings.IndexFunc(string(doc), func(c rune) bool { return c > 127 }) >= 0 {
			t.Errorf("not ASCII: %q", doc)
		}
		if !json.Valid(out) {
			t.Errorf("%q became %q, which is not JSON", doc, out)
		}
		if n == 0 && string(out) != string(doc) {
			t.Errorf("%q became %q and nothing was counted", doc, out)
		}
	})
}

// uriOf returns the request URI of a document as intake sees it.
func uriOf(doc []byte) string {
	var d struct {
		RequestURI any `json:"requestURI"`
	}
	json.Unmarshal(doc, &d)
	uri, _ := d.RequestURI.(string)
	return uri
}

// FuzzCanary plants a secret in every kind of place, under names and beside
// texts that are not known before, and nested in strings.
func FuzzCanary(f *testing.F) {
	for place := range len(canaryPlaces) {
		f.Add(uint8(place), "some.key", "text", "more", uint8(place%3))
	}
	f.Fuzz(func(t *testing.T, place uint8, key, before, after string, nesting uint8) {
		doc := canaryPlaces[int(place)%len(canaryPlaces)](key, before, after)
		for range nesting % 3 {
			text, err := json.Marshal(doc)
			if err != nil {
				t.Skip()
			}
			doc = map[string]any{"kubectl.kubernetes.io/last-applied-configuration": string(text), "x": before}
		}
		text, err := json.Marshal(map[string]any{"requestObject": doc, "z": after})
		if err != nil || !strings.Contains(string(text), "CANARY") && !strings.Contains(string(text), "Q0FOQVJZ") {
			t.Skip()
		}
		r := New([]byte("key"))
		out, _, err := r.Document(nil, text, Context{})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if s := string(out); strings.Contains(s, "CANARY") || strings.Contains(s, "Q0FOQVJZ") {
			t.Errorf("it lives:\n%s\n%s", text, out)
		}
		if suspect, _ := r.Suspect(text); !suspect {
			t.Errorf("not suspected: %s", text)
		}
	})
}

const secretText = "CANARY0123456789"

// encoded is a word in base64 that shows whether the canary is in it.
var encoded = base64.StdEncoding.EncodeToString([]byte(secretText))

var canaryPlaces = []func(key, before, after string) any{
	func(key, before, after string) any {
		return map[string]any{"kind": "Secret", "data": map[string]any{key: encoded}, "metadata": map[string]any{"name": before}}
	},
	func(key, before, after string) any {
		return map[string]any{"kind": "Secret", "stringData": map[string]any{key: before + secretText + after}}
	},
	func(key, before, after string) any {
		return map[string]any{"kind": "SecretList", "items": []any{map[string]any{"data": map[string]any{key: encoded}, "metadata": before}}}
	},
	func(key, before, after string) any {
		return map[string]any{"env": []any{map[string]any{"name": "MY_PASSWORD", "value": "x" + secretText + after}, map[string]any{"name": key, "value": before}}}
	},
	func(key, before, after string) any {
		return map[string]any{"a": before + " eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.CANARY" + " " + after}
	},
	func(key, before, after string) any {
		return map[string]any{"a": before + " ghp_CANARY0123456789CANARY0123456789 " + after}
	},
	func(key, before, after string) any {
		return map[string]any{"a": before + "\n-----BEGIN RSA PRIVATE KEY-----\nCANARY\n-----END RSA PRIVATE KEY-----\n" + after}
	},
	func(key, before, after string) any {
		return map[string]any{"a": before + " postgres://user:CANARY@host/db " + after}
	},
	func(key, before, after string) any { return map[string]any{"clientSecret": "x" + secretText + after} },
	func(key, before, after string) any {
		return map[string]any{"a": before + "\nsome.password=CANARY\n" + after}
	},
	func(key, before, after string) any {
		return map[string]any{"args": []any{before, "--api-token=CANARY" + after}}
	},
	func(key, before, after string) any {
		return map[string]any{"args": []any{"run", "--api-token", "CANARY"}}
	},
	func(key, before, after string) any {
		return map[string]any{"a": before + "\nAuthorization: Bearer CANARY0123456789\n" + after}
	},
}
