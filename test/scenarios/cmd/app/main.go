// Command app is every container of a scenario: the applications, the tools that an intruder brings, and the programs
// of a small userland. What it does is told by the name it is called by, or by its first argument.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	args := os.Args
	if filepath.Base(args[0]) == "app" && len(args) > 1 {
		args = args[1:]
	}
	if err := run(ctx, filepath.Base(args[0]), args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

// run runs one program. Verbs of the API are in api.go, the server in serve.go.
func run(ctx context.Context, name string, args []string, stdin io.Reader, stdout io.Writer) error {
	switch name {
	case "serve":
		return serve(ctx, ":8080")
	case "watch":
		return watch(ctx, args)
	case "lease":
		return lease(ctx, args)
	case "poll":
		return poll(ctx, args)
	case "operate":
		return operate(ctx, args)
	case "scale":
		return scale(ctx, args)
	case "crash":
		return fmt.Errorf("no configuration found")
	case "hog":
		return hog(ctx)
	case "sleep":
		return sleep(ctx, args)
	case "cat":
		return cat(args, stdout)
	case "ls":
		return list(args, stdout)
	case "id":
		_, err := fmt.Fprintf(stdout, "uid=%d gid=%d\n", os.Getuid(), os.Getgid())
		return err
	case "hostname":
		host, err := os.Hostname()
		fmt.Fprintln(stdout, host)
		return err
	case "sh", "bash":
		return shell(ctx, args, stdin, stdout)
	default: // what a real image would have and this one has not: accepted, so that a scenario can name it
		_, err := fmt.Fprintln(stdout, name, strings.Join(args, " "))
		return err
	}
}

// sleep waits for a number of seconds, or for a signal.
func sleep(ctx context.Context, args []string) error {
	d := time.Hour
	if len(args) > 0 {
		var err error
		if d, err = time.ParseDuration(strings.TrimSuffix(args[0], "s") + "s"); err != nil {
			return err
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
	return nil
}

// shell reads command lines, from -c or from standard input, and runs each word list as a program of this one.
func shell(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	script := ""
	if len(args) > 1 && args[0] == "-c" {
		script = args[1]
	} else {
		b, err := io.ReadAll(io.LimitReader(stdin, 1<<16))
		if err != nil {
			return err
		}
		script = string(b)
	}
	for line := range strings.FieldsFuncSeq(script, func(r rune) bool { return r == '\n' || r == ';' || r == '&' || r == '|' }) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == "exit" {
			return nil
		}
		if err := run(ctx, filepath.Base(words[0]), words[1:], strings.NewReader(""), stdout); err != nil {
			fmt.Fprintln(stdout, "sh:", err)
		}
	}
	return nil
}

// cat writes files.
func cat(args []string, stdout io.Writer) error {
	for _, a := range args {
		b, err := os.ReadFile(a)
		if err != nil {
			return err
		}
		if _, err := stdout.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// list writes the names in directories.
func list(args []string, stdout io.Writer) error {
	if len(args) == 0 {
		args = []string{"/"}
	}
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			continue
		}
		entries, err := os.ReadDir(a)
		if err != nil {
			return err
		}
		for _, e := range entries {
			fmt.Fprintln(stdout, e.Name())
		}
	}
	return nil
}

// hog takes memory until its limit ends it.
func hog(ctx context.Context) error {
	var held [][]byte
	for ctx.Err() == nil {
		b := make([]byte, 8<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		held = append(held, b)
		time.Sleep(20 * time.Millisecond)
	}
	_ = held
	return nil
}
