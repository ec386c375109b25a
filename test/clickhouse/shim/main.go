// Command shim serves the ClickHouse engine of libchdb.so over HTTP on the loopback interface, so that tests reach the
// real engine where no server is installed:
//
//	shim -lib libchdb.so [-path DIR]
//
// It prints the URL it listens on, one line, and serves until its standard input ends, which happens too when whoever
// started it dies. Without -path the data lie in a temporary directory that is removed at the end.
//
// What a server has and the library has not, it has not either: replication, clusters, users, the native protocol.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "shim:", err)
		os.Exit(1)
	}
}

func run(args []string, stdin io.Reader, stdout io.Writer) (err error) {
	flags := flag.NewFlagSet("shim", flag.ContinueOnError)
	libPath := flags.String("lib", "", "path of libchdb.so")
	dir := flags.String("path", "", "data directory; a temporary one without it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		if *dir, err = os.MkdirTemp("", "lynceus-clickhouse-"); err != nil {
			return fmt.Errorf("make a data directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(*dir)) }()
	}
	lib, err := loadLibrary(*libPath)
	if err != nil {
		return err
	}
	eng, err := openEngine(lib, *dir)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: &server{engine: eng}}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	fmt.Fprintf(stdout, "http://%s\n", listener.Addr())

	ended := make(chan struct{})
	go func() {
		io.Copy(io.Discard, stdin)
		close(ended)
	}()
	select {
	case err := <-served:
		return err
	case <-ended:
		return srv.Close()
	}
}
