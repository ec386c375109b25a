// Command provider is an identity provider for tests in a browser: OpenID Connect on the loopback address, behind TLS by a
// certificate of its own. Whoever comes is signed in at once, as the person that it was told of.
//
// It prints its address in a line, once its certificate is written, and runs until its standard input ends.
package main

import (
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/lynceus-io/lynceus/internal/issuertest"
)

// options say who is signed in, and where the certificate is left.
type options struct{ user, group, ca string }

func main() {
	var o options
	flag.StringVar(&o.user, "user", "mira", "name of everybody who signs in")
	flag.StringVar(&o.group, "group", "soc", "their group")
	flag.StringVar(&o.ca, "ca", "", "file for its certificate, in PEM (needed)")
	flag.Parse()
	if err := run(o, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(o options, in io.Reader, out io.Writer) error {
	p, err := issuertest.Start(func(err error) { fmt.Fprintln(os.Stderr, err) })
	if err != nil {
		return err
	}
	defer p.Close()
	p.Do(func(p *issuertest.Provider) {
		p.Claims["preferred_username"], p.Claims["groups"] = o.user, []string{o.group}
	})
	if err := os.WriteFile(o.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate()}), 0o600); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(out, p.URL); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}
