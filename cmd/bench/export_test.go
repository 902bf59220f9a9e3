package main

// What the tests see of this program.
var (
	InTurn       = inTurn
	ParseOptions = parseOptions
	Depth        = depth
	PartNames    = partNames
)

type Measurement = measurement

func (o options) Out() string     { return o.out }
func (o options) Partial() string { return o.partial() }
