// Package chart draws how measurements grow, as one SVG with a panel below the
// other. Both axes are logarithmic: growth in proportion is a straight line.
package chart

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Panel is one picture.
type Panel struct {
	Title string
	X, Y  Axis
	Lines []Line
}

// Axis is what is counted from left to right or from below to above.
type Axis struct {
	Label string
	// Doubling marks the powers of 2 instead of those of 10.
	Doubling bool
	// Format writes a mark.
	Format func(value float64) string
}

// Line is a row of points.
type Line struct {
	Name string
	// Color is the line's number in the palette, from 0. Lines of one color
	// belong together.
	Color int
	// Dashed is for what others are measured against.
	Dashed bool
	Points []Point
}

// Point is one measurement. Only positive numbers have a place on the axes;
// others are left out.
type Point struct{ X, Y float64 }

// The sizes of the picture, in points.
const (
	width       = 760
	panelHeight = 270
	legendWidth = 230
	gap         = 24
	margin      = 10
)

// palette is Okabe and Ito's, which colour-blind people can tell apart.
var palette = []color.Color{
	color.RGBA{R: 0, G: 114, B: 178, A: 255},
	color.RGBA{R: 213, G: 94, B: 0, A: 255},
	color.RGBA{R: 0, G: 158, B: 115, A: 255},
	color.RGBA{R: 204, G: 121, B: 167, A: 255},
}

// SVG returns the picture. A panel without a point is left out; the error is for
// a picture without a panel.
func SVG(panels []Panel) ([]byte, error) {
	drawn := slices.DeleteFunc(slices.Clone(panels), func(p Panel) bool { return len(p.points()) == 0 })
	if len(drawn) == 0 {
		return nil, errors.New("there is nothing to draw")
	}
	plots := make([][]*plot.Plot, len(drawn))
	legends := make([]plot.Legend, len(drawn))
	for i, panel := range drawn {
		p, legend, err := panel.plot()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", panel.Title, err)
		}
		plots[i], legends[i] = []*plot.Plot{p}, legend
	}
	canvas := vgsvg.New(width, vg.Length(panelHeight*len(drawn)))
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Path())

	tiles := draw.Tiles{Cols: 1, Rows: len(drawn), PadY: gap, PadTop: margin, PadBottom: margin, PadLeft: margin, PadRight: margin}
	for i, row := range plot.Align(plots, tiles, draw.Crop(page, 0, -legendWidth, 0, 0)) {
		plots[i][0].Draw(row[0])
		legends[i].Draw(draw.Crop(tiles.At(page, 0, i), width-2*margin-legendWidth, 0, 0, -2*gap))
	}
	return written(canvas)
}

// written returns the text of a picture. gonum names one font, which a reader
// need not have.
func written(canvas *vgsvg.Canvas) ([]byte, error) {
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return nil, err
	}
	return bytes.ReplaceAll(svg.Bytes(),
		[]byte("font-family:Liberation Sans;"),
		[]byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")), nil
}

// points returns the points of all lines that have a place.
func (p Panel) points() []Point {
	var points []Point
	for _, line := range p.Lines {
		points = append(points, line.points()...)
	}
	return points
}

func (l Line) points() []Point {
	return slices.DeleteFunc(slices.Clone(l.Points), func(p Point) bool {
		return !(p.X > 0 && p.Y > 0) || math.IsInf(p.X, 1) || math.IsInf(p.Y, 1)
	})
}

func (p Panel) plot() (*plot.Plot, plot.Legend, error) {
	picture := plot.New()
	picture.Title.Text = p.Title
	picture.Title.Padding = vg.Points(6)
	picture.Title.TextStyle.Font = sans(13)
	picture.Add(grid())
	legend := plot.NewLegend()
	legend.TextStyle.Font = sans(10)
	legend.Top, legend.Left = true, true
	legend.ThumbnailWidth = vg.Points(28)
	legend.Padding = vg.Points(3)
	for _, line := range p.Lines {
		drawn, dots, err := line.plot()
		if err != nil {
			return nil, legend, fmt.Errorf("%s: %w", line.Name, err)
		}
		if drawn == nil {
			continue
		}
		picture.Add(drawn, dots)
		legend.Add(line.Name, drawn, dots)
	}
	points := p.points()
	p.X.set(&picture.X, extent(points, func(p Point) float64 { return p.X }).withRoom())
	p.Y.set(&picture.Y, extent(points, func(p Point) float64 { return p.Y }).wholeDecades())
	return picture, legend, nil
}

// plot returns the line and the dots on it, or nil for a line without a point.
func (l Line) plot() (*plotter.Line, *plotter.Scatter, error) {
	points := l.points()
	if len(points) == 0 {
		return nil, nil, nil
	}
	xys := make(plotter.XYs, len(points))
	for i, point := range points {
		xys[i] = plotter.XY(point)
	}
	line, dots, err := plotter.NewLinePoints(xys)
	if err != nil {
		return nil, nil, err
	}
	line.Color = palette[l.Color%len(palette)]
	line.Width = vg.Points(1.6)
	dots.Color = line.Color
	dots.Shape = draw.CircleGlyph{}
	dots.Radius = vg.Points(2.5)
	if l.Dashed {
		line.Dashes = []vg.Length{vg.Points(5), vg.Points(4)}
		dots.Shape = draw.RingGlyph{}
	}
	return line, dots, nil
}

func grid() *plotter.Grid {
	lines := plotter.NewGrid()
	for _, style := range []*draw.LineStyle{&lines.Horizontal, &lines.Vertical} {
		style.Color = color.Gray{Y: 225}
		style.Width = vg.Points(0.5)
	}
	return lines
}

// span is from the least number to the greatest.
type span struct{ min, max float64 }

func extent(points []Point, of func(Point) float64) span {
	compare := func(a, b Point) int { return cmp.Compare(of(a), of(b)) }
	return span{min: of(slices.MinFunc(points, compare)), max: of(slices.MaxFunc(points, compare))}
}

// withRoom leaves some room on both sides.
func (s span) withRoom() span {
	const room = 1.25
	return span{s.min / room, s.max * room}
}

// wholeDecades begins and ends with a mark, so that there are two at least.
func (s span) wholeDecades() span {
	s = span{math.Pow(10, math.Floor(math.Log10(s.min))), math.Pow(10, math.Ceil(math.Log10(s.max)))}
	if s.min == s.max {
		s.max *= 10
	}
	return s
}

// set gives an axis its scale, its range and its marks.
func (a Axis) set(axis *plot.Axis, s span) {
	axis.Scale = plot.LogScale{}
	axis.Min, axis.Max = s.min, s.max
	axis.Tick.Marker = plot.TickerFunc(a.marks)
	axis.Tick.Label.Font = sans(10)
	axis.Label.Text = a.Label
	axis.Label.TextStyle.Font = sans(10)
}

// marks returns the powers of the base that are in the range, with what they are
// called.
func (a Axis) marks(low, high float64) []plot.Tick {
	base := 10.0
	if a.Doubling {
		base = 2
	}
	const tolerance = 1e-9 // 10^-3 is no exact number
	first := math.Ceil(math.Log(low)/math.Log(base) - tolerance)
	last := math.Floor(math.Log(high)/math.Log(base) + tolerance)
	var marks []plot.Tick
	for exponent := first; exponent <= last; exponent++ {
		value := math.Pow(base, exponent)
		marks = append(marks, plot.Tick{Value: value, Label: a.Format(value)})
	}
	return marks
}

func sans(size float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
}
