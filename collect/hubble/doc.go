// Package hubble reads the flows that Cilium's Hubble exports: the JSON of
// hubble-export-*, of "hubble observe -o jsonpb" and "-o json", which is that
// of its relay's gRPC API.
//
// A flow becomes a row of table network, a question to or an answer of the
// domain name system one of table dns. Facts from
// https://docs.cilium.io/en/stable/_api/v1/flow/README/.
package hubble
