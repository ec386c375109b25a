package audit

// An Origin says where the text comes from that a Live decodes.
type Origin struct {
	// Source is the name that events have in metadata.source, and that counts
	// are kept by: a file's path, a webhook's client.
	Source string
	// Cluster and Server identify the cluster and the API server; see
	// DecoderOptions.
	Cluster, Server string
}
