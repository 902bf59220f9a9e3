package disk

import (
	"math/rand/v2"
	"slices"
)

// sectorSize is how much of a write a disk makes as a whole.
const sectorSize = 512

// file is a file as the program sees it, and as the disk may have it.
type file struct {
	now   []byte // as the program sees it
	base  []byte // what is on the disk for certain
	dirty map[int64]*sector
	sizes []int64 // the lengths it had since it was synced, then the present one
}

// sector is 512 bytes of a file that may be on the disk in several versions.
type sector struct {
	versions [][]byte // since the last sync, the newest last; base has the one before
	// doubtful is how many of them a failed sync was about. The system took them for
	// written and will not write them again, but they may never have been.
	doubtful int
}

func newFile(content []byte) *file {
	return &file{now: slices.Clone(content), base: slices.Clone(content), dirty: map[int64]*sector{}, sizes: []int64{int64(len(content))}}
}

func (f *file) write(data []byte, offset int64) {
	end := offset + int64(len(data))
	if grown := end - int64(len(f.now)); grown > 0 {
		f.now = append(f.now, make([]byte, grown)...)
		f.sizes = append(f.sizes, end)
	}
	copy(f.now[offset:], data)
	f.touch(offset, end)
}

func (f *file) truncate(length int64) {
	before := int64(len(f.now))
	if length <= before {
		f.now = f.now[:length]
	} else {
		f.now = append(f.now, make([]byte, length-before)...)
	}
	f.sizes = append(f.sizes, length)
	f.touch(min(length, before), max(length, before))
}

// touch notes a new version of all sectors from one offset to another.
func (f *file) touch(from, to int64) {
	for number := from / sectorSize; number*sectorSize < to; number++ {
		version := make([]byte, sectorSize)
		if start := number * sectorSize; start < int64(len(f.now)) {
			copy(version, f.now[start:])
		}
		s := f.dirty[number]
		if s == nil {
			s = &sector{}
			f.dirty[number] = s
		}
		s.versions = append(s.versions, version)
	}
}

// sync puts the newest version of each sector on the disk, but for those that a
// failed sync made the system forget.
func (f *file) sync() {
	f.sizes = []int64{int64(len(f.now))}
	f.base = resize(f.base, len(f.now))
	for number, s := range f.dirty {
		if s.doubtful == len(s.versions) {
			continue
		}
		if start := number * sectorSize; start < int64(len(f.base)) {
			copy(f.base[start:], s.versions[len(s.versions)-1])
		}
		delete(f.dirty, number)
	}
}

// failSync leaves in doubt whatever was to be synced.
func (f *file) failSync() {
	for _, s := range f.dirty {
		s.doubtful = len(s.versions)
	}
}

// cut returns what a power cut leaves: of each sector one version, the one that is on
// the disk for certain or a newer one, which comes with the chance; and one of
// the lengths.
func (f *file) cut(random *rand.Rand, newer float64) []byte {
	size := f.sizes[0]
	if random.Float64() < newer {
		size = f.sizes[random.IntN(len(f.sizes))]
	}
	left := resize(slices.Clone(f.base), int(size))
	for _, number := range sortedKeys(f.dirty) { // in this order, so that a seed says all
		s := f.dirty[number]
		if random.Float64() >= newer {
			continue
		}
		if start := number * sectorSize; start < size {
			copy(left[start:], s.versions[random.IntN(len(s.versions))])
		}
	}
	return left
}

// resize cuts content, or fills it up with zeros.
func resize(content []byte, size int) []byte {
	if size <= len(content) {
		return content[:size:size]
	}
	return append(content, make([]byte, size-len(content))...)
}
