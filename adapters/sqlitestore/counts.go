package sqlitestore

import (
	"cmp"
	"slices"
)

// A block is 1,024 ids that follow each other, a group 1,024 blocks.
const (
	blockBits = 10
	blockIDs  = 1 << blockBits
	groupBits = 10
)

// counts are the numbers of persons whose ids are in each block, so that the
// person at any place of the list is found without passing over those before.
// The zero counts are those of nobody. To add costs O(log g), and O(g) for the first
// id of a group; to find costs O(g) and a look at 1,024 blocks, where g is the number
// of groups: ten for ten million persons without gaps.
type counts struct {
	total  int64
	groups []group // in the order of their ids
}

// group are the counts of 1,024 blocks.
type group struct {
	number int64 // of its blocks, without the lower bits
	total  int64
	blocks *[1 << groupBits]int32
}

// blockOf returns the block of an id.
func blockOf(id int64) int64 { return id >> blockBits }

// addIDs counts n more persons, whose ids follow each other.
func (c *counts) addIDs(firstID int64, n int) {
	for n > 0 {
		here := min(n, blockIDs-int(firstID&(blockIDs-1)))
		c.add(blockOf(firstID), here)
		firstID += int64(here)
		n -= here
	}
}

// add counts n more persons in a block, or fewer where n is negative.
func (c *counts) add(block int64, n int) {
	g := c.group(block >> groupBits)
	g.blocks[block&(1<<groupBits-1)] += int32(n) //nolint:gosec // a block has 1,024 ids
	g.total += int64(n)
	c.total += int64(n)
}

// group returns the group with the number, a new one where there was none.
func (c *counts) group(number int64) *group {
	i, found := slices.BinarySearchFunc(c.groups, number, func(g group, number int64) int { return cmp.Compare(g.number, number) })
	if !found {
		c.groups = slices.Insert(c.groups, i, group{number: number, blocks: new([1 << groupBits]int32)})
	}
	return &c.groups[i]
}

// addAll counts what others counts too.
func (c *counts) addAll(others *counts) {
	for _, g := range others.groups {
		for i, n := range g.blocks {
			if n != 0 {
				c.add(g.number<<groupBits+int64(i), int(n))
			}
		}
	}
}

// find returns where to look for the person before whom there are offset others:
// from the first id of a block, and behind skip persons. offset is less than
// c.total.
func (c *counts) find(offset int64) (firstID, skip int64) {
	i := 0
	for ; offset >= c.groups[i].total; i++ {
		offset -= c.groups[i].total
	}
	j := 0
	for ; offset >= int64(c.groups[i].blocks[j]); j++ {
		offset -= int64(c.groups[i].blocks[j])
	}
	return (c.groups[i].number<<groupBits + int64(j)) << blockBits, offset
}
