module github.com/lynceus-io/lynceus

go 1.26

require (
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3
	go.yaml.in/yaml/v3 v3.0.4
	golang.org/x/text v0.34.0
)

require github.com/klauspost/compress v1.20.3
