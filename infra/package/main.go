// Command package puts the portal's Lambda binary into the archive that every
// function runs:
//
//	go run ./infra/package -o .build/portal.zip .build/bootstrap
//
// The same binary makes the same archive, byte for byte, so that a deployment
// changes no function whose code did not change.
package main

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	archive := flag.String("o", "portal.zip", "the archive to write")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: package [-o ARCHIVE] BINARY")
		os.Exit(2)
	}
	if err := pack(flag.Arg(0), *archive); err != nil {
		fmt.Fprintln(os.Stderr, "package:", err)
		os.Exit(1)
	}
}

// pack replaces the archive at once or not at all.
func pack(binary, archive string) error {
	in, err := os.Open(binary)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(archive + ".new")
	if err != nil {
		return err
	}
	err = errors.Join(write(out, in), out.Close())
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return os.Rename(out.Name(), archive)
}

// write makes an archive of one executable called bootstrap, the name that
// Lambda's provided runtimes start.
func write(out io.Writer, in io.Reader) error {
	z := zip.NewWriter(out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o755)
	entry, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, in); err != nil {
		return err
	}
	return z.Close()
}
