// Package rules holds the detections that Lynceus brings with it, as the Sigma documents they are: one behaviour a file,
// sorted into packs by the log that they read. It imports nothing but the standard library; package hub loads it.
package rules

import "embed"

// Audit is the pack for Kubernetes audit events: "audit/<topic>/<rule>.yml". Paths inside it are what a finding shows
// as the rule's source, after "builtin/".
//
//go:embed audit
var Audit embed.FS
