// Package kafka reads events from topics by the Kafka protocol, which Azure's
// Event Hubs speak too: the way of AKS's diagnostic records, and of whoever has
// a Kafka cluster between tools.
//
// A record is one document, or several, of any kind that intake knows. Offsets
// are committed when the events are durable and not before, so that what was
// not comes again; what comes twice is known by its identity.
package kafka
