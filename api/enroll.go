package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/peer"
)

// Enrolment is what somebody shows who wants to be a peer.
type Enrolment struct {
	enroll.Request
	// Who has the token of this server that was shown; the zero value where
	// one of Kubernetes was, in Request.
	Who access.Principal
}

// Errors of an Enroller.
var (
	// ErrProof says that what was shown does not prove what was asked for.
	ErrProof = errors.New("the proof is refused")
	// ErrReviewer says that the token of a cluster cannot be reviewed now.
	ErrReviewer = errors.New("the token cannot be reviewed now")
)

// Enroller gives certificates to those who prove who they are.
type Enroller interface {
	// Enroll answers with the name that was proved, too.
	Enroll(ctx context.Context, e Enrolment) (peer.Issued, peer.Name, error)
}

// enroll takes either a token of this server or one of a cluster.
func (c *call) enroll() error {
	if c.s.o.Enroller == nil {
		return missing(enroll.GateMissing)
	}
	// Whoever comes here may be anybody: what costs something is bounded.
	select {
	case c.s.enrolments <- struct{}{}:
		defer func() { <-c.s.enrolments }()
	default:
		return problem.New(problem.Busy, "many enroll at the moment").Advise("come again in a few seconds")
	}
	var in Enrolment
	if err := c.body(&in.Request); err != nil {
		return err
	}
	switch {
	case len(in.PEM) == 0 || len(in.PEM) > peer.MaxNote || len(in.KubernetesToken) > peer.MaxNote:
		return problem.New(problem.BadRequest, "a certificate request has 1 to %d bytes, and a token no more", peer.MaxNote)
	case in.KubernetesToken == "":
		var err error
		if c.who, err = c.s.authenticate(c.r); err != nil {
			return err
		}
		if !c.who.Role.May(token.Sensor) && !c.who.Role.May(token.Agent) {
			return problem.New(problem.Forbidden, "this needs the role sensor or agent, and %q has %s", c.who.Name, c.who.Role).
				Advise("lynceus token create --role sensor --cluster NAME makes one")
		}
		in.Who = c.who
	}
	issued, name, err := c.s.o.Enroller.Enroll(c.r.Context(), in)
	c.what = name.String()
	switch {
	case errors.Is(err, ErrProof):
		return problem.New(problem.Forbidden, "%v", err).Because(err)
	case errors.Is(err, ErrReviewer):
		return problem.New(problem.Unavailable, "%v", err).Because(err)
	case err != nil:
		return problem.New(problem.BadRequest, "%v", err).Because(err)
	}
	return c.json(http.StatusCreated, issued)
}

// maxEnrolments is how many may enroll at a time.
const maxEnrolments = 16
