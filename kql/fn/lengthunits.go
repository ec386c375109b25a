package fn

import "math"

// The tables give a unit's size in the one of the international system.

// angleUnits are in radians.
func angleUnits() map[string]float64 {
	return map[string]float64{
		"Arcminute": math.Pi / 10800, "Arcsecond": math.Pi / 648000, "Centiradian": 1e-2, "Deciradian": 1e-1, "Degree": math.Pi / 180,
		"Gradian": math.Pi / 200, "Microdegree": math.Pi / 180e6, "Microradian": 1e-6, "Millidegree": math.Pi / 180e3,
		"Milliradian": 1e-3, "Nanodegree": math.Pi / 180e9, "Nanoradian": 1e-9, "NatoMil": math.Pi / 3200, "Radian": 1,
		"Revolution": 2 * math.Pi,
	}
}

// forceUnits are in newtons.
func forceUnits() map[string]float64 {
	return map[string]float64{
		"Decanewton": 10, "Dyn": 1e-5, "KilogramForce": 9.80665, "Kilonewton": 1e3, "KiloPond": 9.80665,
		"KilopoundForce": 4448.2216152605, "Meganewton": 1e6, "Micronewton": 1e-6, "Millinewton": 1e-3, "Newton": 1,
		"OunceForce": 0.27801385095378125, "Poundal": 0.138254954376, "PoundForce": 4.4482216152605, "ShortTonForce": 8896.443230521,
		"TonneForce": 9806.65,
	}
}

// energyUnits are in joules.
func energyUnits() map[string]float64 {
	return map[string]float64{
		"BritishThermalUnit": 1055.05585262, "Calorie": 4.184, "DecathermEc": 1055.05585262e6, "DecathermImperial": 1055.05585257348e6,
		"DecathermUs": 1054.804e6, "ElectronVolt": 1.602176565e-19, "Erg": 1e-7, "FootPound": 1.3558179483314004,
		"HorsepowerHour": 2684519.5376961729, "Joule": 1, "Millijoule": 1e-3, "Kilojoule": 1e3, "Megajoule": 1e6, "Gigajoule": 1e9,
		"Kilocalorie": 4184, "Megacalorie": 4.184e6, "KilobritishThermalUnit": 1055055.85262,
		"MegabritishThermalUnit": 1055.05585262e6, "GigabritishThermalUnit": 1055.05585262e9, "KiloelectronVolt": 1.602176565e-16,
		"MegaelectronVolt": 1.602176565e-13, "GigaelectronVolt": 1.602176565e-10, "TeraelectronVolt": 1.602176565e-7, "WattHour": 3600,
		"KilowattHour": 3.6e6, "MegawattHour": 3.6e9, "GigawattHour": 3.6e12, "TerawattHour": 3.6e15, "WattDay": 86400,
		"KilowattDay": 8.64e7, "MegawattDay": 8.64e10, "GigawattDay": 8.64e13, "TerawattDay": 8.64e16, "ThermEc": 105505585.262,
		"ThermImperial": 105505585.257348, "ThermUs": 105480400,
	}
}

// lengthUnits are in metres.
func lengthUnits() map[string]float64 {
	return map[string]float64{
		"Angstrom": 1e-10, "AstronomicalUnit": 1.495978707e11, "Centimeter": 1e-2, "Chain": 20.1168, "DataMile": 1828.8,
		"Decameter": 10, "Decimeter": 1e-1, "DtpPica": 0.0254 / 6, "DtpPoint": 0.0254 / 72, "Fathom": 1.8288, "Foot": 0.3048,
		"Hand": 0.1016, "Hectometer": 100, "Inch": 0.0254, "KilolightYear": 9.46073047258e18, "Kilometer": 1e3,
		"Kiloparsec": 3.08567758128e19, "LightYear": 9.46073047258e15, "MegalightYear": 9.46073047258e21,
		"Megaparsec": 3.08567758128e22, "Meter": 1, "Microinch": 2.54e-8, "Micrometer": 1e-6, "Mil": 2.54e-5, "Mile": 1609.344,
		"Millimeter": 1e-3, "Nanometer": 1e-9, "NauticalMile": 1852, "Parsec": 3.08567758128e16, "PrinterPica": 0.0254 / 6.02256,
		"PrinterPoint": 0.0254 / 72.27, "Shackle": 27.432, "SolarRadius": 6.95510e8, "Twip": 0.0254 / 1440,
		"UsSurveyFoot": 1200.0 / 3937, "Yard": 0.9144,
	}
}
