package browser

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Goto opens an address and returns the status of the answer.
func (t *Tab) Goto(address string) (int64, error) {
	return t.navigate("open "+address, chromedp.Navigate(address))
}

// Press presses what leads to another page, and returns the status of that, or 0 where the same one goes on
// under another address.
func (t *Tab) Press(selector string) (int64, error) {
	return t.navigate("press "+selector, chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

func (t *Tab) navigate(what string, steps ...chromedp.Action[chromedp.Void]) (int64, error) {
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", what, err)
	}
	if answer == nil { // only the address has changed
		return 0, nil
	}
	return answer.Status, nil
}

// do does what leads to no other page.
func do[T any](t *Tab, what string, action chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, Patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, action)
	if err != nil {
		return answer, fmt.Errorf("%s: %w", what, err)
	}
	return answer, nil
}

// Click presses what leads to no other page.
func (t *Tab) Click(selector string) error {
	_, err := do(t, "click "+selector, chromedp.Steps(chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector))))
	return err
}

// Fill types a text into a field, in place of what is there.
func (t *Tab) Fill(selector, text string) error {
	_, err := do(t, "fill "+selector, chromedp.Steps(chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text)))
	return err
}

// Choose chooses an entry of a list by its value.
func (t *Tab) Choose(selector, value string) error {
	_, err := do(t, "choose "+selector, chromedp.SetValue(chromedp.CSS(selector), value))
	return err
}

// Attach chooses a file.
func (t *Tab) Attach(selector, file string) error {
	_, err := do(t, "attach "+file, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
	return err
}

// Text returns what is written in the first element that a selector finds.
func (t *Tab) Text(selector string) (string, error) {
	return do(t, "read "+selector, chromedp.Text(chromedp.CSS(selector)))
}

// Count returns how many elements a selector finds now.
func (t *Tab) Count(selector string) (int, error) {
	return Evaluate[int](t, "document.querySelectorAll("+strconv.Quote(selector)+").length")
}

// Await waits until a selector finds something.
func (t *Tab) Await(selector string) error {
	for end := time.Now().Add(Patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if count, err := t.Count(selector); err == nil && count > 0 {
			return nil
		}
	}
	return fmt.Errorf("waited for %s, which did not come", selector)
}

// Address returns the address of the page.
func (t *Tab) Address() (string, error) { return do(t, "ask for the address", chromedp.Location()) }

// Evaluate runs a script in the page, which neither its policy nor Look.NoScript keeps us from, waits where it
// answers with a promise, and returns the answer.
func Evaluate[T any](t *Tab, script string) (T, error) {
	return do(t, "run a script", chromedp.Evaluate[T](script, chromedp.EvalAsValue, chromedp.EvalAwaitPromise))
}

// Shot takes a picture, as WebP, of what can be seen without scrolling.
func (t *Tab) Shot() ([]byte, error) {
	quality := int64(82)
	answer, err := chromedp.Call(t.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
	return answer.Data, err
}
