// Command tell reports an inventory to a running server, as the agent of its cluster does, for tests and for looking at pages:
// a recording of lynceus agent, or a cluster that is made up. With --log it also appends a recorded audit log to one that the
// server follows.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/agent"
	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/client"
	"github.com/lynceus-io/lynceus/collect/input"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/inventory"
)

// options say what is told to whom.
type options struct {
	server, token   string
	recording       string
	pods            int
	log, followedBy string
}

func main() {
	var o options
	flag.StringVar(&o.server, "server", "", "address of the server")
	flag.StringVar(&o.token, "token", "", "file with a token that has the role agent")
	flag.StringVar(&o.recording, "inventory", "", "recording to report")
	flag.IntVar(&o.pods, "pods", 0, "make up a cluster of so many pods, ten to a workload, instead")
	flag.StringVar(&o.log, "log", "", "recorded audit log")
	flag.StringVar(&o.followedBy, "to", "", "file that the server follows, to which the log is appended")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	objects, err := o.objects()
	if err == nil && len(objects) > 0 {
		err = report(ctx, o, objects)
	}
	if err == nil && o.log != "" {
		err = appendLog(o.log, o.followedBy)
	}
	return err
}

func (o *options) objects() ([]inventory.Object, error) {
	if o.recording == "" {
		return madeUp(o.pods, time.Now()), nil
	}
	s, err := input.Open(input.File{Name: o.recording}, nil, nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var out []inventory.Object
	for d := inventory.NewDecoder(s); ; {
		var one inventory.Object
		err := d.Decode(&one)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.recording, err)
		}
		out = append(out, one)
	}
}

// perBatch keeps batches below what a server takes at once.
const perBatch = 200

func report(ctx context.Context, o options, objects []inventory.Object) error {
	token, err := os.ReadFile(o.token)
	if err != nil {
		return err
	}
	c, err := client.New(client.Options{Server: o.server, Token: strings.TrimSpace(string(token))})
	if err != nil {
		return err
	}
	hub := agent.NewRemote(c)
	uid := objects[0].ClusterUID
	if _, err := hub.Hello(ctx, api.AgentHello{UID: uid, KubernetesVersion: "v1.36.3"}); err != nil {
		return err
	}
	var b wire.Builder
	var e event.Event
	for len(objects) > 0 {
		n := min(perBatch, len(objects))
		b.Reset("agent/"+uid, time.Now().UnixNano())
		for i := range objects[:n] {
			inventory.Fill(&e, &objects[i], inventory.Group{})
			if err := b.Add(&e); err != nil {
				return err
			}
		}
		if err := hub.Take(ctx, uid, b.AppendTo(nil)); err != nil {
			return err
		}
		objects = objects[n:]
	}
	return nil
}

func appendLog(from, to string) error {
	s, err := input.Open(input.File{Name: from}, nil, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	f, err := os.OpenFile(to, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, s)
	return errors.Join(err, f.Close())
}
