package ports

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/seed-bbcc19ba/roster/domain"
	"github.com/seed-bbcc19ba/roster/domain/account"
	"github.com/seed-bbcc19ba/roster/domain/lab"
)

// PersonRegistry is domain.Registry as its callers see it, whether it is in the same process or behind a wire. Suite:
// usecasetest, for it and for BulkCreator, PersonChecker, ConfiguredFetcher, JobManager and PersonExporter.
//
//   - A person who was created is got as they are, any valid name and age, and has an id greater than those before.
//   - Who is not there, any id, is domain.CodeNotFound, whatever the conditions.
//   - The zero domain.Draft is domain.CodeInvalid with the problem of a blank name, and saves nobody.
//   - A draft with a domain.Claim is saved once: the same again answers the same person, another draft and request with its key is
//     domain.CodeKeyReused.
//   - List numbers pages from 1, and they hold everybody once. domain.LastPage is the last, with its number. Page 1 always exists; any
//     other that does not is domain.CodeNotFound. Page.Size is how many a full page holds where there are several pages; of one page it may be any
//     number that is not too small, so that Page.Pages is always true.
//   - After and Before hold the persons nearest to an id, anybody's or nobody's, in the order of their ids, at most as many as a page, and tell
//     whether there are more in that direction.
//   - All meets everybody once in the order of their ids; it can be left, and begins at the start when walked again. Who is there during the whole walk is met, whoever
//     comes and goes, by the walker too.
//   - Replace gives all fields; Patch gives those that it has and leaves the others. Who was deleted is gone.
//   - A change is made where all conditions hold for the person as it is when it is made; where one does not nothing is changed, and the error is
//     domain.CodePrecondition. So of changes at once on the condition that nothing changed (domain.Unchanged) one is made. A condition may be asked more than once.
//   - A call whose ctx has ended does nothing; its error wraps that of the context.
//
// Every error is a *domain.Error with a message for anybody. Who stands for a registry elsewhere also answers domain.CodeUnavailable and
// domain.CodeUpstream for what lies between, domain.CodeUnauthenticated and domain.CodeForbidden.
type PersonRegistry interface {
	Create(ctx context.Context, draft domain.Draft) (domain.Person, error)
	Get(ctx context.Context, id int64) (domain.Person, error)
	List(ctx context.Context, number int64) (domain.Page, error)
	After(ctx context.Context, id int64) (domain.Slice, error)
	Before(ctx context.Context, id int64) (domain.Slice, error)
	All(ctx context.Context) iter.Seq2[domain.Person, error]
	Replace(ctx context.Context, id int64, draft domain.Draft, conditions ...domain.Condition) (domain.Person, error)
	Patch(ctx context.Context, id int64, patch domain.Patch, conditions ...domain.Condition) (domain.Person, error)
	Delete(ctx context.Context, id int64, conditions ...domain.Condition) error
}

// BulkCreator is domain.BulkCreate as its callers see it.
//
//   - Create saves the drafts, all of them or none, and answers one outcome for each in their order, with ids that grow. Where one is the zero Draft, the error is
//     domain.CodeInvalid with the problem of a blank name, and nobody is saved.
//   - Nobody, or more than a bulk may have, is domain.CodeInvalid with a problem of domain.FieldCount and the limit, of every method, CheckCount among them; there are no
//     outcomes then, and nobody is saved. CheckCount asks nobody else.
//   - Generate saves the persons of domain.GeneratedDraft from 0.
//   - Drafts with a claim are saved once, and so are those of GenerateOnce; another request with the key is domain.CodeKeyReused, of Create as the error of each outcome.
//   - When ctx has ended nobody is saved; Create says so in the outcomes.
type BulkCreator interface {
	CheckCount(count int) error
	Create(ctx context.Context, drafts []domain.Draft) ([]domain.Outcome[domain.Person], error)
	Generate(ctx context.Context, count int) (int, error)
	GenerateOnce(ctx context.Context, claim domain.Claim, count int) (int, error)
}

// PersonChecker is domain.Check as its callers see it: it finds whom PersonRegistry.Get finds, and answers the same where it finds nobody or ctx has ended.
type PersonChecker interface {
	Check(ctx context.Context, id int64) (domain.Person, error)
}

// ConfiguredFetcher is what of domain.Fetch may be offered to anybody: the documents that somebody chose before.
//
//   - What became of each document stands in the order in which they were chosen, and a failure harms no other. A lapse of time is domain.CodeDeadline, other failures
//     are domain.CodeUpstream with their message.
//   - Fetched.URL names what failed. Beside a document it may be "", where the document came without.
type ConfiguredFetcher interface {
	FetchConfigured(ctx context.Context) []domain.Fetched
}

// BulkFetcher is domain.Fetch as its callers see it.
type BulkFetcher interface {
	ConfiguredFetcher
	Configured() int
	Fetch(ctx context.Context, urls []string) []domain.Fetched
}

// JobManager is domain.Jobs as its callers see it.
//
//   - Generate saves made-up persons, and Import those of a text, once somebody works the job off. Rows that are wrong are refused with line, field, code and limit, in the order of
//     domain.Refusal.Compare, and harm no others. The job tells its kind, flags, format, counts, and when it was created, began and ended.
//   - An order with a key is taken once; another one with the key is domain.CodeKeyReused.
//   - A dry run saves nobody and refuses what it would. A job that is all or nothing saves nobody where a row is refused, and says why it failed.
//   - An order that is none (a count that is no number of rows, a key that is too long, a format that there is not, a text without rows) is domain.CodeInvalid and leaves no job;
//     a wrong count is a problem of domain.FieldCount with the limit. A text that fails leaves none either, and its error comes back.
//   - List holds the jobs before one, or all of them, the latest first, at most so many; fewer than one is domain.CodeInvalid.
//   - Cancel ends a job that is not over, with the counts that it has, and answers it; no chunk is saved from then on. To cancel it again answers the same. A job that is done cannot be
//     canceled: domain.CodeConflict.
//   - A job that there is not, by any id, is domain.CodeNotFound; of Watch and Refusals that is all they yield.
//   - Watch yields a job as it is, then as it changes, never going back, and last when it is over. When ctx has ended its error is the last thing that Watch and Refusals yield, and Generate makes no job.
type JobManager interface {
	Generate(ctx context.Context, order domain.JobOrder, count int64) (domain.Job, error)
	Import(ctx context.Context, order domain.JobOrder, format string, r io.Reader) (domain.Job, error)
	Find(ctx context.Context, id domain.JobID) (domain.Job, error)
	List(ctx context.Context, before domain.JobID, size int) ([]domain.Job, error)
	Cancel(ctx context.Context, id domain.JobID) (domain.Job, error)
	Watch(ctx context.Context, id domain.JobID) iter.Seq2[domain.Job, error]
	Refusals(ctx context.Context, id domain.JobID) iter.Seq2[domain.Refusal, error]
}

// PersonExporter is domain.Export as its callers see it.
//
//   - Export writes everybody in the order of their ids and returns how many, whatever their names hold. When ctx has ended its error comes.
//   - A format that there is not is domain.CodeInvalid, and writes nothing.
type PersonExporter interface {
	Export(ctx context.Context, format string, w io.Writer) (int64, error)
}

// SelectionExporter is domain.Export as those see it who know the persons already.
type SelectionExporter interface {
	ExportOf(format string, persons iter.Seq2[domain.Person, error], w io.Writer) (int64, error)
}

// PersonBrowser is domain.Browse as its callers see it.
type PersonBrowser interface {
	Browse(ctx context.Context, query domain.BrowseQuery) (domain.Browsed, error)
	Selected(ctx context.Context, selection domain.Selection) ([]domain.Person, error)
	Delete(ctx context.Context, selection domain.Selection) (int, error)
}

// Surveyor is domain.Survey as its callers see it.
type Surveyor interface {
	Findings(ctx context.Context, patience time.Duration) domain.Findings
}

// AccountManager is account.Accounts as its callers see it.
type AccountManager interface {
	SignIn(ctx context.Context, attempt account.Attempt) (account.Token, account.User, error)
	SignedIn(ctx context.Context, token account.Token) (account.User, error)
	SignOut(ctx context.Context, token account.Token) error
	ChangePassword(ctx context.Context, token account.Token, address, old, password string) (account.Token, error)
	Add(ctx context.Context, wanted account.NewSuperuser) (account.User, error)
	Find(ctx context.Context, id int64) (account.User, error)
	FindByName(ctx context.Context, name string) (account.User, error)
	List(ctx context.Context, after int64, size int) ([]account.User, error)
	SetPassword(ctx context.Context, id int64, password string) error
	SetActive(ctx context.Context, by account.User, id int64, active bool) error
}

// TokenManager is account.Tokens as its callers see it.
type TokenManager interface {
	Make(ctx context.Context, wanted account.NewAPIToken) (account.APIToken, account.APISecret, error)
	List(ctx context.Context, after int64, size int) ([]account.APIToken, error)
	Revoke(ctx context.Context, id int64) (account.APIToken, error)
	Check(ctx context.Context, secret account.APISecret) (account.APIToken, error)
}

// StrategyLab is lab.Lab as its callers see it.
type StrategyLab interface {
	Presets() []lab.Preset
	Run(ctx context.Context, experiment lab.Experiment, strategies []lab.Strategy) (lab.Report, error)
}

var (
	_ PersonRegistry    = (*domain.Registry)(nil)
	_ BulkCreator       = (*domain.BulkCreate)(nil)
	_ PersonChecker     = (*domain.Check)(nil)
	_ BulkFetcher       = (*domain.Fetch)(nil)
	_ JobManager        = (*domain.Jobs)(nil)
	_ PersonExporter    = (*domain.Export)(nil)
	_ SelectionExporter = (*domain.Export)(nil)
	_ PersonBrowser     = (*domain.Browse)(nil)
	_ Surveyor          = (*domain.Survey)(nil)
	_ AccountManager    = (*account.Accounts)(nil)
	_ TokenManager      = (*account.Tokens)(nil)
	_ StrategyLab       = (*lab.Lab)(nil)
)
