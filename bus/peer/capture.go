package peer

import "time"

// Capture has a sensor tell more of one container or pod for a while; the body is a
// CaptureOf, the answer's a Capturing.
const Capture = "capture"

// CaptureOf says of whom more is to be told, and how much at most.
type CaptureOf struct {
	// Container is the id of a container; where it is empty, PodUID is the uid of
	// a pod.
	Container string `json:"container,omitempty"`
	PodUID    string `json:"pod_uid,omitempty"`
	// Seconds is for how long, at most MaxCaptureSeconds; 0 ends the capture that
	// there is.
	Seconds int `json:"seconds"`
	// Bytes is how much is told of it at most, before compression, at most
	// MaxCaptureBytes; 0 is DefaultCaptureBytes.
	Bytes int64 `json:"bytes,omitempty"`
}

// Bounds of a capture.
const (
	MaxCaptureSeconds   = 600
	DefaultCaptureBytes = 16 << 20
	MaxCaptureBytes     = 256 << 20
)

// Capturing is a capture that began, or one that was ended.
type Capturing struct {
	UID   string    `json:"uid"` // that its rows bear
	Until time.Time `json:"until"`
	Rows  int64     `json:"rows"`
	Bytes int64     `json:"bytes"`
}
