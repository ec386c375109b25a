package syscalls

// compatNumbers would be those by which programs of 32 bits call on this machine; they are not told.
var compatNumbers = map[uint32]string{}

// compatWithin would be those that one call stands for.
var compatWithin = map[string]uint32{}
