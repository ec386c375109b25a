module github.com/lynceus-io/lynceus

go 1.26
