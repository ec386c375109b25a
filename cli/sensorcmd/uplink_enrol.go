//go:build linux

package sensorcmd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/cli/alerts"
)

// identityDir is the directory of the node's certificate below that of the state.
const identityDir = "identity"

// refusedPause is about how long it takes until a proof that the hub refused is shown again: it may have been replaced.
const refusedPause = time.Minute

// enrol returns who this node is to the hub: as was kept, or by the proof that the flags name. It tries until ctx ends.
func (u *uplink) enrol(ctx context.Context) (*enroll.Holder, error) {
	for {
		h, err := enroll.Hold(ctx, enroll.Options{
			Hub: enroll.Hub{URL: u.to.url, TLS: u.trusted}, Proof: u.proof, Dir: filepath.Join(u.to.state, identityDir), Log: u.log, Now: u.now,
		})
		if !errors.Is(err, enroll.ErrRefused) && !errors.Is(err, enroll.ErrNoGate) {
			return h, err
		}
		u.say("%v; events wait in %s meanwhile", err, u.to.state)
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(refusedPause/2 + rand.N(refusedPause)):
		}
	}
}

// proof reads the token, which may be replaced while the sensor runs.
func (u *uplink) proof() (enroll.Proof, error) {
	if u.to.token == "" {
		return enroll.Proof{}, errors.New("give --hub-token-file: there is no certificate of an earlier run")
	}
	b, err := os.ReadFile(u.to.token)
	if err != nil {
		return enroll.Proof{}, fmt.Errorf("--hub-token-file: %w", err)
	}
	p := enroll.Proof{Token: strings.TrimSpace(string(b)), Cluster: u.node.Cluster, Node: u.node.Name}
	p.Kubernetes = strings.Count(p.Token, ".") == 2 // a JWT, RFC 7519 section 3; the hub's own have no dots
	return p, nil
}

// trust returns whom to believe: the system's authorities and those of the file that a flag names.
func trust(flag, file string) (*tls.Config, error) {
	trusted, err := alerts.Trust(flag, file)
	if err != nil {
		return nil, &usageError{err}
	}
	return trusted, nil
}
