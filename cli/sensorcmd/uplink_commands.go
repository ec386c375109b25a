//go:build linux

package sensorcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/sensor/digest"
)

// do does a command of the hub.
func (u *uplink) do(ctx context.Context, c peer.Command) peer.Answer {
	body, err := u.obey(ctx, &c)
	if err != nil {
		return peer.Answer{Error: err.Error()}
	}
	b, err := json.Marshal(body)
	if err != nil {
		return peer.Answer{Error: err.Error()}
	}
	return peer.Answer{Body: b}
}

func (u *uplink) obey(ctx context.Context, c *peer.Command) (any, error) {
	switch c.Kind {
	case peer.Report:
		return u.standing()
	case peer.Policy:
		if u.policies == nil {
			return nil, errors.New("this sensor takes no policies from a hub; it was started without --hub-policies")
		}
		var set peer.PolicySet
		if err := json.Unmarshal(c.Body, &set); err != nil {
			return nil, fmt.Errorf("the command's body is no set of policies: %w", err)
		}
		n, err := u.policies.replace(&set, u.sensor.SetPolicies)
		if err != nil {
			return nil, err
		}
		u.say("%d policies are in force, version %s of the hub's", n, set.Version)
		return peer.PolicyState{Version: set.Version, Policies: n}, nil
	case peer.Rules:
		if u.rules == nil {
			return nil, errors.New("this sensor takes no rules from a hub; it was started without --hub-rules")
		}
		var set peer.RuleSet
		if err := json.Unmarshal(c.Body, &set); err != nil {
			return nil, fmt.Errorf("the command's body is no set of rules: %w", err)
		}
		is, err := u.rules.replace(&set, u.sensor.SetPlan)
		if err != nil {
			return nil, err
		}
		u.say("%d rules are judged here, version %s of the hub's; %d are left to it", is.Rules, is.Version, is.Left)
		return is, nil
	case peer.Capture:
		if u.captures == nil {
			return nil, errors.New("this sensor captures nothing for a hub; it was started without --hub-captures")
		}
		var of peer.CaptureOf
		if err := json.Unmarshal(c.Body, &of); err != nil {
			return nil, fmt.Errorf("the command's body names nothing to capture: %w", err)
		}
		return u.captures.obey(of)
	case peer.Hash:
		return hashOf(ctx, c.Body)
	}
	return nil, fmt.Errorf("this sensor knows no command %s", c.Kind)
}

// hashOf reads the file that a command names.
func hashOf(ctx context.Context, body []byte) (*peer.Hashed, error) {
	var of peer.HashOf
	if err := json.Unmarshal(body, &of); err != nil {
		return nil, fmt.Errorf("the command's body names no file: %w", err)
	}
	a, err := digest.Once(ctx, digest.Options{}, digest.Question{Container: of.Container, Path: of.Path, PID: of.PID})
	if err != nil {
		return nil, err
	}
	return &peer.Hashed{SHA256: a.SHA256, Size: a.Size, Mode: fmt.Sprintf("%04o", a.Mode), Owner: a.Owner, Modified: a.Modified, PID: a.PID}, nil
}

// standing is what the answer to the command report says; counts are since the sensor began.
type standing struct {
	Version string `json:"version"`
	Policy  string `json:"policy,omitempty"`
	Rules   string `json:"rules,omitempty"`
	Sensor  string `json:"sensor"` // in words
	Events  uint64 `json:"events"`
	// Lost is what the kernel could not hand over, ShedQueue what was given up in memory, ShedSpool on the disk, LostSpool what
	// was damaged there or refused by the hub.
	Lost      uint64 `json:"lost"`
	ShedQueue uint64 `json:"shed_queue"`
	ShedSpool uint64 `json:"shed_spool"`
	LostSpool uint64 `json:"lost_spool"`
	// Batches wait in the spool, the oldest sealed at Oldest; Disk and Memory are the bytes it takes.
	Batches int        `json:"batches"`
	Disk    int64      `json:"disk_bytes"`
	Memory  int64      `json:"memory_bytes"`
	Oldest  *time.Time `json:"oldest,omitempty"`
	Trouble string     `json:"trouble,omitempty"`
}

func (u *uplink) standing() (*standing, error) {
	stats, err := u.sensor.Stats()
	if err != nil {
		return nil, err
	}
	b, q := u.box.Stats(), u.queued()
	out := &standing{
		Version: productVersion(), Sensor: stats.String(), Events: stats.Rows, Lost: stats.Lost(), ShedQueue: q + b.Large, ShedSpool: b.Shed, LostSpool: b.Lost,
		Batches: b.Batches, Disk: b.Disk, Memory: b.Memory,
	}
	if u.policies != nil {
		out.Policy = u.policies.version()
	}
	if u.rules != nil {
		out.Rules = u.rules.version()
	}
	if !b.Oldest.IsZero() {
		out.Oldest = &b.Oldest
	}
	if b.Trouble != nil {
		out.Trouble = b.Trouble.Error()
	}
	return out, nil
}
