package spawn

import (
	"fmt"
	"os/user"
	"strconv"
	"strings"
)

// Identity is as whom a program runs.
type Identity struct {
	UID, GID int
	// Groups are the groups besides GID.
	Groups []int
}

// String returns the numbers.
func (i Identity) String() string { return fmt.Sprintf("%d:%d", i.UID, i.GID) }

// Nobody is the user and group that own nothing (nobody and nogroup of Linux's distributions).
var Nobody = Identity{UID: 65534, GID: 65534}

// maxID is the greatest user or group id; the one after it means "unchanged" to the kernel.
const maxID = 1<<32 - 2

// ParseIdentity reads USER or USER:GROUP, each a name or a number. A name without a group has all groups that the
// machine's files give it; a number the group of that number.
func ParseIdentity(text string) (Identity, error) {
	name, group, hasGroup := strings.Cut(text, ":")
	var id Identity
	uid, err := parseID(name)
	if err == nil {
		id = Identity{UID: uid, GID: uid}
	} else if id, err = lookUp(name); err != nil {
		return id, err
	}
	if hasGroup {
		if id.GID, err = parseID(group); err != nil {
			g, err := user.LookupGroup(group)
			if err != nil {
				return id, fmt.Errorf("group %q: %w", group, err)
			}
			if id.GID, err = parseID(g.Gid); err != nil {
				return id, fmt.Errorf("group %q: %w", group, err)
			}
		}
		id.Groups = nil
	}
	if id.UID == 0 || id.GID == 0 {
		return id, fmt.Errorf("%q has the privileges that are to be given up: name another user", text)
	}
	return id, nil
}

func parseID(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || n > maxID {
		return 0, fmt.Errorf("%q is no id", text)
	}
	return int(n), nil
}

func lookUp(name string) (id Identity, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return id, fmt.Errorf("user %q: %w", name, err)
	}
	if id.UID, err = parseID(u.Uid); err != nil {
		return id, fmt.Errorf("user %q: %w", name, err)
	}
	if id.GID, err = parseID(u.Gid); err != nil {
		return id, fmt.Errorf("user %q: %w", name, err)
	}
	groups, err := u.GroupIds()
	if err != nil {
		return id, fmt.Errorf("groups of user %q: %w", name, err)
	}
	for _, text := range groups {
		g, err := parseID(text)
		if err != nil {
			return id, fmt.Errorf("groups of user %q: %w", name, err)
		}
		if g != 0 && g != id.GID {
			id.Groups = append(id.Groups, g)
		}
	}
	return id, nil
}
