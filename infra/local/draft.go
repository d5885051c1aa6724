package local

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// draft is a file that is being written and not visible yet.
type draft struct {
	*os.File
	files *Files
	name  string
}

func (f *Files) draft(contentType string) (*draft, error) {
	line, err := json.Marshal(about{ContentType: contentType, Stored: f.clock.Now().UTC()})
	if err != nil {
		return nil, err
	}
	name := draftsFolder + string(filepath.Separator) + rand.Text()
	file, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	d := &draft{File: file, files: f, name: name}
	if _, err := file.Write(append(line, '\n')); err != nil {
		d.discard()
		return nil, err
	}
	return d, nil
}

// discard removes a draft that was not published.
func (d *draft) discard() {
	if d.name == "" {
		return
	}
	_ = d.Close()
	_ = d.files.root.Remove(d.name) // else removed when the store is opened again
}

// publish makes the draft the file of this key: on disk first, visible then.
func (d *draft) publish(key string) error {
	if err := errors.Join(d.files.sync(d.File), d.Close()); err != nil {
		return err
	}
	folder := path.Dir(key)
	// A sweep may take an empty folder away in between: make it again.
	err := fs.ErrNotExist
	for try := 0; try < 3 && absent(err); try++ {
		if err = d.files.root.MkdirAll(filepath.FromSlash(folder), 0o700); err != nil {
			return err
		}
		err = d.files.root.Rename(d.name, place(key))
	}
	if err != nil {
		return err
	}
	d.name = ""
	return d.files.syncFolders(folder)
}

func (f *Files) sync(file *os.File) error {
	if f.noSync {
		return nil
	}
	return file.Sync()
}

// syncFolders makes the entries of a folder and of those above it durable.
func (f *Files) syncFolders(folder string) error {
	for {
		dir, err := f.root.Open(filepath.FromSlash(folder))
		if err != nil {
			return err
		}
		if err := errors.Join(f.sync(dir), dir.Close()); err != nil {
			return err
		}
		if folder == "." {
			return nil
		}
		folder = path.Dir(folder)
	}
}
