package observed

import (
	"context"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/ports"
)

// Persons returns the store with its calls told as calls of the layer store, but for Close.
func Persons(next ports.PersonStore, observer ports.CallObserver) ports.PersonStore {
	return &persons{next, observer}
}

type persons struct {
	ports.PersonStore
	observe ports.CallObserver
}

// Find implements ports.PersonStore.
func (s *persons) Find(ctx context.Context, id int64) (_ domain.Person, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Find"})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.Find(ctx, id)
}

// Create implements ports.PersonStore.
func (s *persons) Create(ctx context.Context, draft domain.Draft) (_ domain.Person, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Create"})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.Create(ctx, draft)
}

// CreateBatch implements ports.PersonStore.
func (s *persons) CreateBatch(ctx context.Context, drafts []domain.Draft) (_ []domain.Person, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "CreateBatch", Items: len(drafts)})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.CreateBatch(ctx, drafts)
}

// Page implements ports.PersonStore.
func (s *persons) Page(ctx context.Context, query domain.PageQuery) (_ domain.Page, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Page"})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.Page(ctx, query)
}

// Seek implements ports.PersonStore.
func (s *persons) Seek(ctx context.Context, query domain.SeekQuery) (_ domain.Slice, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Seek"})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.Seek(ctx, query)
}

// Replace implements ports.PersonStore.
func (s *persons) Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (_ domain.Person, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Replace"})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.Replace(ctx, id, draft, conditions...)
}

// Patch implements ports.PersonStore.
func (s *persons) Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (_ domain.Person, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Patch"})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.Patch(ctx, id, patch, conditions...)
}

// Delete implements ports.PersonStore.
func (s *persons) Delete(ctx context.Context, id int64, conditions ...domain.Condition) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Delete"})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.Delete(ctx, id, conditions...)
}

// DeleteBatch implements ports.PersonStore.
func (s *persons) DeleteBatch(ctx context.Context, ids []int64, conditions ...domain.Condition) (_ []domain.Person, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "DeleteBatch", Items: len(ids)})
	defer func() { finish(end, recover(), err) }()
	return s.PersonStore.DeleteBatch(ctx, ids, conditions...)
}

// JobStore returns the store with its calls told as calls of the layer store.
func JobStore(next ports.JobStore, observer ports.CallObserver) ports.JobStore {
	return &jobStore{next, observer}
}

type jobStore struct {
	ports.JobStore
	observe ports.CallObserver
}

// CreateJob implements ports.JobStore.
func (s *jobStore) CreateJob(ctx context.Context, job domain.Job) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "CreateJob"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.CreateJob(ctx, job)
}

// AddChunks implements ports.JobStore.
func (s *jobStore) AddChunks(ctx context.Context, id domain.JobID, chunks []domain.Chunk, now time.Time) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "AddChunks", Items: len(chunks)})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.AddChunks(ctx, id, chunks, now)
}

// SubmitJob implements ports.JobStore.
func (s *jobStore) SubmitJob(ctx context.Context, id domain.JobID, claim *domain.Claim, now time.Time) (_ domain.Job, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "SubmitJob"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.SubmitJob(ctx, id, claim, now)
}

// DropJob implements ports.JobStore.
func (s *jobStore) DropJob(ctx context.Context, id domain.JobID) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "DropJob"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.DropJob(ctx, id)
}

// FindJob implements ports.JobStore.
func (s *jobStore) FindJob(ctx context.Context, id domain.JobID) (_ domain.Job, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "FindJob"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.FindJob(ctx, id)
}

// ListJobs implements ports.JobStore.
func (s *jobStore) ListJobs(ctx context.Context, before domain.JobID, size int) (_ []domain.Job, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "ListJobs"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.ListJobs(ctx, before, size)
}

// OpenJobs implements ports.JobStore.
func (s *jobStore) OpenJobs(ctx context.Context, size int) (_ []domain.Job, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "OpenJobs"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.OpenJobs(ctx, size)
}

// AwaitJob implements ports.JobStore.
func (s *jobStore) AwaitJob(ctx context.Context, seen domain.Job) (_ domain.Job, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: ports.MethodAwaitJob})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.AwaitJob(ctx, seen)
}

// ChangeJob implements ports.JobStore.
func (s *jobStore) ChangeJob(ctx context.Context, id domain.JobID, change func(domain.Job) (domain.Job, error)) (_ domain.Job, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "ChangeJob"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.ChangeJob(ctx, id, change)
}

// Refusals implements ports.JobStore.
func (s *jobStore) Refusals(ctx context.Context, id domain.JobID, after domain.Refusal, size int) (_ []domain.Refusal, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Refusals"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.Refusals(ctx, id, after, size)
}

// FindChunk implements ports.JobStore.
func (s *jobStore) FindChunk(ctx context.Context, id domain.JobID, number int) (_ domain.Chunk, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "FindChunk"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.FindChunk(ctx, id, number)
}

// EndChunks implements ports.JobStore.
func (s *jobStore) EndChunks(ctx context.Context, id domain.JobID, ends []domain.ChunkEnd, now time.Time) (_ domain.Job, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "EndChunks", Items: len(ends)})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.EndChunks(ctx, id, ends, now)
}

// OpenChunks implements ports.JobStore.
func (s *jobStore) OpenChunks(ctx context.Context, id domain.JobID, size int) (_ []int, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "OpenChunks"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.OpenChunks(ctx, id, size)
}

// TidyJobs implements ports.JobStore.
func (s *jobStore) TidyJobs(ctx context.Context, now time.Time) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "TidyJobs"})
	defer func() { finish(end, recover(), err) }()
	return s.JobStore.TidyJobs(ctx, now)
}

// History returns the store with its calls told as calls of the layer store.
func History(next ports.HistoryStore, observer ports.CallObserver) ports.HistoryStore {
	return &history{next, observer}
}

type history struct {
	ports.HistoryStore
	observe ports.CallObserver
}

// Changes implements ports.HistoryStore.
func (s *history) Changes(ctx context.Context, query domain.ChangesQuery) (_ []domain.Change, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Changes"})
	defer func() { finish(end, recover(), err) }()
	return s.HistoryStore.Changes(ctx, query)
}

// TidyHistory implements ports.HistoryStore.
func (s *history) TidyHistory(ctx context.Context, now time.Time) (_ bool, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "TidyHistory"})
	defer func() { finish(end, recover(), err) }()
	return s.HistoryStore.TidyHistory(ctx, now)
}

// CountByAge implements ports.HistoryStore.
func (s *history) CountByAge(ctx context.Context) (_ []domain.AgeCount, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "CountByAge"})
	defer func() { finish(end, recover(), err) }()
	return s.HistoryStore.CountByAge(ctx)
}

// CreatedPerHour implements ports.HistoryStore.
func (s *history) CreatedPerHour(ctx context.Context, now time.Time, hours int) (_ []domain.HourCount, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "CreatedPerHour"})
	defer func() { finish(end, recover(), err) }()
	return s.HistoryStore.CreatedPerHour(ctx, now, hours)
}

// Size implements ports.HistoryStore.
func (s *history) Size(ctx context.Context) (_ int64, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "Size"})
	defer func() { finish(end, recover(), err) }()
	return s.HistoryStore.Size(ctx)
}

// Accounts returns the store with its calls told as calls of the layer store.
func Accounts(next ports.AccountStore, observer ports.CallObserver) ports.AccountStore {
	return &accounts{next, observer}
}

type accounts struct {
	ports.AccountStore
	observe ports.CallObserver
}

// AddUser implements ports.AccountStore.
func (s *accounts) AddUser(ctx context.Context, user account.User) (_ account.User, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "AddUser"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.AddUser(ctx, user)
}

// FindUser implements ports.AccountStore.
func (s *accounts) FindUser(ctx context.Context, id int64) (_ account.User, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "FindUser"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.FindUser(ctx, id)
}

// FindUserByName implements ports.AccountStore.
func (s *accounts) FindUserByName(ctx context.Context, name string) (_ account.User, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "FindUserByName"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.FindUserByName(ctx, name)
}

// ListUsers implements ports.AccountStore.
func (s *accounts) ListUsers(ctx context.Context, after int64, size int) (_ []account.User, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "ListUsers"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.ListUsers(ctx, after, size)
}

// SetPassword implements ports.AccountStore.
func (s *accounts) SetPassword(ctx context.Context, id int64, from, to account.Hash) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "SetPassword"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.SetPassword(ctx, id, from, to)
}

// SetActive implements ports.AccountStore.
func (s *accounts) SetActive(ctx context.Context, id int64, active bool) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "SetActive"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.SetActive(ctx, id, active)
}

// BeginSession implements ports.AccountStore.
func (s *accounts) BeginSession(ctx context.Context, session account.Session) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "BeginSession"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.BeginSession(ctx, session)
}

// FindSession implements ports.AccountStore.
func (s *accounts) FindSession(ctx context.Context, key account.SessionKey) (_ account.Session, _ account.User, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "FindSession"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.FindSession(ctx, key)
}

// TouchSession implements ports.AccountStore.
func (s *accounts) TouchSession(ctx context.Context, key account.SessionKey, seen time.Time) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "TouchSession"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.TouchSession(ctx, key, seen)
}

// EndSession implements ports.AccountStore.
func (s *accounts) EndSession(ctx context.Context, key account.SessionKey) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "EndSession"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.EndSession(ctx, key)
}

// TidySessions implements ports.AccountStore.
func (s *accounts) TidySessions(ctx context.Context, now time.Time) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "TidySessions"})
	defer func() { finish(end, recover(), err) }()
	return s.AccountStore.TidySessions(ctx, now)
}

// Tokens returns the store with its calls told as calls of the layer store.
func Tokens(next ports.TokenStore, observer ports.CallObserver) ports.TokenStore {
	return &tokens{next, observer}
}

type tokens struct {
	ports.TokenStore
	observe ports.CallObserver
}

// AddToken implements ports.TokenStore.
func (s *tokens) AddToken(ctx context.Context, token account.APIToken) (_ account.APIToken, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "AddToken"})
	defer func() { finish(end, recover(), err) }()
	return s.TokenStore.AddToken(ctx, token)
}

// FindToken implements ports.TokenStore.
func (s *tokens) FindToken(ctx context.Context, key account.APIKey) (_ account.APIToken, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "FindToken"})
	defer func() { finish(end, recover(), err) }()
	return s.TokenStore.FindToken(ctx, key)
}

// ListTokens implements ports.TokenStore.
func (s *tokens) ListTokens(ctx context.Context, after int64, size int) (_ []account.APIToken, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "ListTokens"})
	defer func() { finish(end, recover(), err) }()
	return s.TokenStore.ListTokens(ctx, after, size)
}

// UseToken implements ports.TokenStore.
func (s *tokens) UseToken(ctx context.Context, id int64, used time.Time) (err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "UseToken"})
	defer func() { finish(end, recover(), err) }()
	return s.TokenStore.UseToken(ctx, id, used)
}

// RevokeToken implements ports.TokenStore.
func (s *tokens) RevokeToken(ctx context.Context, id int64, revoked time.Time) (_ account.APIToken, err error) {
	ctx, end := s.observe(ctx, ports.Call{Layer: ports.LayerStore, Method: "RevokeToken"})
	defer func() { finish(end, recover(), err) }()
	return s.TokenStore.RevokeToken(ctx, id, revoked)
}
