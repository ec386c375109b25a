// Package rules holds the detections that come with Lynceus, as files inside
// the binary. They are Sigma documents; package rule/sigma reads them, and
// docs/detections.md lists them.
package rules

import "embed"

// FS has one directory for each pack: audit and runtime.
//
//go:embed audit runtime
var FS embed.FS

//go:generate go run ../internal/rulepage ../docs/detections.md
