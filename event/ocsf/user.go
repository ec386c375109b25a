package ocsf

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// Values of a user's type_id.
const (
	userUnknown = 0
	userPerson  = 1
	userSystem  = 3
	userService = 4
)

// UserType returns the type_id of a user of the Kubernetes API: 4 (Service)
// for a service account, 3 (System) for other names below system:, which
// Kubernetes keeps for itself, 1 (User) for every other, 0 (Unknown) for "".
// It says what the name claims to be.
func UserType(name string) int {
	switch {
	case name == "":
		return userUnknown
	case strings.HasPrefix(name, "system:serviceaccount:"):
		return userService
	case strings.HasPrefix(name, "system:"):
		return userSystem
	}
	return userPerson
}

func writeUserType(dst []byte, e *event.Event, id event.FieldID) []byte {
	name, _ := e.Text(id)
	return append(dst, byte('0'+UserType(name)))
}
