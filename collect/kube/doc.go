// Package kube reads what a cluster contains from its API server: it lists and
// watches kinds of objects and tells each meaningful change of one as an
// [inventory.Object].
//
// It asks for list and watch only, and for the metadata alone of Secrets,
// ConfigMaps and custom resource definitions. The one exception: of a custom
// resource that owns what is watched it gets the metadata, once, where it may.
// Pages of a listing are forgotten as soon as they are told; of
// each object it keeps a hash and its identity, by which it knows that a
// heartbeat changed nothing and that an object is gone.
//
// What a document keeps is written down kind by kind (core.go, apps.go,
// rbac.go, network.go, policy.go): the specification, and of the status what
// identifies or places the object. Values of environment variables are
// dropped, and whatever else looks like a secret is replaced by
// [redact.Redactor].
package kube
