package pdf

import (
	"testing"
	"time"
)

// slow is far above what the largest file may cost.
const slow = 20 * time.Second

// FuzzCheck holds Check to what holds for any input: it returns, in time, the same
// twice, with a typed fault or with pages, and an accepted file with a script
// added is refused.
func FuzzCheck(f *testing.F) {
	for _, data := range readSamples(f) {
		f.Add(data)
	}
	header, content := pack(packed{30, "[1 2]"}, packed{31, action})
	f.Add(onePage().finish())
	f.Add(onePage().object(5, action).finish())
	f.Add(onePage().stream(9, "/N 2 /First 12 /Filter [/AHx /Fl] /DecodeParms [null << /Predictor 12 /Columns 5 >>]",
		hexed(deflate(rowsUp(header+content, 5)))).finish())
	f.Add(onePage().stream(9, "/N 1 /First 5 /Filter [/A85 /Fl]", based85(deflate("30 0 [1 2]"))).finish())
	f.Add(update(onePage().finish(), infections[0]))
	// Files that once made Check panic, or that a reader ran a script in.
	f.Add(onePage().raw("9 0 obj << /Length 9223372036854775807 >> stream\n1\nendstream endobj ").finish())
	f.Add(onePage().raw("5 0 obj << /X >> /S /JavaScript /JS (app.alert(1)) >> endobj ").finish())
	f.Add(onePage().raw("5 0.obj << /S /JavaScript\xff /JS (app.alert(1)) >> endobj ").finish())
	f.Add(onePage().raw("9 0 obj << /N 2 /First 10( /Length 44 >> stream\n30 0 " + action + "\nendstream endobj ").finish())

	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		info, err := Check(data)
		if took := time.Since(start); took > slow {
			t.Errorf("took %v for %d bytes", took, len(data))
		}
		again, errAgain := Check(data)
		if again != info || (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() {
			t.Errorf("%+v, %v; then %+v, %v", info, err, again, errAgain)
		}
		if err != nil {
			fault, isFault := err.(*Fault)
			if !isFault || fault.Code == "" || info != (Info{}) {
				t.Errorf("%+v, %T %v", info, err, err)
			}
			return
		}
		if info.Pages < 1 {
			t.Errorf("accepted with %d pages", info.Pages)
		}
		for _, infection := range infections {
			if _, err := Check(update(data, infection)); err == nil {
				t.Errorf("accepted with %q", infection)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	picture := onePage()
	picture.stream(9, "/Subtype /Image /Filter /DCTDecode", string(make([]byte, MaxBytes-2000)))
	var objects []packed
	for n := range 5000 {
		objects = append(objects, packed{n + 100, "<< /Type /StructElem /S /P /P 3 0 R /K [0 1 2] >>"})
	}
	text := onePage()
	for n := range 5000 {
		text.object(n+100, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Widths [500 500 500] >>")
	}
	for name, data := range map[string][]byte{
		"a scan of 3 MiB":               picture.finish(),
		"5000 objects in the body":      text.finish(),
		"5000 objects in object stream": onePage().objectStream(9, objects...).finish(),
		"an invoice":                    readSamples(b)["linearized-object-streams.pdf"],
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Check(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
