package dns

import (
	"fmt"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"
)

// ttl is short, in seconds: tests move names.
const ttl = 5

// Answer answers one query in wire form. An error means that what came is no query and deserves no answer.
func Answer(query []byte, lookup func(name string) ([]netip.Addr, bool)) ([]byte, error) {
	var p dnsmessage.Parser
	header, err := p.Start(query)
	if err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	if header.Response {
		return nil, fmt.Errorf("dns: a response, not a query")
	}
	question, err := p.Question()
	if err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	addrs, known := lookup(question.Name.String())
	reply := dnsmessage.Header{ID: header.ID, Response: true, Authoritative: true, RecursionDesired: header.RecursionDesired, RecursionAvailable: true}
	if !known {
		reply.RCode = dnsmessage.RCodeNameError
	}
	b := dnsmessage.NewBuilder(nil, reply)
	b.EnableCompression()
	if err := b.StartQuestions(); err != nil {
		return nil, err
	}
	if err := b.Question(question); err != nil {
		return nil, err
	}
	if err := b.StartAnswers(); err != nil {
		return nil, err
	}
	resource := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: ttl}
	for _, a := range addrs {
		var err error
		switch {
		case a.Is4() && question.Type == dnsmessage.TypeA:
			err = b.AResource(resource, dnsmessage.AResource{A: a.As4()})
		case a.Is6() && question.Type == dnsmessage.TypeAAAA:
			err = b.AAAAResource(resource, dnsmessage.AAAAResource{AAAA: a.As16()})
		}
		if err != nil {
			return nil, err
		}
	}
	return b.Finish()
}
