package cli

import (
	"os"

	"github.com/lynceus-io/lynceus/hub"
	"github.com/lynceus-io/lynceus/identity"
)

// readFeed reads a list of addresses that --feed names.
func readFeed(text string) (hub.Feed, error) {
	name, path := feedName(text)
	f, err := os.Open(path)
	if err != nil {
		return hub.Feed{}, err
	}
	defer f.Close()
	list, err := identity.ReadFeed(name, f)
	if err != nil {
		return hub.Feed{}, err
	}
	return hub.Feed{Name: name, List: list}, nil
}
