package detect

// Output returns what the author of the finding's rule wants an alert to say,
// with the values of its first match; "" where the rule does not say. A field
// without a value is <NA>.
func (f *Finding) Output() string {
	if f.Rule == nil || len(f.Rule.Output) == 0 {
		return ""
	}
	return f.Rule.Output.Render(func(field string) (string, bool) {
		for _, v := range f.Evidence {
			if v.Field == field {
				return v.Value, true
			}
		}
		return "", false
	})
}
