package paper

// color is red, green, blue.
type color [3]int

// The portal's colours.
var (
	navy    = color{0x0b, 0x2a, 0x45}
	ink     = color{0x10, 0x20, 0x2f}
	brand   = color{0x0a, 0x5c, 0x8f}
	saffron = color{0xe8, 0xa3, 0x17}
	good    = color{0x0b, 0x6b, 0x4f}
	warn    = color{0x7a, 0x4b, 0x00}
	bad     = color{0xa8, 0x26, 0x1b}
	grey    = color{0x56, 0x66, 0x76}
	hair    = color{0xd3, 0xdc, 0xe5}
	white   = color{0xff, 0xff, 0xff}
)

// mix gives a colour part of the way, from 0 to 1, to another.
func (c color) mix(other color, part float64) color {
	var mixed color
	for i := range c {
		mixed[i] = c[i] + int(float64(other[i]-c[i])*part+0.5)
	}
	return mixed
}

func (c color) tint() color { return c.mix(white, 0.94) }

// theme is what tells the kinds of paper apart at a glance.
type theme struct {
	band   color // of the masthead
	accent color // of headings and rules
}

func themeOf(kind Kind) theme {
	if kind == NCR {
		return theme{band: bad, accent: bad}
	}
	return theme{band: navy, accent: brand}
}

func (v Verdict) color() color {
	switch v {
	case Conforming:
		return good
	case Reserved:
		return warn
	case NonConforming:
		return bad
	}
	return grey
}

// answerColor is that of the gravest verdict printed.
func answerColor(lines []Line) color {
	gravity := map[Verdict]int{Conforming: 1, Reserved: 2, NonConforming: 3}
	gravest := NotSubject
	for _, line := range lines {
		if gravity[line.Verdict] > gravity[gravest] {
			gravest = line.Verdict
		}
	}
	return gravest.color()
}
