//go:build !linux

package child

import "syscall"

// endWithParent is nothing here: only Linux tells a child.
var endWithParent *syscall.SysProcAttr
