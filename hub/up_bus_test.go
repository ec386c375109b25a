//go:build cgo

package hub

import (
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// natsServer starts a NATS server as an operator would, and returns its URL.
func natsServer(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true, Username: "lynceus", Password: "secret-password",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the NATS server does not start")
	}
	return strings.Replace(s.ClientURL(), "nats://", "nats://lynceus:secret-password@", 1)
}

// A server whose bus is a cluster of NATS hands over to the next one when it stops. One with another key is refused.
func TestUpOnCluster(t *testing.T) {
	t.Parallel()
	o := &BusOptions{URL: natsServer(t)}
	dir := t.TempDir()
	first, err := Start(t.Context(), UpOptions{Dir: dir, Listen: "127.0.0.1:0", Bus: o, Rules: builtinRules(t), Webhook: webhookForTests(), Log: logs(t)})
	if err != nil {
		t.Fatal(err)
	}
	if at := first.Bus(); strings.Contains(at, "secret") || !strings.Contains(at, "127.0.0.1") {
		t.Errorf("the bus is said to be at %s", at)
	}
	lines := logLines(t, demoLog)
	if !postLines(first.WebhookAddress(), lines[:100]) {
		t.Fatal("the webhook takes nothing")
	}
	until(t, time.Minute, "not all is stored", func() bool { return !first.behind(t.Context()) })
	before := number(t, first.store, "audit | count")
	if before == "0" {
		t.Error("nothing is stored")
	}
	if _, err := Start(t.Context(), UpOptions{Dir: t.TempDir(), Listen: "127.0.0.1:0", Bus: o, Rules: builtinRules(t)}); err == nil || !strings.Contains(err.Error(), "redact.key") {
		t.Errorf("a server with another key: %v", err)
	}
	next := make(chan *Up)
	go func() {
		second, err := Start(t.Context(), UpOptions{Dir: dir, Listen: "127.0.0.1:0", Bus: o, Rules: builtinRules(t), Webhook: webhookForTests(), Log: logs(t)})
		for end := time.Now().Add(time.Minute); err != nil && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond) // the directory is the first one's still
			second, err = Start(t.Context(), UpOptions{Dir: dir, Listen: "127.0.0.1:0", Bus: o, Rules: builtinRules(t), Webhook: webhookForTests(), Log: logs(t)})
		}
		if err != nil {
			t.Error(err)
		}
		next <- second
	}()
	stopUp(t, first)
	second := <-next
	if second == nil {
		t.FailNow()
	}
	defer stopUp(t, second)
	if !postLines(second.WebhookAddress(), lines[:100]) { // they come again
		t.Fatal("the webhook takes nothing")
	}
	until(t, time.Minute, "not all is stored", func() bool { return !second.behind(t.Context()) })
	if after := number(t, second.store, "audit | count"); after != before {
		t.Errorf("%s requests are stored, %s were before the same came again", after, before)
	}
}
