package paper

import (
	"fmt"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

// qrModules encodes text as a QR code (ISO/IEC 18004, correction level M).
func qrModules(text string) (barcode.Barcode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("paper: QR code: %w", err)
	}
	return code, nil
}

// qr draws a code in a square, without the quiet zone of four modules that
// must surround it.
func (p pen) qr(code barcode.Barcode, x, y, side float64, c color) {
	bounds := code.Bounds()
	module := side / float64(bounds.Dx())
	dark := func(column, row int) bool {
		red, _, _, _ := code.At(bounds.Min.X+column, bounds.Min.Y+row).RGBA()
		return red == 0
	}
	var squares path
	for row := range bounds.Dy() {
		for column := 0; column < bounds.Dx(); column++ {
			first := column
			for column < bounds.Dx() && dark(column, row) {
				column++
			}
			if column > first {
				squares.rectangle(x+float64(first)*module, y+float64(row)*module, float64(column-first)*module, module)
			}
		}
	}
	p.fillPath(&squares, c)
}
