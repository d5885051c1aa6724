package pdf

// What a file of MaxBytes may cost at most. Honest files stay far below: their
// objects do not overlap, so each byte is read about once.
const (
	// maxDepth is the nesting of arrays and dictionaries in one object.
	maxDepth = 200
	// maxValues is the number of values in one object.
	maxValues = 250_000
	// maxObjects is the number of objects and trailers in all revisions.
	maxObjects = 250_000
	// maxHops is the number of references that lead to one value.
	maxHops = 16
	// inflation and freeInflation bound what all object streams unpack to: so
	// many times the file's size, and so many bytes for any size.
	inflation     = 8
	freeInflation = 4 << 20
	// rereads and freeReading bound what is read, in the file and in unpacked
	// object streams, in the same way.
	rereads     = 4
	freeReading = 1 << 20
)

// limits is what may still be spent on one file. Once something is overspent,
// exceeded stays true and every lexer reports the end of its text, so that all
// loops wind down by themselves.
type limits struct {
	reading  int
	unpacked int
	objects  int
	exceeded bool
}

func limitsFor(size int) *limits {
	return &limits{
		reading:  rereads*size + freeReading,
		unpacked: inflation*size + freeInflation,
		objects:  maxObjects,
	}
}

// read charges n bytes passed over by a lexer.
func (l *limits) read(n int) {
	l.reading -= n
	if l.reading < 0 {
		l.exceeded = true
	}
}

// unpack charges n bytes unpacked from an object stream, which may then be read.
func (l *limits) unpack(n int) {
	l.unpacked -= n
	l.reading += rereads * n
	if l.unpacked < 0 {
		l.exceeded = true
	}
}

// object charges one object or trailer.
func (l *limits) object() {
	l.objects--
	if l.objects < 0 {
		l.exceeded = true
	}
}
