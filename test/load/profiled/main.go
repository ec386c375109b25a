// Command profiled is the program lynceus, with a profile of its processor time: it writes one to the file that LYNCEUS_PROFILE names,
// from its start until it ends: where a hub under load spends its time (see docs/performance.md).
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"

	"github.com/lynceus-io/lynceus/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	code, err := profiled(os.Getenv("LYNCEUS_PROFILE"), func() int {
		return cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// profiled runs f and writes its profile to a file; "" is no file.
func profiled(file string, f func() int) (code int, err error) {
	if file == "" {
		return 0, errors.New("LYNCEUS_PROFILE names no file for the profile")
	}
	out, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if err := pprof.StartCPUProfile(out); err != nil {
		return 0, err
	}
	defer pprof.StopCPUProfile()
	return f(), nil
}
