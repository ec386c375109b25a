package cli

import (
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// listing is a question about everything of a sort that a cluster contained.
type listing struct {
	name             string // of the question, and what it is called here
	hasNamespace, on bool   // what is in namespaces; what is on nodes
}

// listings are what lynceus inventory can list, what is asked for most first.
var listings = []listing{
	{"pods", true, true}, {"nodes", false, true}, {"workloads", true, false}, {"services", true, false},
	{"accounts", true, false}, {"roles", true, false}, {"images", true, true},
}

// inventoryFlags are those of lynceus inventory beside a query's.
type inventoryFlags struct {
	*queryFlags
	at              timeFlag
	namespace, node string
}

func (a *app) newInventoryFlags() *inventoryFlags {
	return &inventoryFlags{queryFlags: a.newQueryFlags(), at: timeFlag{now: a.now}}
}

func (f *inventoryFlags) registerAt(c *cobra.Command) {
	c.Flags().SortFlags = false
	c.Flags().Var(&f.at, "at", "as it was at `TIME`: 2026-03-04T10:00:00Z, or how long ago: 90m, 24h, 7d; now where none is given")
}

func (f *inventoryFlags) registerNamespace(c *cobra.Command) {
	c.Flags().StringVarP(&f.namespace, "namespace", "n", "", "only what is in the namespace `NAME`")
}

// set gives the question's parameter a value, unless that is empty.
func (f *inventoryFlags) set(param, value string) {
	if value != "" {
		f.params = append(f.params, param+"="+value)
	}
}

func (f *inventoryFlags) setAt() {
	if !f.at.at.IsZero() {
		f.set("at", f.at.at.UTC().Format(time.RFC3339Nano))
	}
}

func (a *app) inventory() *cobra.Command {
	f := a.newInventoryFlags()
	c := &cobra.Command{
		Use:   "inventory [flags] [" + strings.Join(listingNames(), "|") + "]",
		Short: "Show what the cluster contains, or contained at any time",
		Long: `Show what the cluster contains, or contained at a time: pods where nothing else is asked for. It is known from an
agent that watches the cluster (lynceus up --kubeconfig, or lynceus agent).

Each listing is the question of the same name that lynceus ask knows; lynceus ask NAME --show prints its query.`,
		Example: `  lynceus inventory
  lynceus inventory pods --at 2026-03-04T10:00:00Z --node worker-1
  lynceus inventory accounts --namespace shop --output json
  lynceus inventory who 10.244.1.17 --at 90m
  lynceus inventory history Deployment/web --namespace shop`,
		Args: func(c *cobra.Command, args []string) error {
			l := listingOf(args)
			switch {
			case len(args) > 1:
				return usagef(c, "name one of %s, or nothing for pods", strings.Join(listingNames(), ", "))
			case l == nil:
				return usagef(c, "%q is none of %s", args[0], strings.Join(listingNames(), ", "))
			case f.namespace != "" && !l.hasNamespace:
				return usagef(c, "%s are in no namespace: leave --namespace out", l.name)
			case f.node != "" && !l.on:
				return usagef(c, "%s are on no node: leave --node out", l.name)
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			f.setAt()
			f.set("ns", f.namespace)
			f.set("node", f.node)
			return a.runAsk(c, f.queryFlags, listingOf(args).name, false)
		},
	}
	f.registerAt(c)
	f.registerNamespace(c)
	c.Flags().StringVar(&f.node, "node", "", "only what is on the node `NAME`")
	f.registerAnswer(c.Flags())
	c.AddCommand(a.inventoryWho(), a.inventoryHistory())
	return c
}

func listingNames() []string {
	names := make([]string, len(listings))
	for i := range listings {
		names[i] = listings[i].name
	}
	return names
}

// listingOf returns the listing that arguments ask for, or nil.
func listingOf(args []string) *listing {
	if len(args) == 0 {
		return &listings[0]
	}
	for i := range listings {
		if listings[i].name == args[0] {
			return &listings[i]
		}
	}
	return nil
}

func (a *app) inventoryWho() *cobra.Command {
	f := a.newInventoryFlags()
	var address netip.Addr
	c := &cobra.Command{
		Use:     "who [flags] ADDRESS",
		Short:   "Show what had an address at a time",
		Long:    `Show the pods, nodes, services and endpoints that had an address at a time. It is the question address of lynceus ask.`,
		Example: "  lynceus inventory who 10.244.1.17\n  lynceus inventory who fd00::17 --at 2026-03-04T10:00:00Z",
		Args: func(c *cobra.Command, args []string) (err error) {
			if len(args) != 1 {
				return usagef(c, "give one address")
			}
			if address, err = netip.ParseAddr(args[0]); err != nil {
				return usagef(c, "%q is no address", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			f.setAt()
			f.set("address", address.Unmap().WithZone("").String())
			return a.runAsk(c, f.queryFlags, "address", false)
		},
	}
	f.registerAt(c)
	f.registerAnswer(c.Flags())
	return c
}

func (a *app) inventoryHistory() *cobra.Command {
	f := a.newInventoryFlags()
	var kind, name string
	c := &cobra.Command{
		Use:     "history [flags] KIND/NAME",
		Short:   "Show what became of an object",
		Long:    `Show every change of the objects of a kind and name, the latest first. It is the question object of lynceus ask.`,
		Example: "  lynceus inventory history pod/web-7d4b9c6f5-x2x9q --namespace shop\n  lynceus inventory history clusterrolebinding/ops",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "give one object as KIND/NAME")
			}
			if kind, name, _ = strings.Cut(args[0], "/"); kind == "" || name == "" {
				return usagef(c, "%q is no object: write KIND/NAME, like pod/web-0", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			f.set("kind", kind)
			f.set("name", name)
			f.set("ns", f.namespace)
			return a.runAsk(c, f.queryFlags, "object", false)
		},
	}
	f.registerNamespace(c)
	f.registerAnswer(c.Flags())
	return c
}
