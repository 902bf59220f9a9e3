package disk

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// Model is a folder on a disk whose power may be cut at any time. What it takes from
// a real disk:
//
//   - What was written to a file before a sync of it that succeeded is there.
//   - What was written later is there or not, each sector of 512 bytes by
//     itself and whatever the order of the writes: so a write may be torn, and a later
//     one be there without an earlier one. Where a sector was written several times,
//     any of the versions may be there.
//   - The length is one of those that the file had since. What lies within it and was
//     never written is zeros.
//   - A name that was made, removed or changed stays so only by a sync of the folder;
//     a sync of the file is not enough. What was not synced is there or not, but names
//     reach the disk in their order, as with a journaling file system.
//   - What was written before a sync that failed may never reach the disk, also
//     not by a sync that succeeds later: the system takes it for written.
//
// It does not model a disk that says it has synced and has not, or that loses what it
// once had.
type Model struct {
	open    map[int32]*file // by descriptor; nil is the folder
	now     map[string]*file
	certain map[string]*file
	maybe   []renaming // since the folder was synced
}

// renaming is a change of names.
type renaming struct {
	removed, added string // "" for none
	file           *file  // that was added
}

// NewModel returns the model of a folder whose files are on the disk.
func NewModel(files map[string][]byte) *Model {
	m := &Model{open: map[int32]*file{}, now: map[string]*file{}, certain: map[string]*file{}}
	for name, content := range files {
		f := newFile(content)
		m.now[name], m.certain[name] = f, f
	}
	return m
}

// Apply does what the program did. The error is for what the model does not know.
func (m *Model) Apply(o Operation) error {
	switch o.Kind {
	case Open:
		return m.opened(o)
	case Close:
		delete(m.open, o.File)
		return nil
	case Unlink:
		name := string(o.Data)
		delete(m.now, name)
		m.maybe = append(m.maybe, renaming{removed: name})
		return nil
	case Rename:
		from, to := o.names()
		m.now[to] = m.now[from]
		delete(m.now, from)
		m.maybe = append(m.maybe, renaming{removed: from, added: to, file: m.now[to]})
		return nil
	case Unknown:
		return fmt.Errorf("the program used %s, which the model does not know", o.Data)
	}
	f, known := m.open[o.File]
	switch {
	case !known:
		return fmt.Errorf("%v: nobody opened that file", o)
	case f == nil && o.Kind == Sync:
		m.syncFolder()
		return nil
	case f == nil && o.Kind == FailedSync:
		return nil // what was not certain is not
	case f == nil:
		return fmt.Errorf("%v: that is the folder", o)
	}
	switch o.Kind {
	case Write:
		f.write(o.Data, o.Offset)
	case Truncate:
		f.truncate(o.Offset)
	case Sync:
		f.sync()
	case FailedSync:
		f.failSync()
	default:
		return fmt.Errorf("%v: no such kind", o)
	}
	return nil
}

func (m *Model) opened(o Operation) error {
	name := string(o.Data)
	if name == "" {
		m.open[o.File] = nil
		return nil
	}
	f := m.now[name]
	switch {
	case o.Made && f != nil:
		return fmt.Errorf("%v: it was there already", o)
	case o.Made:
		f = newFile(nil)
		m.now[name] = f
		m.maybe = append(m.maybe, renaming{added: name, file: f})
	case f == nil:
		return fmt.Errorf("%v: it was not there", o)
	case o.Empty:
		f.truncate(0)
	}
	m.open[o.File] = f
	return nil
}

func (m *Model) syncFolder() {
	m.certain = maps.Clone(m.now)
	m.maybe = nil
}

// Cut returns the files that are left when the power is cut now. The chance is that
// of each thing to be there that need not be.
func (m *Model) Cut(random *rand.Rand, chance float64) map[string][]byte {
	names := maps.Clone(m.certain)
	reached := 0
	for reached < len(m.maybe) && random.Float64() < chance {
		reached++
	}
	for _, change := range m.maybe[:reached] {
		delete(names, change.removed)
		if change.added != "" {
			names[change.added] = change.file
		}
	}
	left := map[string][]byte{}
	for _, name := range sortedKeys(names) {
		left[name] = names[name].cut(random, chance)
	}
	return left
}

// Folder reads all files of a folder, but for those of SQLite that are made anew from
// the others.
func Folder(path string) (map[string][]byte, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if filepath.Ext(entry.Name()) == ".sqlite3-shm" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(path, entry.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return nil, err
		}
		files[entry.Name()] = content
	}
	return files, nil
}

// Restore writes files into a folder that is made for them.
func Restore(path string, files map[string][]byte) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		return err
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(path, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[K interface{ ~int64 | ~string }, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
