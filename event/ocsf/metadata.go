package ocsf

// Version is the version of OCSF that documents follow.
const Version = "1.8.0"

// Metadata returns the members of a document's metadata that are the same in
// all documents: the version of OCSF, and Lynceus as the product with its own
// version. The caller owns the map and adds what is the document's own, its
// uid above all.
func Metadata(productVersion string) map[string]any {
	return map[string]any{
		"version": Version,
		"product": map[string]any{"name": "Lynceus", "vendor_name": "Lynceus", "version": productVersion},
	}
}
