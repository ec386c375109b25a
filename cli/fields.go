package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/event"
)

func (a *app) fields() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "fields [TABLE]",
		Short: "List the fields that rules can name",
		Long:  "List the fields of a table, or of all: their names, types and meanings, and what Sigma calls them.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef(c, "give one table, or none for all")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			table := event.ClassNone
			if len(args) == 1 {
				var ok bool
				if table, ok = event.ClassByName(args[0]); !ok {
					return usagef(c, "there is no table %q; the tables are %s", args[0], tableNames())
				}
			}
			fields := fieldsOf(table)
			switch format {
			case "text":
				return output.WriteFields(a.stdout, fields, a.textOptions(a.stdout, colorAuto))
			case "json":
				return output.WriteFieldsJSON(a.stdout, fields)
			}
			return usagef(c, "--output %q is neither text nor json", format)
		},
	}
	c.Flags().StringVarP(&format, "output", "o", "text", "format: text or json")
	return c
}

// fieldsOf returns the fields that rows of a table can have; all for
// event.ClassNone.
func fieldsOf(table event.Class) []*event.Field {
	var out []*event.Field
	all := event.Fields()
	for i := range all {
		if table == event.ClassNone || all[i].In(table) {
			out = append(out, &all[i])
		}
	}
	return out
}

func tableNames() string {
	var out []string
	for _, c := range event.Classes() {
		out = append(out, c.String())
	}
	return strings.Join(out, ", ")
}
