package paper

import "math"

// stars draws a field of eight-pointed stars, the star and cross of Moroccan
// tiles, in hairlines over a band at the top of the page. They are strongest in
// the middle and fade towards the titles.
func (p pen) stars(height, step float64, ground, line color) {
	columns := int(pageWidth/step) | 1 // odd: a star in the middle
	rows := int(height/step) | 1
	p.pdf.ClipRect(0, 0, pageWidth, height, false)
	for column := range columns {
		var shape path
		x := pageWidth/2 + (float64(column)-float64(columns-1)/2)*step
		for row := range rows {
			y := height/2 + (float64(row)-float64(rows-1)/2)*step
			star(&shape, x, y, step/2)
		}
		away := math.Abs(x-pageWidth/2) / (pageWidth / 2)
		p.strokePath(&shape, 0.18, line.mix(ground, math.Min(1, 0.25+0.95*away)))
	}
	p.pdf.ClipEnd()
}

// star adds the outline of two squares laid over each other at 45 degrees.
func star(shape *path, x, y, radius float64) {
	inner := radius * math.Cos(math.Pi/4) / math.Cos(math.Pi/8)
	for i := range 16 {
		r := radius
		if i%2 == 1 {
			r = inner
		}
		sin, cos := math.Sincos(float64(i) * math.Pi / 8)
		if i == 0 {
			shape.move(x+r*cos, y+r*sin)
		} else {
			shape.to(x+r*cos, y+r*sin)
		}
	}
	shape.WriteString("h ")
}
