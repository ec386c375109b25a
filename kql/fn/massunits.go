package fn

// massUnits are in kilograms.
func massUnits() map[string]float64 {
	return map[string]float64{
		"Centigram": 1e-5, "Decagram": 1e-2, "Decigram": 1e-4, "EarthMass": 5.9722e24, "Grain": 6.479891e-5, "Gram": 1e-3,
		"Hectogram": 0.1, "Kilogram": 1, "Kilopound": 453.59237, "Kilotonne": 1e6, "LongHundredweight": 50.80234544,
		"LongTon": 1016.0469088, "Megapound": 453592.37, "Megatonne": 1e9, "Microgram": 1e-9, "Milligram": 1e-6, "Nanogram": 1e-12,
		"Ounce": 0.028349523125, "Pound": 0.45359237, "ShortHundredweight": 45.359237, "ShortTon": 907.18474, "Slug": 14.593903,
		"SolarMass": 1.98947e30, "Stone": 6.35029318, "Tonne": 1e3,
	}
}

// speedUnits are in metres per second.
func speedUnits() map[string]float64 {
	return map[string]float64{
		"CentimeterPerHour": 1e-2 / 3600, "CentimeterPerMinute": 1e-2 / 60, "CentimeterPerSecond": 1e-2,
		"DecimeterPerMinute": 1e-1 / 60, "DecimeterPerSecond": 1e-1, "FootPerHour": 0.3048 / 3600, "FootPerMinute": 0.3048 / 60,
		"FootPerSecond": 0.3048, "InchPerHour": 0.0254 / 3600, "InchPerMinute": 0.0254 / 60, "InchPerSecond": 0.0254,
		"KilometerPerHour": 1e3 / 3600, "KilometerPerMinute": 1e3 / 60, "KilometerPerSecond": 1e3, "MeterPerHour": 1.0 / 3600,
		"MeterPerMinute": 1.0 / 60, "MeterPerSecond": 1, "MicrometerPerMinute": 1e-6 / 60, "MicrometerPerSecond": 1e-6,
		"MillimeterPerHour": 1e-3 / 3600, "MillimeterPerMinute": 1e-3 / 60, "MillimeterPerSecond": 1e-3,
		"NanometerPerMinute": 1e-9 / 60, "NanometerPerSecond": 1e-9, "UsSurveyFootPerHour": 1200.0 / 3937 / 3600,
		"UsSurveyFootPerMinute": 1200.0 / 3937 / 60, "UsSurveyFootPerSecond": 1200.0 / 3937, "YardPerHour": 0.9144 / 3600,
		"YardPerMinute": 0.9144 / 60, "YardPerSecond": 0.9144, "Knot": 1852.0 / 3600, "MilePerHour": 0.44704,
	}
}

// volumeUnits are in cubic metres.
func volumeUnits() map[string]float64 {
	return map[string]float64{
		"AcreFoot": 1233.48183754752, "AuTablespoon": 2e-5, "BoardFoot": 0.0254 * 0.3048 * 0.3048, "Centiliter": 1e-5,
		"CubicCentimeter": 1e-6, "CubicDecimeter": 1e-3, "CubicFoot": 0.028316846592, "CubicHectometer": 1e6,
		"CubicInch": 1.6387064e-5, "CubicKilometer": 1e9, "CubicMeter": 1, "CubicMicrometer": 1e-18, "CubicMile": 4168181825.440579584,
		"CubicMillimeter": 1e-9, "CubicYard": 0.764554857984, "Decaliter": 1e-2, "DecausGallon": 0.03785411784, "Deciliter": 1e-4,
		"DeciusGallon": 3.785411784e-4, "HectocubicFoot": 2.8316846592, "HectocubicMeter": 100, "Hectoliter": 0.1,
		"HectousGallon": 0.3785411784, "ImperialBeerBarrel": 0.16365924, "ImperialGallon": 0.00454609, "ImperialOunce": 2.84130625e-5,
		"ImperialPint": 5.6826125e-4, "KilocubicFoot": 28.316846592, "KilocubicMeter": 1e3, "KiloimperialGallon": 4.54609,
		"Kiloliter": 1, "KilousGallon": 3.785411784, "Liter": 1e-3, "MegacubicFoot": 28316.846592, "MegaimperialGallon": 4546.09,
		"Megaliter": 1e3, "MegausGallon": 3785.411784, "MetricCup": 2.5e-4, "MetricTeaspoon": 5e-6, "Microliter": 1e-9,
		"Milliliter": 1e-6, "OilBarrel": 0.158987294928, "UkTablespoon": 1.5e-5, "UsBeerBarrel": 0.117347765304,
		"UsCustomaryCup": 2.365882365e-4, "UsGallon": 0.003785411784, "UsLegalCup": 2.4e-4, "UsOunce": 2.95735295625e-5,
		"UsPint": 4.73176473e-4, "UsQuart": 9.46352946e-4, "UsTablespoon": 1.478676478125e-5, "UsTeaspoon": 4.92892159375e-6,
	}
}
