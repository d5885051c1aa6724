package paper

import (
	"bytes"
	"os"
	"testing"
)

func TestDump(t *testing.T) {
	for name, d := range map[string]Document{"coc-12": certificate(12), "coc-3": certificate(3), "ncr-4": report(4), "letter-3": letter(3), "sor-5": registration(5)} {
		var b bytes.Buffer
		if err := Render(&b, d); err != nil {
			t.Fatal(err)
		}
		os.WriteFile("/tmp/w/samples/"+name+".pdf", b.Bytes(), 0o644)
		t.Log(name, b.Len())
	}
}
