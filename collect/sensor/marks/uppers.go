package marks

import "strings"

// maxUppers bounds how many directories of overlays are remembered; of more, the oldest are forgotten. Those that are
// not mounted any more are kept, since events of them may still be in the queue.
const maxUppers = 8192

// uppers are the directories to which overlays write.
type uppers struct {
	known map[string]bool
	order []string
}

func (u *uppers) add(dir string) {
	if u.known[dir] {
		return
	}
	if u.known == nil {
		u.known = map[string]bool{}
	}
	if len(u.order) == maxUppers {
		delete(u.known, u.order[0])
		u.order = u.order[1:]
	}
	u.known[dir] = true
	u.order = append(u.order, dir)
}

// inside returns a path as who sees the overlay sees it. Paths that lie in none stay.
func (u *uppers) inside(path string) string {
	for i := 1; i < len(path) && len(u.known) > 0; i++ {
		next := strings.IndexByte(path[i:], '/')
		if next < 0 {
			break
		}
		i += next
		if u.known[path[:i]] {
			return path[i:]
		}
	}
	return path
}
