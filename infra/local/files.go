package local

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portal/infra"
)

// Files is infra.Files in a folder, and the handler that its forms and links
// lead to (ServeHTTP). A stored file is one line of JSON about it, then its
// bytes. It appears by a rename after everything is on disk, so a crash leaves
// the whole file or none.
//
// Keys pass infra.CheckFileKey and every access goes through os.Root, so no
// key leads out of the folder. The name of a file ends in "~" and no key has
// one: a file and a folder of the same key do not collide.
type Files struct {
	root    *os.Root
	baseURL string
	noSync  bool
	clock   infra.Clock
	forms   []byte // key that signs upload forms
	links   []byte // key that signs links
}

const (
	filesFolder  = "files"
	draftsFolder = "~drafts"
	fileMark     = "~"
)

// about is the first line of a stored file.
type about struct {
	ContentType string    `json:"type"`
	Stored      time.Time `json:"stored"`
}

func openFiles(dir string, o Options, clock infra.Clock, mac *MAC) (*Files, error) {
	folder := filepath.Join(dir, filesFolder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	f := &Files{
		root: root, baseURL: o.BaseURL, noSync: o.NoSync, clock: clock,
		forms: mac.derive("files", "form"), links: mac.derive("files", "link"),
	}
	// Drafts of a process that died were never files.
	if err := errors.Join(root.RemoveAll(draftsFolder), root.Mkdir(draftsFolder, 0o700)); err != nil {
		return nil, errors.Join(fmt.Errorf("files: %w", err), root.Close())
	}
	return f, nil
}

func (f *Files) close() error { return f.root.Close() }

func place(key string) string { return filepath.FromSlash(key) + fileMark }

// Read returns a file's bytes.
func (f *Files) Read(ctx context.Context, key string, most int64) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := infra.CheckFileKey(key); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	stored, err := f.find(key)
	if err != nil {
		return nil, err
	}
	defer stored.close()
	if stored.size > most {
		return nil, fmt.Errorf("files: %d bytes, at most %d wanted: %w", stored.size, most, infra.ErrTooLarge)
	}
	data, err := io.ReadAll(stored.content())
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return data, nil
}

// Put stores a file.
func (f *Files) Put(ctx context.Context, key, contentType string, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := errors.Join(infra.CheckFileKey(key), infra.CheckContentType(contentType)); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	if same, err := f.holds(key, contentType, data); same || err != nil {
		return err
	}
	draft, err := f.draft(contentType)
	if err != nil {
		return fmt.Errorf("files: %w", err)
	}
	defer draft.discard()
	if _, err := draft.Write(data); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	if err := draft.publish(key); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

// holds tells whether the same file is stored already.
func (f *Files) holds(key, contentType string, data []byte) (bool, error) {
	stored, err := f.find(key)
	if errors.Is(err, infra.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer stored.close()
	if stored.ContentType != contentType || stored.size != int64(len(data)) {
		return false, nil
	}
	old, err := io.ReadAll(stored.content())
	if err != nil {
		return false, fmt.Errorf("files: %w", err)
	}
	return bytes.Equal(old, data), nil
}

// Delete removes a file.
func (f *Files) Delete(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := infra.CheckFileKey(key); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	if err := f.root.Remove(place(key)); err != nil && !absent(err) {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

// storedFile is an open file and what is known about it.
type storedFile struct {
	about
	file  *os.File
	start int64 // of its bytes
	size  int64 // of its bytes
}

func (s storedFile) content() *io.SectionReader { return io.NewSectionReader(s.file, s.start, s.size) }

func (s storedFile) close() { _ = s.file.Close() } // was only read

// find opens a stored file; close it.
func (f *Files) find(key string) (storedFile, error) {
	file, err := f.root.Open(place(key))
	if absent(err) {
		return storedFile{}, fmt.Errorf("files: %w", infra.ErrNotFound)
	}
	if err != nil {
		return storedFile{}, fmt.Errorf("files: %w", err)
	}
	stored, err := describe(file)
	if err != nil {
		return storedFile{}, errors.Join(fmt.Errorf("files: %w", err), file.Close())
	}
	return stored, nil
}

func describe(file *os.File) (storedFile, error) {
	info, err := file.Stat()
	if err != nil {
		return storedFile{}, err
	}
	line, err := bufio.NewReader(file).ReadBytes('\n')
	if err != nil {
		return storedFile{}, fmt.Errorf("first line: %w", err)
	}
	stored := storedFile{file: file, start: int64(len(line)), size: info.Size() - int64(len(line))}
	if err := json.Unmarshal(line, &stored.about); err != nil {
		return storedFile{}, fmt.Errorf("first line: %w", err)
	}
	return stored, nil
}

func absent(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// sweep removes what is to vanish by itself, and the folders that become empty.
func (f *Files) sweep(ctx context.Context) (int, error) {
	removed := 0
	for folder, days := range infra.Vanishing {
		n, err := f.sweepFolder(ctx, folder, f.clock.Now().Add(-time.Duration(days)*24*time.Hour))
		if removed += n; err != nil {
			return removed, fmt.Errorf("files: sweep: %w", err)
		}
	}
	return removed, nil
}

func (f *Files) sweepFolder(ctx context.Context, folder string, limit time.Time) (removed int, err error) {
	var folders []string
	err = fs.WalkDir(f.root.FS(), folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case absent(err):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case entry.IsDir():
			folders = append(folders, name)
			return nil
		}
		old, err := f.storedBefore(strings.TrimSuffix(name, fileMark), limit)
		if err != nil || !old {
			return err
		}
		removed++
		return f.root.Remove(name)
	})
	for i := len(folders) - 1; i > 0; i-- {
		_ = f.root.Remove(folders[i]) // fails unless empty
	}
	return removed, err
}

func (f *Files) storedBefore(key string, limit time.Time) (bool, error) {
	stored, err := f.find(key)
	if errors.Is(err, infra.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer stored.close()
	return stored.Stored.Before(limit), nil
}
