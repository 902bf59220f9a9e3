package child

import "syscall"

// endWithParent makes a child end when this program is killed.
var endWithParent = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
