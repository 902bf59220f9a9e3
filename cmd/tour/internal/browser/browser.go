// Package browser drives Chromium as a person does: it opens pages, fills fields and presses
// what it sees.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrMissing says how Chromium is installed.
var ErrMissing = errors.New("there is no Chromium: apt-get install -y chromium")

// Browser is a Chromium without a window.
type Browser struct {
	ctx    context.Context //nolint:containedctx // chromedp keeps the browser in it
	cancel context.CancelFunc
}

// Start starts a browser.
func Start(ctx context.Context) (*Browser, error) {
	file, err := exec.LookPath("chromium")
	if err != nil {
		return nil, ErrMissing
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(file), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-device-scale-factor", "1"),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	allocated, stop := chromedp.NewExecAllocator(ctx, options...)
	started, cancel := chromedp.NewContext(allocated)
	if err := chromedp.Do(started); err != nil {
		cancel()
		stop()
		return nil, fmt.Errorf("cannot start Chromium: %w", err)
	}
	return &Browser{ctx: started, cancel: func() { cancel(); stop() }}, nil
}

// Close ends the browser.
func (b *Browser) Close() { b.cancel() }

// Look is how pages are shown.
type Look struct {
	Width, Height int
	// Dark asks for dark colours, and NoScript does not run what pages bring.
	Dark, NoScript bool
}

// Tab is one page after the other, with cookies of its own. Its methods wait for what they look for,
// each at most Patience.
type Tab struct {
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it

	mu           sync.Mutex
	said, loaded []string
}

// Patience is how long something may take that a person waits for.
const Patience = 40 * time.Second

// Open opens a tab, which the function that it returns closes.
func (b *Browser) Open(look Look) (*Tab, func(), error) {
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{ctx: ctx}
	if err := tab.prepare(look); err != nil {
		cancel()
		return nil, nil, err
	}
	return tab, cancel, nil
}

func (t *Tab) prepare(look Look) error {
	if err := chromedp.Listen(t.ctx, t.listen); err != nil {
		return err
	}
	scheme := "light"
	if look.Dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(t.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: int64(look.Width), Height: int64(look.Height), DeviceScaleFactor: 1, Mobile: look.Width < Phone,
	})
	if err != nil {
		return err
	}
	_, err = chromedp.Call(t.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		return err
	}
	_, err = chromedp.Call(t.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: look.NoScript})
	return err
}

// Phone is the width below which a tab is one of a phone.
const Phone = 600

func (t *Tab) listen(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		t.said = append(t.said, event.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError && event.Entry.Source != log.EntrySourceNetwork {
			t.said = append(t.said, event.Entry.Text+" "+event.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		t.loaded = append(t.loaded, event.Request.URL)
	case *network.EventResponseReceived:
		if event.Type != network.ResourceTypeDocument && event.Response.Status >= 400 {
			t.said = append(t.said, fmt.Sprintf("%s: %d", event.Response.URL, event.Response.Status))
		}
	case *page.EventJavascriptDialogOpening:
		t.said = append(t.said, "a dialog: "+event.Message)
	}
}

// Said returns what pages complained of (errors of scripts, what their policy blocked, parts that were not
// there) and dialogs that they opened.
func (t *Tab) Said() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.said)
}

// Loaded returns the addresses that were asked for.
func (t *Tab) Loaded() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.loaded)
}
