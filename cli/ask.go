package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/api/saved"
	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/kql/syntax"
)

func (a *app) ask() *cobra.Command {
	f := a.newQueryFlags()
	ask := &askFlags{}
	c := &cobra.Command{
		Use:   "ask [flags] [NAME]",
		Short: "Ask a question that has a name",
		Long: `Ask a saved query by its name: the questions that come with Lynceus, and those that people saved. Without a name,
list them with their parameters. docs/questions.md shows each with an answer.

An answer says which of the tables that it is from are empty: silence about processes is no proof that none ran.`,
		Example: `  lynceus ask
  lynceus ask secrets --param window=24h
  lynceus ask account --param account=shop/cart
  lynceus ask who --param pod=cart-7d4b9c6f5-x2x9q --param ns=shop
  lynceus ask --save shells-by-night hunts/shells.kql
  lynceus ask --remove shells-by-night`,
		Args: ask.check,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case ask.save != "":
				return a.saveQuery(c, &f.sourceFlags, ask.save, args[0])
			case ask.remove != "":
				return a.removeQuery(c, &f.sourceFlags, ask.remove)
			}
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return a.runAsk(c, f, name, ask.show)
		},
	}
	f.register(c.Flags())
	c.Flags().BoolVar(&ask.show, "show", false, "print the query itself, and do not run it")
	c.Flags().StringVar(&ask.save, "save", "", "save the query in the file that is given instead of a name, or - for standard input, as `NAME`; needs a running lynceus up")
	c.Flags().StringVar(&ask.remove, "remove", "", "take the saved query `NAME` away; needs a running lynceus up")
	return c
}

func (a *app) runAsk(c *cobra.Command, f *queryFlags, name string, show bool) error {
	ctx := c.Context()
	list, err := saved.BuiltIn()
	if err != nil {
		return err
	}
	src, err := a.source(ctx, &f.sourceFlags)
	switch {
	case err == nil:
		defer src.close()
		var broken []string
		if list, broken, err = src.queries(ctx); err != nil {
			return err
		}
		for _, b := range broken {
			a.say(fmt.Sprintf("the saved query %s cannot be read any more; save it again", b))
		}
	case name != "" && !show:
		return err
	}
	if name == "" {
		return output.WriteQuestions(a.stdout, list, a.textOptions(a.stdout, f.color.mode()))
	}
	i := slices.IndexFunc(list, func(q *saved.Query) bool { return q.Name == name })
	if i < 0 {
		names := make([]string, len(list))
		for i, q := range list {
			names[i] = q.Name
		}
		text := fmt.Sprintf("no question has the name %q", name)
		if near := syntax.Nearest(name, names); near != "" {
			text += fmt.Sprintf("; did you mean %q?", near)
		}
		return usagef(c, "%s\nlynceus ask alone lists them", text)
	}
	if show {
		_, err := fmt.Fprintln(a.stdout, output.CleanLines(list[i].KQL))
		return err
	}
	return a.askOne(ctx, c, src, f, list[i])
}

func (a *app) askOne(ctx context.Context, c *cobra.Command, src *source, f *queryFlags, q *saved.Query) error {
	r, err := f.request(c, q.KQL, a.now())
	if err != nil {
		return err
	}
	if err := q.Check(r.Params); err != nil {
		return usagef(c, "%v", err)
	}
	rows, err := a.put(ctx, src, f, r)
	if err == nil && rows == 0 && !f.explain && f.form == "table" {
		a.say("nothing was found")
	}
	return err
}
