package fn

import "github.com/lynceus-io/lynceus/kql/value"

func searches() []*Func {
	return []*Func{
		lax("has_any_index", 2, 2, value.TypeLong, []param{text, anyArg}, func(_ *Context, args []value.Value) value.Value {
			s, i, found := value.Fold(str(args[0])), 0, -1
			eachText(args[1:], func(needle string) bool {
				if hasTerm(s, value.Fold(needle), true, true) {
					found = i
				}
				i++
				return found < 0
			})
			return value.Long(int64(found))
		}),
	}
}
