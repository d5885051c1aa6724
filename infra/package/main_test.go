package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func packed(t *testing.T, content []byte, at time.Time) []byte {
	t.Helper()
	dir := t.TempDir()
	binary, archive := filepath.Join(dir, "any-name"), filepath.Join(dir, "portal.zip")
	if err := os.WriteFile(binary, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(binary, at, at); err != nil {
		t.Fatal(err)
	}
	if err := pack(binary, archive); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestTheSameBinaryMakesTheSameArchive(t *testing.T) {
	content := bytes.Repeat([]byte("portal "), 10_000)
	first := packed(t, content, time.Unix(1_700_000_000, 0))
	second := packed(t, content, time.Unix(1_800_000_000, 0))
	if !bytes.Equal(first, second) {
		t.Error("two archives of one binary differ")
	}
	if bytes.Equal(first, packed(t, append(content, '!'), time.Unix(1_700_000_000, 0))) {
		t.Error("two binaries make one archive")
	}
}

func TestArchiveHoldsOneExecutableCalledBootstrap(t *testing.T) {
	content := []byte("#!/bin/sh\n")
	archive := packed(t, content, time.Unix(1_700_000_000, 0))
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != 1 || z.File[0].Name != "bootstrap" || z.File[0].Mode() != 0o755 {
		t.Fatalf("the archive holds %d files, the first %q with mode %v", len(z.File), z.File[0].Name, z.File[0].Mode())
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
		t.Errorf("bootstrap holds %q (%v)", got, err)
	}
}

func TestFailureLeavesTheOldArchive(t *testing.T) {
	dir := t.TempDir()
	archive := filepath.Join(dir, "portal.zip")
	if err := os.WriteFile(archive, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := pack(dir, archive); err == nil { // a folder cannot be read
		t.Fatal("a folder was packed")
	}
	if got, _ := os.ReadFile(archive); string(got) != "old" {
		t.Errorf("the old archive holds %q now", got)
	}
	if left, _ := filepath.Glob(archive + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
