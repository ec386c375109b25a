package hub

import (
	"bytes"
	"context"
	"net/netip"
	"slices"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/identity"
	"github.com/lynceus-io/lynceus/rule"
)

// Test sends the events of one of a rule's own tests through a pipeline of
// its own and returns what the rule found in them. Of all the rules only r
// and those it refers to are judged; r makes findings here even if it is
// disabled or feeds correlations only.
func Test(ctx context.Context, all []*rule.Rule, r *rule.Rule, t *rule.Test) ([]*detect.Finding, error) {
	o := ScanOptions{Rules: closure(all, r), Workers: 1}
	for name, addresses := range t.Feeds {
		feed, err := testFeed(name, addresses)
		if err != nil {
			return nil, err
		}
		o.Feeds = append(o.Feeds, feed)
	}
	p, err := newPipeline(o)
	if err != nil {
		return nil, err
	}
	for _, part := range []struct {
		docs  [][]byte
		learn bool
	}{{t.History, true}, {t.Events, false}} {
		if len(part.docs) == 0 {
			continue
		}
		p.options.Stdin = bytes.NewReader(bytes.Join(part.docs, []byte("\n")))
		if err := p.read(ctx, []string{"-"}, part.learn, &coverage.Report{}); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(p.state.Finish(), func(f *detect.Finding) bool { return f.Rule.ID != r.ID }), nil
}

// closure returns r, made to speak, and the rules it refers to, directly or
// through others.
func closure(all []*rule.Rule, r *rule.Rule) []*rule.Rule {
	speaking := *r
	speaking.Silent, speaking.Disabled = false, false
	out := []*rule.Rule{&speaking}
	for i := 0; i < len(out); i++ {
		if out[i].Correlation == nil {
			continue
		}
		for _, ref := range out[i].Correlation.Rules {
			for _, x := range all {
				if (x.ID == ref || x.Name == ref) && !slices.ContainsFunc(out, func(y *rule.Rule) bool { return y.ID == x.ID }) {
					out = append(out, x)
				}
			}
		}
	}
	return out
}

// testFeed makes a named list of addresses and networks.
func testFeed(name string, addresses []string) (*identity.Feed, error) {
	var prefixes []netip.Prefix
	for _, text := range addresses {
		if a, err := netip.ParseAddr(text); err == nil {
			prefixes = append(prefixes, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		prefixes = append(prefixes, p)
	}
	return identity.NewFeed(name, prefixes), nil
}
