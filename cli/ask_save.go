package cli

import (
	"fmt"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/cli/output"
)

// askFlags are what ask takes beside the flags of a question.
type askFlags struct {
	show         bool
	save, remove string
}

// check says what is wrong with the arguments of ask.
func (f *askFlags) check(c *cobra.Command, args []string) error {
	saving, removing := c.Flags().Changed("save"), c.Flags().Changed("remove")
	switch {
	case saving && removing:
		return usagef(c, "--save and --remove contradict each other: give one")
	case saving && (f.save == "" || len(args) != 1):
		return usagef(c, "--save NAME takes one file of KQL, or - for standard input; %d came", len(args))
	case removing && (f.remove == "" || len(args) > 0):
		return usagef(c, "--remove takes one NAME and nothing else")
	case len(args) > 1:
		return usagef(c, "give one name, and parameters as --param NAME=VALUE; %d names came", len(args))
	}
	return nil
}

// saveQuery saves the query of a file under a name.
func (a *app) saveQuery(c *cobra.Command, f *sourceFlags, name, file string) error {
	var text string
	if file == "-" {
		var err error
		if text, err = a.queryText(file); err != nil {
			return err
		}
	} else {
		b, err := readBounded(file, maxQueryText)
		if err != nil {
			return fmt.Errorf("read the query: %w", err)
		}
		text = string(b)
	}
	server, err := a.needServer(f, "saving a query")
	if err != nil {
		return err
	}
	var q saved.Query
	if err := server.Do(c.Context(), "PUT", queryPath(name), nil, api.SaveQuery{Query: text}, &q); err != nil {
		return err
	}
	a.say(fmt.Sprintf("saved; lynceus ask %s asks it", output.Clean(q.Name)))
	return nil
}

// removeQuery takes a saved query away.
func (a *app) removeQuery(c *cobra.Command, f *sourceFlags, name string) error {
	server, err := a.needServer(f, "removing a saved query")
	if err != nil {
		return err
	}
	if err := server.Do(c.Context(), "DELETE", queryPath(name), nil, nil, nil); err != nil {
		return err
	}
	a.say(fmt.Sprintf("the query %s is no longer saved", output.Clean(name)))
	return nil
}

// queryPath is where the API has a saved query.
func queryPath(name string) string { return "/api/v1/queries/" + url.PathEscape(name) }
