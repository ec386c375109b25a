package sigma

type pendingBlock struct{}

func (d *document) readBlock()          {}
func (l *linker) linkBlock(d *document) {}
