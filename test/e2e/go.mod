module github.com/lynceus-io/lynceus/test/e2e

go 1.26.0

require (
	github.com/lynceus-io/lynceus/test/cluster v0.0.0
	golang.org/x/sys v0.49.0
)

require golang.org/x/net v0.62.0 // indirect

replace github.com/lynceus-io/lynceus/test/cluster => ../cluster
