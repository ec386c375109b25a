package plan

// Columns returns the output columns, as Node says.
func (n *Scan) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Values) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Range) Columns() []Column { return []Column{n.Col} }

// Columns returns the output columns, as Node says.
func (n *Where) Columns() []Column { return n.In.Columns() }

// Columns returns the output columns, as Node says.
func (n *Project) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Summarize) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Sort) Columns() []Column { return n.In.Columns() }

// Columns returns the output columns, as Node says.
func (n *Take) Columns() []Column { return n.In.Columns() }

// Columns returns the output columns, as Node says.
func (n *Join) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Union) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *MvExpand) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Let) Columns() []Column { return n.Body.Columns() }

// Columns returns the output columns, as Node says.
func (n *Shared) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Remote) Columns() []Column { return n.Cols }

// Columns returns the output columns, as Node says.
func (n *Render) Columns() []Column { return n.In.Columns() }

// Inputs returns what it reads from, as Node says.
func (n *Scan) Inputs() []Node { return nil }

// Inputs returns what it reads from, as Node says.
func (n *Values) Inputs() []Node { return nil }

// Inputs returns what it reads from, as Node says.
func (n *Range) Inputs() []Node { return nil }

// Inputs returns what it reads from, as Node says.
func (n *Where) Inputs() []Node { return []Node{n.In} }

// Inputs returns what it reads from, as Node says.
func (n *Project) Inputs() []Node { return []Node{n.In} }

// Inputs returns what it reads from, as Node says.
func (n *Summarize) Inputs() []Node { return []Node{n.In} }

// Inputs returns what it reads from, as Node says.
func (n *Sort) Inputs() []Node { return []Node{n.In} }

// Inputs returns what it reads from, as Node says.
func (n *Take) Inputs() []Node { return []Node{n.In} }

// Inputs returns what it reads from, as Node says.
func (n *Join) Inputs() []Node { return []Node{n.Left, n.Right} }

// Inputs returns what it reads from, as Node says.
func (n *Union) Inputs() []Node { return n.In }

// Inputs returns what it reads from, as Node says.
func (n *MvExpand) Inputs() []Node { return []Node{n.In} }

// Inputs returns what it reads from, as Node says.
func (n *Let) Inputs() []Node { return []Node{n.In, n.Body} }

// Inputs returns what it reads from, as Node says.
func (n *Shared) Inputs() []Node { return nil }

// Inputs returns what it reads from, as Node says.
func (n *Remote) Inputs() []Node { return nil }

// Inputs returns what it reads from, as Node says.
func (n *Render) Inputs() []Node { return []Node{n.In} }
