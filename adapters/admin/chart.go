package admin

import (
	"fmt"
	"strconv"

	"github.com/seed-bbcc19ba/roster/domain"
)

// The size of a chart, in units of its own: it scales with the page.
const (
	chartWidth  = 720
	chartHeight = 250
	chartLeft   = 8
	chartRight  = 8
	chartTop    = 34
	chartBottom = 40
)

// chart is a picture of bars.
type chart struct {
	Title string
	// Label names what the bars are of, and Unit what they count.
	Label, Unit string
	Bars        []bar
	Max         int64
	Grid        []gridLine
}

// bar is one of them, with where it stands in the picture.
type bar struct {
	Label string
	// Tick is what stands below the bar; "" for those between.
	Tick                string
	Count               int64
	X, Y, Width, Height float64
	Middle              float64
}

// gridLine is a line across the picture at a round number.
type gridLine struct {
	Y     float64
	Label string
}

// ViewBox is the size of the picture.
func (chart) ViewBox() string { return fmt.Sprintf("0 0 %d %d", chartWidth, chartHeight) }

// Base is where bars stand.
func (chart) Base() int { return chartHeight - chartBottom }

// Right is where lines end.
func (chart) Right() int { return chartWidth - chartRight }

// Left is where lines begin.
func (chart) Left() int { return chartLeft }

// Foot is where ticks are written.
func (chart) Foot() int { return chartHeight - 10 }

// newChart returns the picture of bars that have a Label, a Tick and a Count.
func newChart(title, label, unit string, bars []bar) chart {
	c := chart{Title: title, Label: label, Unit: unit, Bars: bars}
	for _, b := range bars {
		c.Max = max(c.Max, b.Count)
	}
	top := roundUp(c.Max)
	width := float64(chartWidth-chartLeft-chartRight) / float64(max(1, len(bars)))
	height := float64(chartHeight - chartTop - chartBottom)
	for i := range bars {
		b := &bars[i]
		b.Height = height * float64(b.Count) / float64(top)
		if b.Count > 0 {
			b.Height = max(b.Height, 1)
		}
		b.X, b.Width = chartLeft+float64(i)*width+width*0.12, width*0.76
		b.Y = chartTop + height - b.Height
		b.Middle = b.X + b.Width/2
	}
	for _, part := range []int64{2, 1} {
		c.Grid = append(c.Grid, gridLine{Y: chartTop + height - height*float64(part)/2, Label: number(top * part / 2)})
	}
	return c
}

// roundUp returns the least of 2, 4, 6, 8, 10, 20, 40, … that is not less than n.
func roundUp(n int64) int64 {
	for unit := int64(1); ; unit *= 10 {
		for _, step := range []int64{2, 4, 6, 8, 10} {
			if n <= step*unit || step*unit > 1<<60 {
				return step * unit
			}
		}
	}
}

// agesPerBar is how many ages a bar stands for.
const agesPerBar = 5

// agesChart shows persons by age, five years a bar. Those of 100 and more share the last one.
func agesChart(ages []domain.AgeCount) chart {
	const last = 100 / agesPerBar
	bars := make([]bar, last+1)
	for i := range bars {
		from := i * agesPerBar
		bars[i].Label = fmt.Sprintf("%d to %d", from, from+agesPerBar-1)
		if from%20 == 0 {
			bars[i].Tick = strconv.Itoa(from)
		}
	}
	bars[last].Label, bars[last].Tick = "100 and more", "100"
	for _, age := range ages {
		bars[min(last, max(0, age.Age/agesPerBar))].Count += age.Count
	}
	return newChart("Persons by age", "Age", "Persons", bars)
}

// createdChart shows how many persons were created in each hour.
func createdChart(hours []domain.HourCount) chart {
	bars := make([]bar, len(hours))
	for i, hour := range hours {
		bars[i] = bar{Label: hour.Begin.UTC().Format("2 Jan, 15:04"), Count: hour.Count}
		if hour.Begin.UTC().Hour()%6 == 0 {
			bars[i].Tick = hour.Begin.UTC().Format("15:04")
		}
	}
	return newChart("Created per hour", "Hour (UTC)", "Persons", bars)
}
