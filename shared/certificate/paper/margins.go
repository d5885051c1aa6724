package paper

import (
	"strconv"
	"strings"

	"portal/shared/certificate/arabic"
)

// What stands above and below the body of the pages.
const (
	headTop = 10.0
	footTop = 279.5
)

// runningHead says on the pages after the first which paper they belong to.
func (l layout) runningHead() strip {
	const baseline = 4.0
	title := style{face: l.fonts.semibold, size: 8.5, color: l.theme.band}
	var s strip
	for _, c := range l.pair(title, l.kinded("title"), margin, bodyWidth) {
		s.runs = append(s.runs, c.run(c.lines[0], baseline))
	}
	reference := l.doc.reference()
	middle, figures := l.figures(reference, 8.5).fit(reference, bodyWidth/3, arabic.LeftToRight)
	s.runs = append(s.runs, run{x: (pageWidth - middle.width) / 2, y: baseline, line: middle, style: figures})
	s.boxes = []box{
		{x: margin, y: 7.5, width: bodyWidth, height: 0.25, color: l.theme.accent},
		{x: margin, y: 7.2, width: 14, height: 0.85, color: saffron},
	}
	return s
}

// foot says where to ask for help, in three lines at most.
func (l layout) foot() strip {
	s := strip{boxes: []box{{x: margin, width: bodyWidth, height: 0.2, color: hair}}}
	for i, text := range l.doc.Assistance[:min(3, len(l.doc.Assistance))] {
		fitted, style := l.label().fit(text, bodyWidth*0.62, arabic.FirstStrong)
		s.runs = append(s.runs, run{x: margin, y: 4.6 + float64(i)*3.6, line: fitted, style: style})
	}
	return s
}

func (l layout) pageNumber(page, pages int) strip {
	numbers := strings.NewReplacer("{page}", number(strconv.Itoa(page)), "{pages}", number(strconv.Itoa(pages)))
	c := cell{x: margin, width: bodyWidth, right: true}
	s := l.label()
	c.add(s, s.single(numbers.Replace(l.main("page")), arabic.LeftToRight))
	s.size *= arabicScale
	c.add(s, s.single(numbers.Replace(l.arab("page")), arabic.RightToLeft))
	return strip{runs: []run{c.run(c.lines[0], 4.6), c.run(c.lines[1], 8.4)}}
}
