package storetest_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/ports"
)

// FileStore is a whole store: all persons in memory, and in a JSON file that each write replaces. So a write takes as long as
// there are persons, and a power cut may undo the last ones; all else that ports.PersonStore promises holds.
type FileStore struct {
	path   string
	mu     sync.Mutex
	all    table
	closed bool
}

var _ ports.PersonStore = (*FileStore)(nil)

// table is what the file holds: in the store's own types, because the domain knows nothing of JSON.
type table struct {
	LastID  int64
	Persons []row // in the order of their ids
	Claims  map[string]claim
}

type row struct {
	ID   int64
	Name string
	Age  int
}

type claim struct {
	Request [32]byte
	Made    time.Time
	Answer  []row
}

func (r row) person() domain.Person { return domain.StoredPerson(r.ID, r.Name, r.Age) }

func persons(rows []row) []domain.Person {
	all := make([]domain.Person, len(rows))
	for i, r := range rows {
		all[i] = r.person()
	}
	return all
}

// OpenFileStore opens the store of a file, which need not be there yet.
func OpenFileStore(path string) (*FileStore, error) {
	s := &FileStore{path: path, all: table{Claims: map[string]claim{}}}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	return s, errors.Join(err, json.Unmarshal(content, &s.all))
}

// read lets look see the table. One call at a time does, so each sees one moment.
func read[T any](ctx context.Context, s *FileStore, look func(table) (T, error)) (result T, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return result, &domain.Error{Code: domain.CodeUnavailable, Message: "the store is closed"}
	}
	if err := domain.ContextError(ctx); err != nil {
		return result, err
	}
	return look(s.all)
}

// write lets change have a copy of the table, which takes its place once it is in the file: all of it, or nothing.
func write[T any](ctx context.Context, s *FileStore, change func(*table) (T, error)) (T, error) {
	return read(ctx, s, func(now table) (none T, err error) {
		next := table{now.LastID, slices.Clone(now.Persons), maps.Clone(now.Claims)}
		result, err := change(&next)
		if err != nil {
			return none, err
		}
		content, err := json.Marshal(next)
		if err == nil {
			err = os.WriteFile(s.path+".new", content, 0o600)
		}
		if err == nil {
			err = os.Rename(s.path+".new", s.path)
		}
		if err != nil {
			return none, &domain.Error{Code: domain.CodeUnavailable, Message: "the file cannot be written", Cause: err}
		}
		s.all = next
		return result, nil
	})
}

// CreateBatch gives each draft the next id, unless a claim on them says that it was done before.
func (s *FileStore) CreateBatch(ctx context.Context, drafts []domain.Draft) ([]domain.Person, error) {
	return write(ctx, s, func(all *table) ([]domain.Person, error) {
		made, claimed, err := domain.ClaimOf(drafts)
		if err != nil {
			return nil, err
		}
		if earlier, found := all.Claims[made.Key()]; claimed && found {
			repeats, err := made.Repeats(domain.StoredClaim(made.Key(), earlier.Request, earlier.Made))
			if repeats || err != nil {
				return persons(earlier.Answer), err
			}
		}
		first := len(all.Persons)
		for _, draft := range drafts {
			all.LastID++
			all.Persons = append(all.Persons, row{all.LastID, draft.Name(), draft.Age()})
		}
		if claimed {
			all.Claims[made.Key()] = claim{made.Request(), made.Made(), all.Persons[first:]}
		}
		return persons(all.Persons[first:]), nil
	})
}

func (s *FileStore) Create(ctx context.Context, draft domain.Draft) (domain.Person, error) {
	created, err := s.CreateBatch(ctx, []domain.Draft{draft})
	if err != nil {
		return domain.Person{}, err
	}
	return created[0], nil
}

// search returns where an id stands, or would.
func (t table) search(id int64) (int, bool) {
	return slices.BinarySearchFunc(t.Persons, id, func(r row, id int64) int { return cmp.Compare(r.ID, id) })
}

// index returns where the person stands for whom all conditions hold.
func (t table) index(id int64, conditions ...domain.Condition) (int, error) {
	i, found := t.search(id)
	if !found {
		return 0, domain.NotFound(id)
	}
	return i, domain.CheckConditions(t.Persons[i].person(), conditions)
}

func (s *FileStore) Find(ctx context.Context, id int64) (domain.Person, error) {
	return read(ctx, s, func(all table) (domain.Person, error) {
		i, err := all.index(id)
		if err != nil {
			return domain.Person{}, err
		}
		return all.Persons[i].person(), nil
	})
}

func (s *FileStore) edit(ctx context.Context, id int64, conditions []domain.Condition, change func(domain.Person) domain.Person) (domain.Person, error) {
	return write(ctx, s, func(all *table) (domain.Person, error) {
		i, err := all.index(id, conditions...)
		if err != nil {
			return domain.Person{}, err
		}
		person := change(all.Persons[i].person())
		all.Persons[i] = row{person.ID(), person.Name(), person.Age()}
		return person, nil
	})
}

func (s *FileStore) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error) {
	return s.edit(ctx, id, conditions, func(domain.Person) domain.Person { return draft.Person(id) })
}

func (s *FileStore) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error) {
	return s.edit(ctx, id, conditions, func(person domain.Person) domain.Person { return person.With(patch) })
}

func (s *FileStore) Delete(ctx context.Context, id int64, conditions ...domain.Condition) error {
	_, err := write(ctx, s, func(all *table) (none struct{}, err error) {
		i, err := all.index(id, conditions...)
		if err == nil {
			all.Persons = slices.Delete(all.Persons, i, i+1)
		}
		return none, err
	})
	return err
}

func (s *FileStore) DeleteBatch(ctx context.Context, ids []int64, conditions ...domain.Condition) ([]domain.Person, error) {
	return write(ctx, s, func(all *table) (deleted []domain.Person, err error) {
		all.Persons = slices.DeleteFunc(all.Persons, func(r row) bool {
			gone := slices.Contains(ids, r.ID) && domain.CheckConditions(r.person(), conditions) == nil
			if gone {
				deleted = append(deleted, r.person())
			}
			return gone
		})
		return deleted, nil
	})
}

func (s *FileStore) Page(ctx context.Context, query domain.PageQuery) (domain.Page, error) {
	return read(ctx, s, func(all table) (domain.Page, error) {
		total := int64(len(all.Persons))
		window, err := query.Window(total)
		if err != nil {
			return domain.Page{}, err
		}
		return query.Page(window, persons(all.Persons[window.Offset:][:window.Limit]), total), nil
	})
}

func (s *FileStore) Seek(ctx context.Context, query domain.SeekQuery) (domain.Slice, error) {
	return read(ctx, s, func(all table) (domain.Slice, error) {
		limit, err := query.Limit()
		if err != nil {
			return domain.Slice{}, err
		}
		i, found := all.search(query.From)
		if query.Backward { // the nearest first
			nearest := persons(all.Persons[i-min(i, limit) : i])
			slices.Reverse(nearest)
			return query.Slice(nearest), nil
		}
		if found {
			i++
		}
		return query.Slice(persons(all.Persons[i:][:min(len(all.Persons)-i, limit)])), nil
	})
}

func (s *FileStore) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// A store of one's own, behind a use case of the domain. TestTheExampleKeepsTheContract holds it to all
// that a store promises.
func Example() {
	dir, err := os.MkdirTemp("", "roster")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	store, err := OpenFileStore(filepath.Join(dir, "persons.json"))
	if err != nil {
		fmt.Println(err)
		return
	}
	registry, err := domain.NewRegistry(store, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"Ann", ""} {
		draft, err := domain.NewDraft(name, 31)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(registry.Create(context.Background(), draft))
	}
	// Output:
	// 1 Ann (31) <nil>
	// invalid input [name blank]
}
