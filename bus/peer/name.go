package peer

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what sort of peer one is.
type Kind string

// The kinds.
const (
	Sensor Kind = "sensor" // of one node
	Agent  Kind = "agent"  // of one cluster
)

// scheme begins a name's URI.
const scheme = "lynceus"

// maxName bounds the names of clusters and nodes: that of a DNS domain.
const maxName = 253

// Name says who a peer is. It stands in the peer's certificate, as a URI.
type Name struct {
	Kind Kind
	// ClusterUID is the UID of the peer's cluster. It is "" where the hub does
	// not know it, and Cluster, the cluster's name, stands for it then.
	ClusterUID string
	Cluster    string
	// Node is the name of a sensor's node, "" for an agent.
	Node string
	// Proof says what the certificate was given for: the id of a token, or
	// ByKubernetes.
	Proof string
}

// ByKubernetes is the proof of a peer that showed a token of its cluster.
const ByKubernetes = "kubernetes"

// Valid says what is wrong with a name, or nothing.
func (n Name) Valid() error {
	switch {
	case n.Kind != Sensor && n.Kind != Agent:
		return fmt.Errorf("%q is no kind of peer", n.Kind)
	case n.Kind == Sensor && n.Node == "":
		return errors.New("a sensor is of a node, which has to be named")
	case n.Kind == Agent && n.Node != "":
		return errors.New("an agent is of a cluster, not of a node")
	case (n.ClusterUID == "") == (n.Cluster == ""):
		return errors.New("a peer is of one cluster: by its UID, or else by its name")
	case !isUID(n.ClusterUID):
		return errors.New("the UID of a cluster is made of at most 64 letters, digits and -")
	}
	for _, text := range []string{n.Cluster, n.Node, n.Proof} {
		if len(text) > maxName || !utf8.ValidString(text) || strings.ContainsFunc(text, unpleasant) {
			return fmt.Errorf("names have at most %d bytes, without spaces and control characters", maxName)
		}
	}
	return nil
}

func unpleasant(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

func isUID(text string) bool {
	return len(text) <= 64 && !strings.ContainsFunc(text, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-')
	})
}

// URI returns the name as it stands in a certificate:
// lynceus://CLUSTER-UID/KIND/NODE?by=PROOF, or with ?cluster=NAME and no UID.
func (n Name) URI() *url.URL {
	u := &url.URL{Scheme: scheme, Host: n.ClusterUID, Path: "/" + string(n.Kind)}
	if n.Node != "" {
		u.Path += "/" + n.Node
		u.RawPath = "/" + string(n.Kind) + "/" + url.PathEscape(n.Node)
	}
	q := url.Values{}
	if n.Cluster != "" {
		q.Set("cluster", n.Cluster)
	}
	if n.Proof != "" {
		q.Set("by", n.Proof)
	}
	u.RawQuery = q.Encode()
	return u
}

// ParseURI reads what URI wrote. Anything else is an error.
func ParseURI(u *url.URL) (Name, error) {
	if u.Scheme != scheme {
		return Name{}, fmt.Errorf("the URI is of scheme %q, not %q", u.Scheme, scheme)
	}
	kind, node, _ := strings.Cut(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	n := Name{Kind: Kind(kind), ClusterUID: u.Host}
	var err error
	if n.Node, err = url.PathUnescape(node); err != nil {
		return Name{}, fmt.Errorf("the node's name: %w", err)
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Name{}, err
	}
	n.Cluster, n.Proof = q.Get("cluster"), q.Get("by")
	if err := n.Valid(); err != nil {
		return Name{}, err
	}
	if n.URI().String() != u.String() {
		return Name{}, errors.New("the URI is not written as a peer's name is")
	}
	return n, nil
}

// Key tells peers from each other: two certificates of one peer have the same
// key, whatever proved it.
func (n Name) Key() string { return n.clusterToken() + "." + n.nodeToken() }

// String names the peer for people.
func (n Name) String() string {
	cluster := n.Cluster
	if cluster == "" {
		cluster = n.ClusterUID
	}
	if n.Kind == Agent {
		return "agent of cluster " + cluster
	}
	return "sensor of node " + n.Node + " in cluster " + cluster
}
