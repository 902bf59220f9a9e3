package pgtest

import "syscall"

// endWithParent has a process end when the one that started it does, however it does.
func endWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGQUIT }
