package audit

import "errors"

// ErrNoLog means that there are files, perhaps none, but no log in them.
var ErrNoLog = errors.New("no audit log found")
