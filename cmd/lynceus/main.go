// Command lynceus is the lookout of a Kubernetes cluster; see package cli.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/lynceus-io/lynceus/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	os.Exit(code)
}
