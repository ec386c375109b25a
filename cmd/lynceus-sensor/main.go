//go:build linux

// Command lynceus-sensor is the lookout of a Kubernetes node; see package sensorcmd.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/lynceus-io/lynceus/cli/sensorcmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := sensorcmd.RunAlone(ctx, os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(code)
}
