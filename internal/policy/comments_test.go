package policy

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"testing"
)

func TestEverythingIsDocumented(t *testing.T) {
	report(t, undocumented(allGoFiles(t)))
}

// undocumented names packages without a package comment and, in packages that others can import, exported names
// without a comment. A comment on a group of constants or variables, or beside one of them, counts.
func undocumented(files []*goFile) []string {
	packages := map[string]bool{}
	var out []string
	for _, f := range files {
		if f.isTest {
			continue
		}
		packages[f.dir()] = packages[f.dir()] || f.syntax.Doc != nil
		if f.isMain() {
			continue
		}
		for _, decl := range f.syntax.Decls {
			for _, n := range undocumentedNames(decl) {
				out = append(out, fmt.Sprintf("%s: %s has no comment; say what it promises", f.at(n), n.Name))
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		if !packages[dir] {
			out = append(out, fmt.Sprintf("%s: no package comment in any file", dir))
		}
	}
	return out
}

// undocumentedNames lists the exported names that a declaration introduces without a comment.
func undocumentedNames(decl ast.Decl) []*ast.Ident {
	var names []*ast.Ident
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d.Recv) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && s.Comment == nil && (d.Doc == nil || d.Lparen.IsValid()) {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
						names = append(names, n)
					}
				}
			}
		}
	}
	return names
}

// exportedReceiver reports whether a function is none's method or the method of an exported type.
func exportedReceiver(recv *ast.FieldList) bool {
	if recv == nil {
		return true
	}
	expr := recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.IsExported()
		default:
			return true
		}
	}
}

func TestEverythingIsDocumentedRule(t *testing.T) {
	tests := []struct {
		src  string
		want []string
	}{
		{"package p\n", []string{"no package comment"}},
		{"// Package p is.\npackage p\n", nil},
		{"// Package p is.\npackage p\nfunc F() {}\nfunc f() {}\n", []string{"F has no comment"}},
		{"// Package p is.\npackage p\ntype T struct{}\nfunc (T) M() {}\n", []string{"T has", "M has"}},
		{"// Package p is.\npackage p\ntype t[K any] struct{}\nfunc (*t[K]) M() {}\n", nil},
		{"// Package p is.\npackage p\n// Kinds.\nconst (\n\tA = 1\n\tB = 2\n)\n", nil},
		{"// Package p is.\npackage p\nconst (\n\tA = 1 // A is one.\n\tB = 2\n)\n", []string{"B has"}},
		{"// Package p is.\npackage p\n// Both.\ntype (\n\tA int\n\t// B is.\n\tB int\n)\n", []string{"A has"}},
		{"// Command p does.\npackage main\nfunc F() {}\n", nil},
	}
	for _, tt := range tests {
		checkViolations(t, undocumented([]*goFile{mustParse(t, "p/p.go", tt.src)}), tt.want...)
	}
}
