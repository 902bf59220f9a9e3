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

// PersonRegistry is domain.Registry as its callers see it.
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
type BulkCreator interface {
	CheckCount(count int) error
	Create(ctx context.Context, drafts []domain.Draft) ([]domain.Outcome[domain.Person], error)
	Generate(ctx context.Context, count int) (int, error)
	GenerateOnce(ctx context.Context, claim domain.Claim, count int) (int, error)
}

// PersonChecker is domain.Check as its callers see it.
type PersonChecker interface {
	Check(ctx context.Context, id int64) (domain.Person, error)
}

// BulkFetcher is domain.Fetch as its callers see it.
type BulkFetcher interface {
	Configured() int
	FetchConfigured(ctx context.Context) []domain.Fetched
	Fetch(ctx context.Context, urls []string) []domain.Fetched
}

// JobManager is domain.Jobs as its callers see it.
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
