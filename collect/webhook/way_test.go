package webhook

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lynceus-io/lynceus/collect/falco"
	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/otlp"
)

// startForeign is start, with the formats of other tools.
func startForeign(t *testing.T) *setup {
	t.Helper()
	set, err := foreign.NewSet(falco.Format, otlp.Format)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, func(o *Options) { o.Live.Formats = set })
}

// send posts a body and returns the answer as it is.
func send(t *testing.T, url, body string, head ...string) (status int, answer, kind string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header.Get("Content-Type")
}

// cloudWatch is a record of a CloudWatch Logs subscription, as Firehose and Pub/Sub carry theirs.
func cloudWatch(messages ...string) string {
	var events []string
	for i, m := range messages {
		events = append(events, fmt.Sprintf(`{"id":"%d","timestamp":1767323045000,"message":%q}`, i, m))
	}
	return base64.StdEncoding.EncodeToString([]byte(zip(`{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/eks/prod/cluster","logStream":"kube-apiserver-audit-1","logEvents":[` + strings.Join(events, ",") + `]}`)))
}

func firehose(records ...string) string {
	var list []string
	for _, r := range records {
		list = append(list, `{"data":"`+r+`"}`)
	}
	return `{"requestId":"r-1","timestamp":1767323045000,"records":[` + strings.Join(list, ",") + `]}`
}

func pubsub(data string) string {
	return `{"message":{"data":"` + base64.StdEncoding.EncodeToString([]byte(data)) + `","messageId":"1","publishTime":"2026-01-02T03:04:05Z"},"subscription":"projects/p/subscriptions/s"}`
}

const (
	alertText = `{"rule":"Shell","priority":"Warning","output":"o","time":"2026-01-02T03:04:05Z","output_fields":{}}`
	logsText  = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1767261605123456789","body":{"stringValue":"x"}}]}]}]}`
)

// logsProtobuf is a log record in protobuf.
func logsProtobuf() string {
	nested := func(n protowire.Number, b []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), b)
	}
	return string(nested(1, nested(2, nested(2, nested(3, []byte("INFO"))))))
}

func TestWays(t *testing.T) {
	key := func(token string) []string {
		return []string{"X-Amz-Firehose-Access-Key", token, "X-Amz-Firehose-Request-Id", "r-1"}
	}
	basic := []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("falco:one"))}
	bearer := []string{"Authorization", "Bearer one"}
	pb := append([]string{"Content-Type", "application/x-protobuf"}, bearer...)
	control := base64.StdEncoding.EncodeToString([]byte(zip(`{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}`)))
	for name, test := range map[string]struct {
		path, body   string
		head         []string
		status       int
		answer, kind string
		events       int64
	}{
		"Falco, basic":           {"/falco", alertText, basic, 200, `"events":1`, "application/json", 1},
		"Falco, bearer":          {"/", alertText, bearer, 200, `"events":1`, "application/json", 1},
		"Falco, wrong password":  {"/falco", alertText, []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("one:falco"))}, 401, "token", "application/json", 0},
		"Falco, cut off":         {"/falco", alertText[:40], basic, 400, "error", "application/json", 0},
		"logs":                   {"/v1/logs", logsText, bearer, 200, "{}\n", "application/json", 1},
		"logs, protobuf":         {"/v1/logs", logsProtobuf(), pb, 200, "", "application/x-protobuf", 1},
		"logs, empty":            {"/v1/logs", "", pb, 200, "", "application/x-protobuf", 0},
		"logs, part":             {"/v1/logs", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[5]}]}]}`, bearer, 200, `"rejectedLogRecords":"1"`, "application/json", 0},
		"logs, no protobuf":      {"/v1/logs", logsText, pb, 400, "not a message of OTLP", "application/x-protobuf", 0},
		"logs, no JSON":          {"/v1/logs", "x", bearer, 400, "message", "application/json", 0},
		"traces":                 {"/v1/traces", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","startTimeUnixNano":"1"}]}]}]}`, bearer, 200, "{}\n", "application/json", 1},
		"logs, nobody":           {"/v1/logs", logsText, nil, 401, "token", "application/json", 0},
		"Firehose":               {"/firehose", firehose(cloudWatch(doc("a"), doc("b")), cloudWatch(doc("c"))), key("one"), 200, `"requestId":"r-1"`, "application/json", 3},
		"Firehose, plain":        {"/firehose", firehose(base64.StdEncoding.EncodeToString([]byte(doc("a") + "\n" + doc("b")))), key("one"), 200, `"requestId":"r-1"`, "application/json", 2},
		"Firehose, its question": {"/firehose", firehose(control), key("one"), 200, `"requestId":"r-1"`, "application/json", 0},
		"Firehose, wrong key":    {"/firehose", firehose(cloudWatch(doc("a"))), key("none"), 401, `"errorMessage":`, "application/json", 0},
		"Firehose, no JSON":      {"/firehose", "x", key("one"), 400, `"errorMessage":`, "application/json", 0},
		"key elsewhere":          {"/", doc("a"), key("one"), 401, "token", "application/json", 0},
		"Pub/Sub":                {"/pubsub?token=one", pubsub(doc("a")), nil, 200, `"events":1`, "application/json", 1},
		"Pub/Sub, another log":   {"/pubsub?token=one", pubsub(`{"textPayload":"hello"}`), nil, 200, `"rejected":1`, "application/json", 0},
		"Pub/Sub, wrong token":   {"/pubsub?token=none", pubsub(doc("a")), nil, 401, "token", "application/json", 0},
		"token elsewhere":        {"/?token=one", doc("a"), nil, 401, "token", "application/json", 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := startForeign(t)
			status, answer, kind := send(t, s.url+test.path, test.body, test.head...)
			if status != test.status || !strings.Contains(answer, test.answer) || kind != test.kind || test.answer == "" && answer != "" {
				t.Errorf("%d %q %q", status, answer, kind)
			}
			if a := s.ledger.Accounts(); a[0].Events != test.events {
				t.Errorf("%+v", a)
			}
		})
	}
}

// Redelivery: while nothing can be made durable every sender is told to come again, and nothing is lost or told twice to
// whoever knows an event by its identity.
func TestWaysRedeliver(t *testing.T) {
	s := startForeign(t)
	bodies := map[string]struct {
		body string
		head []string
	}{
		"/firehose":         {firehose(cloudWatch(doc("a"), doc("b"))), []string{"X-Amz-Firehose-Access-Key", "one"}},
		"/pubsub?token=one": {pubsub(doc("c")), nil},
		"/v1/logs":          {logsText, []string{"Authorization", "Bearer one"}},
		"/falco":            {alertText, []string{"Authorization", "Bearer one"}},
	}
	s.sink.setFail(func() error { return errors.New("the disk is full") })
	for path, b := range bodies {
		if status, answer, _ := send(t, s.url+path, b.body, b.head...); status != http.StatusServiceUnavailable {
			t.Errorf("%s: %d %s", path, status, answer)
		}
	}
	s.sink.setFail(nil)
	for range 3 {
		for path, b := range bodies {
			if status, answer, _ := send(t, s.url+path, b.body, b.head...); status != http.StatusOK {
				t.Errorf("%s: %d %s", path, status, answer)
			}
		}
	}
	for _, id := range []string{"a", "b", "c"} {
		if s.sink.ids[id] != 3 { // the same events: audit.Requests and live.Repeated take each once
			t.Errorf("%s came %d times", id, s.sink.ids[id])
		}
	}
	if last := s.ledger.Last(); last.IsZero() || time.Since(last) > time.Hour {
		t.Errorf("last %v", last)
	}
}
