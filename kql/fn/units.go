package fn

import "github.com/lynceus-io/lynceus/kql/value"

// units convert between units of one kind. A unit that is not known gives
// null.
func units() []*Func {
	kinds := map[string]func() map[string]float64{
		"convert_angle": angleUnits, "convert_energy": energyUnits, "convert_force": forceUnits, "convert_length": lengthUnits,
		"convert_mass": massUnits, "convert_speed": speedUnits, "convert_volume": volumeUnits,
	}
	all := []*Func{def("convert_temperature", 3, 3, value.TypeReal, []param{number, text}, func(_ *Context, args []value.Value) value.Value {
		from, ok1 := temperature(str(args[1]))
		to, ok2 := temperature(str(args[2]))
		if !ok1 || !ok2 {
			return value.Null(value.TypeReal)
		}
		kelvin := (float(args[0])-from.zero)*from.size + 273.15
		return value.Real((kelvin-273.15)/to.size + to.zero)
	})}
	for name, units := range kinds {
		table := units()
		all = append(all, def(name, 3, 3, value.TypeReal, []param{number, text}, func(_ *Context, args []value.Value) value.Value {
			from, to := table[str(args[1])], table[str(args[2])]
			if from == 0 || to == 0 {
				return value.Null(value.TypeReal)
			}
			return value.Real(float(args[0]) * from / to)
		}))
	}
	return all
}

// scale says how a scale of temperature stands to that of Celsius: what it
// shows at 0 °C, and how many degrees Celsius one of its degrees is.
type scale struct{ zero, size float64 }

func temperature(name string) (scale, bool) {
	s, ok := map[string]scale{
		"DegreeCelsius": {0, 1}, "MillidegreeCelsius": {0, 1e-3}, "Kelvin": {273.15, 1},
		"DegreeFahrenheit": {32, 5.0 / 9}, "DegreeRankine": {491.67, 5.0 / 9}, "DegreeDelisle": {150, -2.0 / 3},
		"DegreeNewton": {0, 100.0 / 33}, "DegreeReaumur": {0, 1.25}, "DegreeRoemer": {7.5, 40.0 / 21},
		"SolarTemperature": {273.15 / 5778, 5778},
	}[name]
	return s, ok
}
