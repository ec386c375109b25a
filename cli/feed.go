package cli

import (
	"os"

	"github.com/lynceus-io/lynceus/identity"
)

// readFeed reads a list of addresses that --feed names.
func readFeed(text string) (*identity.Feed, error) {
	name, path := feedName(text)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return identity.ReadFeed(name, f)
}
