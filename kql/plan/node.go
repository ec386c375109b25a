package plan

// Columns and Inputs of the operators, as Node says.

func (n *Scan) Columns() []Column      { return n.Cols }
func (n *Values) Columns() []Column    { return n.Cols }
func (n *Range) Columns() []Column     { return []Column{n.Col} }
func (n *Where) Columns() []Column     { return n.In.Columns() }
func (n *Project) Columns() []Column   { return n.Cols }
func (n *Summarize) Columns() []Column { return n.Cols }
func (n *Sort) Columns() []Column      { return n.In.Columns() }
func (n *Take) Columns() []Column      { return n.In.Columns() }
func (n *Join) Columns() []Column      { return n.Cols }
func (n *Union) Columns() []Column     { return n.Cols }
func (n *MvExpand) Columns() []Column  { return n.Cols }
func (n *Let) Columns() []Column       { return n.Body.Columns() }
func (n *Shared) Columns() []Column    { return n.Cols }
func (n *Remote) Columns() []Column    { return n.Cols }
func (n *Render) Columns() []Column    { return n.In.Columns() }

func (n *Scan) Inputs() []Node      { return nil }
func (n *Values) Inputs() []Node    { return nil }
func (n *Range) Inputs() []Node     { return nil }
func (n *Where) Inputs() []Node     { return []Node{n.In} }
func (n *Project) Inputs() []Node   { return []Node{n.In} }
func (n *Summarize) Inputs() []Node { return []Node{n.In} }
func (n *Sort) Inputs() []Node      { return []Node{n.In} }
func (n *Take) Inputs() []Node      { return []Node{n.In} }
func (n *Join) Inputs() []Node      { return []Node{n.Left, n.Right} }
func (n *Union) Inputs() []Node     { return n.In }
func (n *MvExpand) Inputs() []Node  { return []Node{n.In} }
func (n *Let) Inputs() []Node       { return []Node{n.In, n.Body} }
func (n *Shared) Inputs() []Node    { return nil }
func (n *Remote) Inputs() []Node    { return nil }
func (n *Render) Inputs() []Node    { return []Node{n.In} }
